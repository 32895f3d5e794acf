package io.mainstem.store;

import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Who owns which logical partition, decided by the store alone. */
public interface Ownership {
  /**
   * A node that starts: a new incarnation; older ones of the same name are fenced. Fails with
   * {@link FeatureLevel.TooOld}.
   *
   * @param level the highest {@link FeatureLevel} that it reads
   */
  Future<Long> join(String node, int level);

  /** Of a node of this version. */
  default Future<Long> join(String node) {
    return join(node, FeatureLevel.OWN);
  }

  /**
   * The feature level in force. When all nodes that stand read a higher one, that is first put in
   * force: from then on nobody joins who does not read it.
   */
  Future<Integer> level();

  /** The nodes of the cell: the incarnation under which each stands, by name. */
  Future<Map<String, Long>> standing();

  /** Ends all that this incarnation owns, at once. */
  Future<Void> fence(long incarnation);

  /**
   * Completes when the store has shown, after this call, that this incarnation of this process
   * stands; fails with {@link MailboxStore.StaleOwner}.
   */
  Future<Void> confirm(long incarnation);

  /**
   * Whom to tell that an incarnation of this process was fenced by another, on any thread: nothing
   * that it owned is its own any more. A store that nobody shares tells nothing.
   */
  default void onFenced(LongConsumer listener) {}

  /**
   * For how many milliseconds the store has not shown any more that this process' incarnation
   * stands; 0 as long as that is too short to speak of. Answers of who is stale may be old: another
   * may own what he answers for. Cheap, from any thread. On a store that nobody shares nobody ever
   * is.
   */
  default long staleMillis() {
    return 0;
  }

  /**
   * Whom to tell, on any thread, when {@link #staleMillis} begins to be more than 0 (true), and
   * when it is 0 again (false).
   */
  default void onStale(Consumer<Boolean> listener) {}

  /**
   * Takes partitions that are unheld, held by a fenced incarnation, or one's own; the epochs grow.
   * Those it could not take are left out.
   */
  Future<Map<Integer, Long>> take(long incarnation, Set<Integer> partitions);

  /** Gives a partition back; nothing of it may be in flight. */
  Future<Void> release(long incarnation, int partition, long epoch);
}
