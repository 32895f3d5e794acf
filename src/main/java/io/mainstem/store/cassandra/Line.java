package io.mainstem.store.cassandra;

import io.mainstem.message.Rejected;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.MailboxStore.StaleOwner;
import io.mainstem.store.MailboxStore.StoreFull;
import io.mainstem.store.cassandra.Replicas.Fence;
import io.mainstem.store.cassandra.Replicas.NoAnswer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The appends of one log under one epoch, from their arrival until they are settled. Confined to
 * the turns.
 *
 * <pre>
 *   arriving   the log's end is not known yet: it is being read
 *   waiting    in order, for the write before it
 *   writing    one write at a time; what arrives meanwhile makes the next one
 *   written    a quorum has it; an incarnation's read that begins now decides
 *   settled    the read showed it standing, and the grant is still open: answered
 * </pre>
 *
 * A write without an answer is made again, the same keys and the same bytes, until a quorum has it
 * or the grant ends. So what has once been taken in is either settled or given up with the epoch,
 * and no other bytes are ever written in its place.
 */
final class Line {
  private static final Logger LOG = LoggerFactory.getLogger(Line.class);

  /** The end of a log: its last number, and the epoch of its last row. */
  record End(long last, long epoch) {
    static final End EMPTY = new End(0, 0);
  }

  /** An append that is not answered yet. */
  static final class Append {
    final Row row;
    final boolean agenda;
    final Promise<Void> promise = Promise.promise();

    Append(Row row, boolean agenda) {
      this.row = row;
      this.agenda = agenda;
    }

    int sizeBytes() {
      return Line.sizeBytes(row);
    }
  }

  static int sizeBytes(Row row) {
    byte[] body = row.body();
    return 128 + row.entry().length + (body == null ? 0 : body.length);
  }

  private final CassandraMailboxStore store;
  private final Mailbox mailbox;
  private final Grant grant;
  private final Standing standing;
  private final ArrayDeque<Append> arriving = new ArrayDeque<>();
  private final ArrayDeque<Append> waiting = new ArrayDeque<>();
  private final ArrayDeque<Append> unsettled = new ArrayDeque<>();
  private @Nullable End end;
  private boolean writing;
  private boolean ended;
  private boolean gaveUp;
  private int failures;

  /**
   * @param end of the log, if it is known
   */
  Line(CassandraMailboxStore store, Mailbox mailbox, Grant grant, @Nullable End end) {
    this.store = store;
    this.mailbox = mailbox;
    this.grant = grant;
    this.standing = store.ownership().standing(grant.incarnation());
    this.end = end;
  }

  Mailbox mailbox() {
    return mailbox;
  }

  Grant grant() {
    return grant;
  }

  /** Whether something was taken in that will never be known to be settled. */
  boolean gaveUp() {
    return gaveUp;
  }

  /** The log's end with all that was taken in; null when it is not known. */
  @Nullable End end() {
    return end;
  }

  /** What the log ends with was read; it counts unless something was appended since. */
  void onEndRead(End read) {
    End known = end;
    if (known == null || known.epoch() != grant.epoch()) {
      end = read;
    }
  }

  boolean isIdle() {
    return arriving.isEmpty() && waiting.isEmpty() && unsettled.isEmpty();
  }

  void append(Append append) {
    if (ended) {
      append.promise.fail(CassandraMailboxStore.ended(grant));
    } else if (end == null) {
      arriving.add(append);
      if (arriving.size() == 1) {
        readEnd();
      }
    } else {
      admit(append, end);
    }
  }

  /** The grant has ended: nothing more is acknowledged. */
  void end(Throwable cause) {
    ended = true;
    var all = new ArrayList<Append>(arriving);
    all.addAll(unsettled);
    all.addAll(waiting);
    arriving.clear();
    unsettled.clear();
    waiting.clear();
    gaveUp |= !all.isEmpty();
    all.forEach(append -> append.promise.tryFail(cause));
  }

  // ---- taking in

  private void readEnd() {
    store
        .turns()
        .on(
            store.reader().last(mailbox),
            result -> {
              if (ended) {
                return;
              }
              var arrived = List.copyOf(arriving);
              arriving.clear();
              if (result.failed()) {
                // Nothing of these was written.
                arrived.forEach(append -> append.promise.fail(unreadable(result.cause())));
                return;
              }
              Row last = result.result();
              onEndRead(last == null ? End.EMPTY : new End(last.last(), last.epoch()));
              arrived.forEach(this::append);
            });
  }

  private static Throwable unreadable(Throwable cause) {
    return cause instanceof NoAnswer
        ? new Rejected(Rejected.Rule.BUSY, "Cassandra does not answer; try again")
        : new StoreFull("the end of the log could not be read: " + cause);
  }

  private void admit(Append append, End known) {
    Row row = append.row;
    if (row.seq() <= known.last()) {
      repeat(append);
      return;
    }
    boolean first = known.epoch() != grant.epoch();
    if (row.seq() != known.last() + 1
        || first && (!row.isFence() || row.previousEpoch() != known.epoch())
        || !first && row.isFence()) {
      append.promise.fail(
          new StoreFull(
              (row.isFence() ? "fence " : "number ")
                  + row.seq()
                  + " does not follow "
                  + known.last()
                  + " of epoch "
                  + known.epoch()
                  + ": an append before it was refused"));
      return;
    }
    if (row.last() < row.seq() || row.last() - row.seq() >= Buckets.SIZE) {
      append.promise.fail(
          new IllegalArgumentException("an entry has 1 to " + Buckets.SIZE + " numbers"));
      return;
    }
    end = new End(row.last(), grant.epoch());
    waiting.add(append);
    write();
  }

  /**
   * An append whose outcome its maker does not know is made again unchanged. Other bytes in its
   * place would be a second truth: their maker has to take the partition again.
   */
  private void repeat(Append append) {
    Append twin = find(unsettled, append.row.seq());
    if (twin == null) {
      twin = find(waiting, append.row.seq());
    }
    if (twin != null) {
      if (same(twin.row, append.row)) {
        twin.promise.future().onComplete(append.promise);
      } else {
        append.promise.fail(
            new StaleOwner(
                "number "
                    + append.row.seq()
                    + " has an append under way: another one needs a new epoch"));
      }
      return;
    }
    store
        .turns()
        .on(
            store.reader().rows(mailbox, List.of(append.row.seq())),
            result -> {
              if (result.failed()) {
                append.promise.fail(result.cause());
              } else if (result.result().isEmpty() || !same(result.result().get(0), append.row)) {
                append.promise.fail(
                    new StoreFull("number " + append.row.seq() + " is taken by another append"));
              } else {
                store.turns().on(standing.confirm(), shown -> answer(append, shown.cause()));
              }
            });
  }

  private static @Nullable Append find(ArrayDeque<Append> appends, long seq) {
    for (Append append : appends) {
      if (append.row.seq() == seq) {
        return append;
      }
    }
    return null;
  }

  /** Whether it is the same row; its body may have been taken away meanwhile. */
  private static boolean same(Row stored, Row again) {
    return stored.seq() == again.seq()
        && stored.last() == again.last()
        && stored.epoch() == again.epoch()
        && stored.settled() == again.settled()
        && stored.previousEpoch() == again.previousEpoch()
        && Arrays.equals(stored.entry(), again.entry())
        && (stored.body() == null || Arrays.equals(stored.body(), again.body()));
  }

  // ---- writing and settling

  private void write() {
    if (writing || waiting.isEmpty() || ended) {
      return;
    }
    var batch = new ArrayList<Append>();
    long bucket = Buckets.of(waiting.getFirst().row);
    int bytes = 0;
    while (!waiting.isEmpty()
        && batch.size() < store.tuning().batchRows()
        && (batch.isEmpty()
            || bytes + waiting.getFirst().sizeBytes() <= store.tuning().batchBytes())
        && Buckets.of(waiting.getFirst().row) == bucket) {
      Append append = waiting.removeFirst();
      bytes += append.sizeBytes();
      batch.add(append);
      if (append.row.isFence()) {
        // It goes alone: what follows it is written when a quorum has it.
        break;
      }
    }
    unsettled.addAll(batch);
    writing = true;
    write(bucket, batch);
  }

  private void write(long bucket, List<Append> batch) {
    store
        .turns()
        .on(
            written(bucket, batch),
            result -> {
              if (ended) {
                return;
              }
              if (result.failed()) {
                onNoAnswer(bucket, batch, result.cause());
                return;
              }
              if (failures > 0) {
                LOG.info("A write that had no answer succeeded at try {}", failures + 1);
                failures = 0;
              }
              writing = false;
              store.turns().on(standing.confirm(), shown -> onShown(batch, shown.cause()));
              write();
            });
  }

  /** Rows, the index of fences behind them, and what must be marked before they are settled. */
  private Future<?> written(long bucket, List<Append> batch) {
    var rows = batch.stream().map(append -> append.row).toList();
    Future<Void> log = store.replicas().append(mailbox, bucket, rows);
    Row first = rows.get(0);
    if (first.isFence()) {
      var fence = new Fence(first.epoch(), first.seq(), first.previousEpoch());
      log =
          log.compose(
              // The index names a fence only when its row is on a quorum, and the list names a
              // mailbox before its log begins to count.
              done ->
                  first.seq() == 1
                      ? store.list(mailbox, grant).compose(listed -> index(fence))
                      : index(fence));
    }
    boolean agenda = batch.stream().anyMatch(append -> append.agenda);
    return agenda ? Future.join(log, store.markAgenda(mailbox, grant)) : log;
  }

  private Future<Void> index(Fence fence) {
    return store.replicas().writeFence(mailbox, fence);
  }

  private void onNoAnswer(long bucket, List<Append> batch, Throwable cause) {
    failures++;
    if (failures == 1) {
      LOG.warn("A write has no answer and is made again until it has: {}", cause.toString());
    }
    store
        .turns()
        .after(
            store.tuning().pauseMillis(failures),
            () -> {
              if (!ended) {
                write(bucket, batch);
              }
            });
  }

  private void onShown(List<Append> batch, @Nullable Throwable cause) {
    if (ended) {
      return;
    }
    if (cause != null || !grant.isOpen()) {
      end(cause == null ? CassandraMailboxStore.ended(grant) : cause);
      return;
    }
    for (Append append : batch) {
      // In order: reads of the incarnation answer in the order in which they were asked for.
      Append head = unsettled.removeFirst();
      if (head != append) {
        throw new IllegalStateException("appends of a log settle out of order");
      }
      append.promise.complete();
    }
  }

  private void answer(Append append, @Nullable Throwable cause) {
    if (cause != null) {
      append.promise.fail(cause);
    } else if (ended || !grant.isOpen()) {
      append.promise.fail(CassandraMailboxStore.ended(grant));
    } else {
      append.promise.complete();
    }
  }
}
