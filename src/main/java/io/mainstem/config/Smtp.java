package io.mainstem.config;

/**
 * The SMTP gateway that takes mail from other servers.
 *
 * @param hostname the name in the greeting and in Received fields
 */
public record Smtp(
    @Default("true") boolean enabled,
    @Default("127.0.0.1") @NotBlank String host,
    @Default("2525") @Range(max = 65535) int port,
    @Default("mainstem.test") @NotBlank String hostname,
    SmtpLimits limits) {}
