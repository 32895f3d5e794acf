package io.mainstem.config;

import java.util.List;

/**
 * The submission gateway, where the mail programs of our own users send.
 *
 * @param proxies networks of the balancers in front, which begin with the PROXY protocol, version 2
 * @param authWithoutTls whether a password may be sent before STARTTLS
 */
public record Submission(
    @Default("true") boolean enabled,
    @Default("127.0.0.1") @NotBlank String host,
    @Default("2587") @Range(max = 65535) int port,
    @Default("") List<String> proxies,
    @Default("loopback") AuthWithoutTls authWithoutTls,
    SmtpLimits limits) {

  public Submission {
    Network.check("submission.proxies", proxies);
  }

  /** Who may send a password in the clear. */
  public enum AuthWithoutTls {
    NEVER,
    LOOPBACK,
    ALWAYS
  }
}
