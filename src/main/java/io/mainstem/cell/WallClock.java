package io.mainstem.cell;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the clock of this machine is in step with that of the cell. The order of messages rests
 * on it: a mailbox refuses a message that comes from a future too far away. Says so once when it
 * gets out of step, when that gets worse, and when it is well again; a node that is out of step too
 * far does not start, but one that runs is not stopped, for it may be the others who are wrong.
 */
final class WallClock {
  private static final Logger LOG = LoggerFactory.getLogger(WallClock.class);
  private static final long WARNING_MILLIS = 500;
  private static final long REFUSAL_MILLIS = 5_000;

  /** How far apart clocks are. */
  enum Step {
    GOOD,
    /** Messages of both machines may stand in an order that nobody saw. */
    WARNED,
    /** What this machine sends may be refused elsewhere. */
    REFUSED;

    static Step of(long aheadMillis) {
      long apart = Math.abs(aheadMillis);
      return apart > REFUSAL_MILLIS ? REFUSED : apart > WARNING_MILLIS ? WARNED : GOOD;
    }
  }

  private volatile long aheadMillis;
  private Step told = Step.GOOD;

  static String inWords(long aheadMillis) {
    return "The clock of this machine is %d ms %s that of the cell: set it, and keep the clocks of all nodes in step by NTP (chrony or systemd-timesyncd; more than %d ms are too many)."
        .formatted(Math.abs(aheadMillis), aheadMillis > 0 ? "ahead of" : "behind", WARNING_MILLIS);
  }

  /** On one context. */
  void look(long ahead) {
    aheadMillis = ahead;
    Step now = Step.of(ahead);
    if (now == told) {
      return;
    }
    boolean isWorse = now.compareTo(told) > 0;
    told = now;
    switch (now) {
      case GOOD -> LOG.info("The clock of this machine is in step with that of the cell again");
      case WARNED, REFUSED -> {
        if (isWorse) {
          LOG.warn(
              "{}{}",
              inWords(ahead),
              now == Step.REFUSED
                  ? " What is sent here may be refused elsewhere, and this node would not start."
                  : "");
        }
      }
    }
  }

  long aheadMillis() {
    return aheadMillis;
  }
}
