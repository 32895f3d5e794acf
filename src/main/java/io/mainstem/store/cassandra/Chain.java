package io.mainstem.store.cassandra;

import io.mainstem.store.MailboxStore.Damaged;
import io.mainstem.store.cassandra.Replicas.Fence;
import java.util.List;
import java.util.TreeMap;

/**
 * The reading rule: the newest fence, and back along the epochs that fences name. Tells for each
 * number which epoch's row stands on the chain; rows of other epochs are inert. Built from fences,
 * the newest first, as far back as somebody needs to know.
 */
final class Chain {
  private static final long UNBEGUN = -1;

  /** A run's first number → its epoch. */
  private final TreeMap<Long, Long> runs = new TreeMap<>();

  private long wanted = UNBEGUN;
  private long namedAt = Long.MAX_VALUE;
  private long lowest = Long.MAX_VALUE;

  /** Takes the next fences in; each has a lower epoch than all before it. */
  void add(List<Fence> fences) {
    for (Fence fence : fences) {
      lowest = fence.epoch();
      if (wanted == UNBEGUN) {
        wanted = fence.epoch();
      }
      if (wanted == 0 || fence.epoch() > wanted) {
        continue;
      }
      if (fence.epoch() < wanted) {
        throw missing();
      }
      if (fence.seq() >= namedAt) {
        throw new Damaged(
            "the fence of epoch "
                + fence.epoch()
                + " stands at number "
                + fence.seq()
                + ", behind the one that names it at "
                + namedAt);
      }
      runs.put(fence.seq(), fence.epoch());
      namedAt = fence.seq();
      wanted = fence.previousEpoch();
      if (wanted == 0 && namedAt != 1) {
        throw new Damaged("the log begins at number " + namedAt);
      }
    }
  }

  /** There are no more fences. */
  void end() {
    if (wanted > 0) {
      throw missing();
    }
  }

  private Damaged missing() {
    return new Damaged(
        "the fence of epoch "
            + wanted
            + " is missing, which the one at number "
            + namedAt
            + " names");
  }

  /** Whether it reaches back to the run that holds this number. */
  boolean reaches(long seq) {
    return wanted == 0 || namedAt <= seq;
  }

  /** The lowest epoch of a fence that was looked at. */
  long lowestEpoch() {
    return lowest;
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  /** The epoch whose row may begin with this number; 0 for none. */
  long epochAt(long seq) {
    var run = runs.floorEntry(seq);
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
