package io.mainstem.gateway.smtp.session;

/** What a listener is for. */
public enum Role {
  /** Takes mail from other servers for our users (RFC 5321). */
  TRANSFER("smtp"),
  /** Takes mail of our users from their mail programs (RFC 6409). */
  SUBMISSION("submission");

  private final String stage;

  Role(String stage) {
    this.stage = stage;
  }

  /** The name in metrics. */
  public String stage() {
    return stage;
  }
}
