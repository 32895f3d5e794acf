package io.mainstem.config;

/**
 * When this node says that it is not ready, and how it stops.
 *
 * @param stuckSeconds how long work may wait in a stage that gets nothing done
 * @param drainSeconds how long a stop waits for what is under way
 */
public record Health(
    @Default("10") @Range(min = 1, max = 3600) int stuckSeconds,
    @Default("2000") @Range(min = 10, max = 600_000) int blockedLoopMillis,
    @Default("128m") @Range(max = 1L << 50) long minFreeBytes,
    @Default("15") @Range(min = 1, max = 600) int drainSeconds) {}
