package io.mainstem.config;

/**
 * What one SMTP client may ask for.
 *
 * @param maxCommands commands in one connection
 * @param maxErrors refused commands in one connection before it is closed
 * @param maxDataSeconds how long one message may take to arrive
 */
public record SmtpLimits(
    @Default("64m") @Range(min = 65_536, max = 1 << 30) long maxSizeBytes,
    @Default("256") @Range(min = 100, max = 10_000) int maxRecipients,
    @Default("4096") @Range(min = 512, max = 65_536) int maxCommandLineBytes,
    @Default("64k") @Range(min = 1000, max = 1 << 20) int maxTextLineBytes,
    @Default("1000000") @Range(min = 10, max = 1_000_000_000) int maxCommands,
    @Default("20") @Range(min = 1, max = 1000) int maxErrors,
    @Default("300") @Range(min = 1, max = 3600) int idleSeconds,
    @Default("600") @Range(min = 1, max = 7200) int maxDataSeconds,
    @Default("1000") @Range(min = 1, max = 100_000) int maxConnections,
    @Default("100") @Range(min = 1, max = 100_000) int maxConnectionsPerAddress) {}
