package io.mainstem.config;

/**
 * The submission gateway, where the mail programs of our own users send.
 *
 * @param authWithoutTls whether a password may be sent before STARTTLS
 */
public record Submission(
    @Default("true") boolean enabled,
    @Default("127.0.0.1") @NotBlank String host,
    @Default("2587") @Range(max = 65535) int port,
    @Default("loopback") AuthWithoutTls authWithoutTls,
    SmtpLimits limits) {

  /** Who may send a password in the clear. */
  public enum AuthWithoutTls {
    NEVER,
    LOOPBACK,
    ALWAYS
  }
}
