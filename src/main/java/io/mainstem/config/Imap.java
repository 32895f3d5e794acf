package io.mainstem.config;

import io.mainstem.config.Submission.AuthWithoutTls;
import java.util.List;

/**
 * The IMAP gateway, for mail programs.
 *
 * @param tlsEnabled whether a second port speaks TLS from its first byte (RFC 8314 §3.2)
 * @param proxies networks of the balancers in front, which begin with the PROXY protocol, version 2
 * @param authWithoutTls whether a password may be sent before STARTTLS
 */
public record Imap(
    @Default("true") boolean enabled,
    @Default("127.0.0.1") @NotBlank String host,
    @Default("2143") @Range(max = 65535) int port,
    @Default("false") boolean tlsEnabled,
    @Default("2993") @Range(max = 65535) int tlsPort,
    @Default("") List<String> proxies,
    @Default("loopback") AuthWithoutTls authWithoutTls,
    ImapLimits limits) {

  public Imap {
    Network.check("imap.proxies", proxies);
  }
}
