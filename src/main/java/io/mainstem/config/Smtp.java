package io.mainstem.config;

import java.util.List;

/**
 * The SMTP gateway that takes mail from other servers.
 *
 * @param proxies networks of the balancers in front, which begin with the PROXY protocol, version 2
 * @param hostname the name in the greeting and in Received fields
 * @param maxHops Received fields in a mail before it is taken to go in circles
 * @param repeatEntries mails without Message-ID that are remembered, to tell a repeat from the same
 *     words sent twice
 */
public record Smtp(
    @Default("true") boolean enabled,
    @Default("127.0.0.1") @NotBlank String host,
    @Default("2525") @Range(max = 65535) int port,
    @Default("") List<String> proxies,
    @Default("mainstem.test") @NotBlank String hostname,
    @Default("100") @Range(min = 25, max = 1000) int maxHops,
    @Default("10000") @Range(min = 1, max = 10_000_000) int repeatEntries,
    SmtpLimits limits) {

  public Smtp {
    Network.check("smtp.proxies", proxies);
  }
}
