package io.mainstem.mailbox;

import java.time.Duration;
import java.time.Instant;

/**
 * A log was set back, by a restore of the store or by a cut, and gives numbers again that it has
 * given before. Each renewal has a number that grows with time, also from one restore of a backup
 * to the next of the same, which nothing that is restored could tell apart.
 */
public final class Renewal {
  /** That a mailbox has no renewal. */
  public static final int NONE = 0;

  private static final Instant FIRST = Instant.parse("2020-01-01T00:00:00Z");

  private Renewal() {}

  /** The number of a renewal that is asked for now: seconds since 2020, which last until 2088. */
  public static int number(Instant now) {
    return Math.toIntExact(Duration.between(FIRST, now).toSeconds());
  }
}
