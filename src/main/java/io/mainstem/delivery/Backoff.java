package io.mainstem.delivery;

import io.mainstem.config.Delivery;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: twice as long each time up to a bound, and by chance up to
 * half less, so that many do not come at once.
 */
record Backoff(long firstMillis, long maxMillis, RandomGenerator random) {
  static Backoff of(Delivery config, RandomGenerator random) {
    return new Backoff(config.retryFirstMillis(), config.retryMaxMillis(), random);
  }

  /**
   * @param failures so far, at least 1
   */
  long millis(int failures) {
    long whole = Math.min(maxMillis, firstMillis << Math.min(failures - 1, 30));
    return Math.max(1, whole - (long) (random.nextDouble() * whole / 2));
  }
}
