package io.mainstem.blob;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * One request to the committer. All methods are called by the committer, works in the order in
 * which they were handed in.
 */
interface Work {
  /** A needle to append; the committer adds place and checksums. */
  record Draft(Needle.Kind kind, long id, long cookie, int part, ByteBuffer payload) {
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    static Draft bare(Needle.Kind kind, long id, long cookie) {
      return new Draft(kind, id, cookie, 0, EMPTY);
    }
  }

  /**
   * What to append, judged on the catalog as it is now; may be nothing. A throw refuses the work.
   */
  List<Draft> drafts();

  /** Whether the work waits for a sync. */
  boolean needsSync();

  /** Whether this work may use the room that is kept back on a nearly full disk. */
  default boolean mayUseReserve() {
    return false;
  }

  /**
   * The drafts stand in the volume's file, at these {@link Location}s; a crash may still lose them.
   */
  default void onAppended(long[] locations) {}

  /** All of it is durable. Works that need no sync are told right after {@link #onAppended}. */
  void onSettled();

  void onFailed(RuntimeException cause);
}
