package io.mainstem.store.cassandra;

import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the protocol of this package needs of replicated storage, and no more: so that the same
 * protocol runs over Cassandra and over replicas that a test makes lossy.
 *
 * <p>Three kinds of operation:
 *
 * <ul>
 *   <li><b>Quorum write.</b> Completes when a quorum of replicas has it. A replica that did not
 *       answer may apply it later, or never. Of two writes of one key the one with the higher
 *       timestamp wins, on each replica, in whatever order they come; at the same timestamp a
 *       removal wins over a value.
 *   <li><b>Quorum read.</b> Merges what a quorum of replicas has, by timestamp, and before it
 *       completes has written the merged rows back to that quorum (blocking read repair). So what
 *       one read has seen, every later one sees. One call is one read; two calls may see different
 *       moments.
 *   <li><b>Lightweight transaction and serial read.</b> One total order for each of the two tables
 *       {@code incarnation} and {@code ownership}. When a transaction that was applied completes, a
 *       quorum of replicas has what it changed. A serial read sees every transaction that completed
 *       before it began, and decides those that were under way.
 * </ul>
 *
 * <p>Any of them may fail with {@link NoAnswer}, and then it may have happened, may happen later,
 * or never. Nothing is retried in here. Futures complete on any thread. What is read or written is
 * not copied: nobody changes it afterwards.
 */
public interface Replicas {
  /** Timed out, or not enough replicas are there: whether it happened is not known. */
  final class NoAnswer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NoAnswer(String text) {
      super(text, null, false, false);
    }
  }

  // ---- log

  /**
   * A fence as the index of fences has it.
   *
   * @param epoch under which it was written
   * @param seq its number
   * @param previousEpoch of the row before it; 0: none
   */
  record Fence(long epoch, long seq, long previousEpoch) {}

  /** A place in the order of a bucket's rows: by number, then by epoch. */
  record Place(long seq, long epoch) {
    /** Before every row. */
    static final Place FIRST = new Place(Long.MIN_VALUE, Long.MIN_VALUE);

    /** After every row. */
    static final Place LAST = new Place(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * Quorum write of rows of one bucket, all or none of them on each replica. A row's key is (seq,
   * epoch), its timestamp the epoch.
   */
  Future<Void> append(Mailbox mailbox, long bucket, List<Row> rows);

  /** Quorum write of a fence into the index of fences. Its key and its timestamp are the epoch. */
  Future<Void> writeFence(Mailbox mailbox, Fence fence);

  /** Quorum read: the fences with an epoch below this, the newest first, at most {@code limit}. */
  Future<List<Fence>> fences(Mailbox mailbox, long belowEpoch, int limit);

  /** Quorum read: the rows of a bucket after this place, in order, at most {@code limit}. */
  Future<List<Row>> rowsAfter(Mailbox mailbox, long bucket, Place after, int limit);

  /** Quorum read: the rows of a bucket before this place, backwards, at most {@code limit}. */
  Future<List<Row>> rowsBefore(Mailbox mailbox, long bucket, Place before, int limit);

  /** Quorum write: takes the body of a row away. Wins over the row's own write. */
  Future<Void> redact(Mailbox mailbox, long bucket, Place row);

  // ---- who owns what

  /**
   * A start of a node.
   *
   * @param id greater than that of every earlier one of the cell
   * @param node its configured name
   * @param nonce tells two that were asked for at once under one name apart
   * @param fenced whether all that it owns has ended, for ever
   * @param level the highest feature level that it reads
   */
  record Incarnation(long id, String node, String nonce, boolean fenced, int level) {}

  /**
   * All incarnations of the cell.
   *
   * @param last the highest id given
   * @param level the feature level in force
   */
  record Registry(long last, int level, List<Incarnation> incarnations) {}

  /**
   * Who holds a partition.
   *
   * @param incarnation 0: nobody
   * @param epoch 0: nobody ever did
   */
  record Holding(int partition, long incarnation, long epoch) {}

  /** A change of a holding. */
  record Move(Holding expected, Holding next) {}

  /** Serial read of the table of incarnations. */
  Future<Registry> registry();

  /**
   * Transaction: if the highest id given is {@code expectedLast}, makes {@code fresh} the highest,
   * and fences those named.
   *
   * @return whether it was applied
   */
  Future<Boolean> register(long expectedLast, Incarnation fresh, Set<Long> fenced);

  /**
   * Transaction: if the highest id given is {@code expectedLast}, puts a feature level in force,
   * and passes over one id: so of this and a node that joins at the same time one is not applied.
   *
   * @return whether it was applied
   */
  Future<Boolean> raise(long expectedLast, int level);

  /** Transaction: fences an incarnation; nothing happens when there is none of this id. */
  Future<Void> fence(long incarnation);

  /** Quorum read: whether there is this incarnation and it is not fenced. */
  Future<Boolean> stands(long incarnation);

  /** Serial read: who holds these partitions; those that nobody ever held are left out. */
  Future<List<Holding>> holdings(Set<Integer> partitions);

  /**
   * Transaction: if every {@code expected} is so, makes every {@code next} so; else nothing.
   *
   * @return whether it was applied
   */
  Future<Boolean> move(List<Move> moves);

  // ---- objects and registers

  /**
   * Quorum write of objects of one mailbox (null removes one), all or none on each replica.
   *
   * @param timestamp of all of them
   */
  Future<Void> writeObjects(
      Mailbox mailbox, long timestamp, Map<String, byte @Nullable []> objects);

  /** Quorum read: the objects of these names that there are. */
  Future<Map<String, byte[]>> objects(Mailbox mailbox, List<String> names);

  /** Quorum read: the names of objects that begin with a prefix, in order, after a name. */
  Future<List<String>> objectNames(
      Mailbox mailbox, String prefix, @Nullable String after, int limit);

  /** Sets of mailboxes, one a partition. */
  enum Register {
    /** All that have a log. */
    MAILBOXES,
    /** Those with work that no client asks for. */
    AGENDA
  }

  /** Quorum write: puts a mailbox into a set, or takes it out. */
  Future<Void> mark(
      Register register, int partition, Mailbox mailbox, boolean present, long timestamp);

  /** Quorum read: the mailboxes of a set, in the order of their users, after a user. */
  Future<List<Mailbox>> marked(Register register, int partition, @Nullable UserId after, int limit);
}
