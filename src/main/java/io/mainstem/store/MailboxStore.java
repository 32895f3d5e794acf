package io.mainstem.store;

import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Log and objects of mailboxes. Futures complete on any thread; the caller goes to its own context.
 */
public interface MailboxStore {
  /** A user's data of one generation. */
  record Mailbox(UserId user, int generation) {}

  /**
   * A row of the log.
   *
   * @param seq the number of its first event
   * @param last the number of its last event
   * @param epoch under which it was written
   * @param settled the highest number known to be settled when it was written: a chain that ends
   *     before it is damaged
   * @param previousEpoch for a fence entry: the epoch of the entry before it (0: none); -1 for any
   *     other entry
   * @param entry for ever
   * @param body content, which may be redacted; null when there is none or it was taken away
   */
  record Row(
      long seq,
      long last,
      long epoch,
      long settled,
      long previousEpoch,
      byte[] entry,
      byte @Nullable [] body) {
    public boolean isFence() {
      return previousEpoch >= 0;
    }
  }

  /** The rows on the chain after a number, and whether there are more. */
  record Rows(List<Row> rows, boolean more) {}

  /**
   * Appends; completes when settled: durable, and the epoch stood after that. Appends of one
   * mailbox settle in the order in which they were made.
   *
   * @param agenda whether the mailbox's agenda mark must be durable before this append is settled
   * @return fails with {@link StaleOwner} when the epoch does not stand; with {@link StoreFull}
   *     when nothing can be written now: this append and those of the same mailbox that were made
   *     after it are not in the log, and never will be behind another (a store that failed in the
   *     middle of writing may show them again after a restart, at the end, where nothing has been
   *     written since); with another error when the outcome is unknown
   */
  Future<Void> append(Mailbox mailbox, long epoch, Row row, boolean agenda);

  /**
   * The rows of the chain (reading rule: newest fence, its epoch's contiguous entries, and so back)
   * after {@code afterSeq}, at most {@code limit}. Fails with {@link Damaged}.
   */
  Future<Rows> read(Mailbox mailbox, long afterSeq, int limit);

  /**
   * The rows of the chain that contain these numbers, in no order; for numbers that are not in the
   * log there is none.
   */
  Future<List<Row>> rows(Mailbox mailbox, List<Long> seqs);

  /** The last row on the chain; null for an empty log. */
  Future<@Nullable Row> last(Mailbox mailbox);

  /** Takes the body of the row that begins with {@code seq} away, for ever. */
  Future<Void> redact(Mailbox mailbox, long seq);

  /** Objects by key; those that do not exist are left out. */
  Future<Map<String, byte[]>> objects(Mailbox mailbox, List<String> keys);

  /**
   * All object keys that begin with {@code prefix}, in order, after {@code after} (null: from the
   * first), at most {@code limit}.
   */
  Future<List<String>> scan(Mailbox mailbox, String prefix, @Nullable String after, int limit);

  /** Saves objects (a null value deletes); atomic for one call. */
  Future<Void> save(Mailbox mailbox, long epoch, Map<String, byte @Nullable []> objects);

  /** Users of a partition with an agenda mark, in order, after {@code after}. */
  Future<List<Mailbox>> agenda(int partition, @Nullable UserId after, int limit);

  /** Clears the mark. */
  Future<Void> clearAgenda(Mailbox mailbox);

  /** Every mailbox that has a log in this partition, for rebuild and checks. */
  Future<List<Mailbox>> mailboxes(int partition, @Nullable UserId after, int limit);

  /** The epoch does not stand: another owner has taken the partition. */
  final class StaleOwner extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StaleOwner(String text) {
      super(text, null, false, false);
    }
  }

  /** Nothing can be written now (disk full, I/O error); reads go on. */
  final class StoreFull extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreFull(String text) {
      super(text, null, false, false);
    }
  }

  /** The log is not whole: says where, and what is missing. */
  final class Damaged extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Damaged(String text) {
      super(text, null, false, false);
    }
  }
}
