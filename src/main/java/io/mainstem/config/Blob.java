package io.mainstem.config;

/**
 * The volumes that hold raw mail and attachments.
 *
 * @param inlineMaxBytes bodies up to this size live in the log row
 * @param unreferencedSeconds how old a blob without reference must be before it is reclaimed
 * @param compactGarbagePercent the share of garbage from which a volume is compacted
 */
public record Blob(
    @Default("4096") @Range(max = 65_536) int inlineMaxBytes,
    @Default("256m") @Range(min = 1 << 20, max = 32L << 30) long volumeBytes,
    @Default("128m") @Range(min = 65_536, max = 2L << 30) long maxBlobBytes,
    @Default("256") @Range(min = 1, max = 100_000) int maxWriters,
    @Default("4096") @Range(min = 1, max = 1_000_000) int queue,
    @Default("86400") @Range(min = 1, max = 31_536_000) long unreferencedSeconds,
    @Default("3600") @Range(min = 1, max = 31_536_000) long sweepSeconds,
    @Default("50") @Range(min = 1, max = 99) int compactGarbagePercent) {}
