package io.mainstem.gateway.smtp.session;

import io.mainstem.gateway.smtp.protocol.SmtpReply;

/** A request that was understood and is not done; carries the reply that says why. */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient SmtpReply reply;

  public Refused(SmtpReply reply) {
    super(reply.toString(), null, false, false);
    this.reply = reply;
  }

  public static Refused of(int code, int subject, int detail, String text) {
    return new Refused(SmtpReply.of(code, subject, detail, text));
  }

  public SmtpReply reply() {
    return reply;
  }
}
