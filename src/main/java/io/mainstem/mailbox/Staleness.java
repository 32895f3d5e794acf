package io.mainstem.mailbox;

/**
 * Who wants to know whether what he is answered may be old. A mailbox is answered for from the
 * memory of its owner; an owner that cannot ask the store whether he still is may have been
 * replaced, and then knows nothing of what came since. What he answers is right as of a moment, and
 * is shown for want of better.
 */
@FunctionalInterface
public interface Staleness {
  /**
   * What is answered may be old. On any thread.
   *
   * @param millis for so long the owner has not been shown that he is
   */
  void stale(long millis);
}
