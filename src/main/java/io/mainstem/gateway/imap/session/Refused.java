package io.mainstem.gateway.imap.session;

/** A command that is understood and refused. It carries no stack trace. */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Status status;

  public Refused(Status status) {
    super(status.text(), null, false, false);
    this.status = status;
  }

  public static Refused no(String code, String text) {
    return new Refused(Status.no(code, text));
  }

  public static Refused bad(String text) {
    return new Refused(Status.bad(text));
  }

  public Status status() {
    return status;
  }
}
