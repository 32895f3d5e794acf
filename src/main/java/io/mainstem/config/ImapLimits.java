package io.mainstem.config;

/**
 * What one IMAP client may ask for.
 *
 * @param maxCommandBytes of one command with its literals, but for a message
 * @param maxMessageBytes of a message of APPEND (RFC 7889)
 * @param maxMessagesTogether in one APPEND (RFC 3502)
 * @param maxAnnotationBytes of one value of SETMETADATA (RFC 5464)
 * @param maxBadCommands malformed commands in one connection before it is closed
 * @param loginSeconds how long a client may take to log in
 * @param idleSeconds how long a client that has logged in may say nothing (RFC 9051 §5.4: at least
 *     30 minutes)
 * @param maxSortMessages of one folder that are sorted or threaded at once
 */
public record ImapLimits(
    @Default("64k") @Range(min = 8192, max = 16 << 20) int maxCommandBytes,
    @Default("64m") @Range(min = 65_536, max = 1 << 30) long maxMessageBytes,
    @Default("100") @Range(min = 1, max = 10_000) int maxMessagesTogether,
    @Default("16k") @Range(min = 1024, max = 65_536) int maxAnnotationBytes,
    @Default("20") @Range(min = 1, max = 1000) int maxBadCommands,
    @Default("180") @Range(min = 1, max = 3600) int loginSeconds,
    @Default("1800") @Range(min = 60, max = 86_400) int idleSeconds,
    @Default("50000") @Range(min = 1, max = 1_000_000) int maxConnections,
    @Default("10000") @Range(min = 1, max = 1_000_000) int maxConnectionsPerAddress,
    @Default("500000") @Range(min = 1000, max = 10_000_000) int maxSortMessages) {}
