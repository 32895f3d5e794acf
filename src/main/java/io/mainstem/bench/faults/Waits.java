package io.mainstem.bench.faults;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * How long people were without service. A person waits from the moment at which a message of his
 * was due until it is acknowledged, and from the acknowledgement of a message to or from him until
 * a device of his has it; the longest of these waits is his time out of service. Pure.
 */
public final class Waits {
  private final long sinceNanos;
  private final Map<String, Long> longest = new HashMap<>();

  /**
   * @param sinceNanos only waits that end later count
   */
  public Waits(long sinceNanos) {
    this.sinceNanos = sinceNanos;
  }

  /** A person who may turn out never to have waited. */
  public void person(String name) {
    longest.putIfAbsent(name, 0L);
  }

  /** He waited from one moment to the other. */
  public void waited(String name, long fromNanos, long toNanos) {
    if (toNanos >= sinceNanos) {
      longest.merge(name, Math.max(0, toNanos - fromNanos), Math::max);
    }
  }

  /** Over the people. */
  public Quantiles quantiles() {
    return Quantiles.of(longest.values());
  }

  /** In milliseconds; by nearest rank, so that each is the time of one person. */
  public record Quantiles(long p50, long p99, long max) {
    static Quantiles of(Collection<Long> nanos) {
      long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
      return sorted.length == 0
          ? new Quantiles(0, 0, 0)
          : new Quantiles(rank(sorted, 50), rank(sorted, 99), rank(sorted, 100));
    }

    private static long rank(long[] sorted, int percent) {
      int rank = (int) Math.ceil(sorted.length * percent / 100.0);
      return Arrays.stream(sorted).skip(Math.max(0, rank - 1)).findFirst().orElse(0) / 1_000_000;
    }
  }
}
