package io.mainstem.gateway.smtp.protocol;

/**
 * What a client sent is not SMTP; carries the reply that says so. It has no stack trace: it is no
 * fault of ours.
 */
public final class Malformed extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient SmtpReply reply;

  public Malformed(SmtpReply reply) {
    super(reply.toString(), null, false, false);
    this.reply = reply;
  }

  public SmtpReply reply() {
    return reply;
  }
}
