package io.mainstem.simulation;

import org.jspecify.annotations.Nullable;

/**
 * How a test has a seed run. Shared by the test and the program that it loads a second time, so
 * nothing of the program occurs in it.
 */
public interface Run {
  /**
   * What came of a seed.
   *
   * @param acknowledged messages that clients were told of
   * @param owners how often a partition got another owner, or none
   * @param marked how often a client was told that what it is shown may be old
   * @param wrong what is wrong, or null
   * @param trace what happened, line by line; empty when it was not asked for
   */
  record Verdict(int acknowledged, int owners, int marked, @Nullable String wrong, String trace) {}

  Verdict run(long seed, boolean traced);
}
