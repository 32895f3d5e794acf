package io.mainstem.config;

/**
 * The SMTP gateway that takes mail from other servers.
 *
 * @param hostname the name in the greeting and in Received fields
 * @param maxHops Received fields in a mail before it is taken to go in circles
 * @param repeatEntries mails without Message-ID that are remembered, to tell a repeat from the same
 *     words sent twice
 */
public record Smtp(
    @Default("true") boolean enabled,
    @Default("127.0.0.1") @NotBlank String host,
    @Default("2525") @Range(max = 65535) int port,
    @Default("mainstem.test") @NotBlank String hostname,
    @Default("100") @Range(min = 25, max = 1000) int maxHops,
    @Default("10000") @Range(min = 1, max = 10_000_000) int repeatEntries,
    SmtpLimits limits) {}
