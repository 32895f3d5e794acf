package io.mainstem;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The time of day, but never the same twice: messages of one millisecond stand in the order of
 * their ids, which are random, and a test that writes one after another expects them in that order.
 */
public final class RisingMillis {
  private static final AtomicLong LAST = new AtomicLong();

  private RisingMillis() {}

  public static long now() {
    return LAST.updateAndGet(last -> Math.max(last + 1, System.currentTimeMillis()));
  }
}
