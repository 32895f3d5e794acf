package io.mainstem.store.rocksdb;

import io.mainstem.store.MailboxStore.Damaged;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The reading rule: the newest fence, back along the epochs that fences name. Tells for each number
 * which epoch's row stands on the chain; rows of other epochs are inert. A value, made of a
 * mailbox's fences.
 */
final class Chain {
  /** A fence: its number, and the epoch of the entry before it (0: none). */
  record Fence(long epoch, long seq, long previousEpoch) {}

  /** A run's first number → its epoch. */
  private final TreeMap<Long, Long> runs = new TreeMap<>();

  private Chain() {}

  /**
   * @param fences of one mailbox, by rising epoch
   */
  static Chain of(List<Fence> fences) {
    var chain = new Chain();
    var byEpoch = new TreeMap<Long, Fence>();
    fences.forEach(f -> byEpoch.put(f.epoch(), f));
    long epoch = fences.isEmpty() ? 0 : byEpoch.lastKey();
    long after = Long.MAX_VALUE;
    while (epoch != 0) {
      Fence fence = byEpoch.get(epoch);
      if (fence == null) {
        throw new Damaged(
            "the fence of epoch "
                + epoch
                + " is missing, which the one at number "
                + after
                + " names");
      }
      if (fence.seq() >= after) {
        throw new Damaged(
            "the fence of epoch "
                + epoch
                + " stands at number "
                + fence.seq()
                + ", behind the one that names it at "
                + after);
      }
      chain.runs.put(fence.seq(), epoch);
      after = fence.seq();
      epoch = fence.previousEpoch();
    }
    if (!chain.runs.isEmpty() && chain.runs.firstKey() != 1) {
      throw new Damaged("the log begins at number " + chain.runs.firstKey());
    }
    return chain;
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  /** The epoch whose row may begin with this number; 0 for none. */
  long epochAt(long seq) {
    Map.Entry<Long, Long> run = runs.floorEntry(seq);
    return run == null ? 0 : run.getValue();
  }

  /** The number of the newest fence. */
  long newestFence() {
    return runs.lastKey();
  }

  long newestEpoch() {
    return runs.lastEntry().getValue();
  }

  /**
   * The last number that a row beginning with {@code seq} may reach: the next fence ends its run.
   */
  long endOfRun(long seq) {
    Long next = runs.higherKey(seq);
    return next == null ? Long.MAX_VALUE : next - 1;
  }
}
