package io.mainstem.store.cassandra;

import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.Partition;
import io.mainstem.store.StageMeter;
import io.mainstem.store.cassandra.Replicas.NoAnswer;
import io.mainstem.store.cassandra.Replicas.Place;
import io.mainstem.store.cassandra.Replicas.Register;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Log and objects in Cassandra. Appends are plain quorum writes; a shared read of the own
 * incarnation settles them (see {@link Line} and {@link Standing}). Its state is confined to the
 * turns, its methods may be called from anywhere.
 */
public final class CassandraMailboxStore implements MailboxStore, AutoCloseable {
  /** Bits of a timestamp below the epoch: writes of objects and marks under one epoch. */
  private static final int COUNTER_BITS = 40;

  /** Logs that are looked at to forget one. */
  private static final int FORGET = 16;

  private final Replicas replicas;
  private final Turns turns;
  private final Tuning tuning;
  private final int partitions;
  private final StageMeter meter;
  private final CassandraOwnership ownership;
  private final LogReader reader;
  private final Map<Mailbox, Line> lines = new LinkedHashMap<>(1024, 0.75f, true);
  private final Map<Grant, Set<Line>> linesOf = new HashMap<>();
  private final Map<Mailbox, Mark> marks = new HashMap<>();
  private long counter;
  private int waitingRows;
  private long waitingBytes;
  private int reads;
  private boolean closed;

  /** A mark on the agenda; not durable until its write has completed. */
  private record Mark(Grant grant, boolean durable) {}

  /**
   * @param partitions how many logical partitions the cell has
   */
  public CassandraMailboxStore(
      Replicas replicas,
      Turns turns,
      Tuning tuning,
      int partitions,
      CassandraOwnership ownership,
      StageMeter meter) {
    this.replicas = replicas;
    this.turns = turns;
    this.tuning = tuning;
    this.partitions = partitions;
    this.meter = meter;
    this.ownership = ownership;
    this.reader = new LogReader(replicas);
    ownership.onEnd(this::onEnd);
  }

  /** Who owns which partition, in the same cell. */
  public CassandraOwnership ownership() {
    return ownership;
  }

  /** What is wrong now, in words. From any thread. */
  public Optional<String> trouble() {
    Duration silence = ownership.silence();
    return silence.toMillis() > tuning.goneMillis()
        ? Optional.of("Cassandra has not answered for " + silence.toSeconds() + " s")
        : Optional.empty();
  }

  // ---- the log

  @Override
  public Future<Void> append(Mailbox mailbox, long epoch, Row row, boolean agenda) {
    if (row.epoch() != epoch) {
      return Future.failedFuture(
          new IllegalArgumentException("a row is appended under its own epoch"));
    }
    var append = new Line.Append(row, agenda);
    StageMeter.Passage passage = meter.enter();
    turns.run(() -> accept(mailbox, epoch, append));
    return append.promise.future().onComplete(done -> passage.leave());
  }

  private void accept(Mailbox mailbox, long epoch, Line.Append append) {
    Grant grant = ownership.open(partition(mailbox), epoch);
    if (grant == null || closed) {
      append.promise.fail(stale(mailbox, epoch));
      return;
    }
    Line line = line(mailbox, grant);
    if (waitingRows >= tuning.queueRows()
        || waitingBytes + append.sizeBytes() > tuning.queueBytes()) {
      meter.refused("queue");
      append.promise.fail(
          new Rejected(
              Rejected.Rule.BUSY, "too many writes wait for Cassandra (store.cassandra.queue)"));
      return;
    }
    if (line.isIdle() && isGone(grant)) {
      // Nothing of this log is under way, so it is certain that nothing was written.
      meter.refused("gone");
      append.promise.fail(
          new Rejected(
              Rejected.Rule.BUSY,
              "Cassandra does not answer; writing goes on by itself when it does"));
      return;
    }
    waitingRows++;
    waitingBytes += append.sizeBytes();
    append
        .promise
        .future()
        .onComplete(
            done -> {
              waitingRows--;
              waitingBytes -= append.sizeBytes();
            });
    line.append(append);
  }

  /** The line of a log under this grant. */
  private Line line(Mailbox mailbox, Grant grant) {
    Line old = lines.get(mailbox);
    if (old != null && old.grant() == grant) {
      return old;
    }
    // What this process appended last is the end as long as nobody else can have appended since.
    Line.End end = old != null && !old.gaveUp() && grant.follows(old.grant()) ? old.end() : null;
    var line = new Line(this, mailbox, grant, end);
    if (old != null) {
      forget(old);
    }
    lines.put(mailbox, line);
    linesOf.computeIfAbsent(grant, g -> new HashSet<>()).add(line);
    if (lines.size() > tuning.knownLogs()) {
      for (Line eldest : lines.values().stream().limit(FORGET).toList()) {
        if (eldest.isIdle() && eldest != line) {
          lines.remove(eldest.mailbox());
          forget(eldest);
        }
      }
    }
    return line;
  }

  private void forget(Line line) {
    Set<Line> all = linesOf.get(line.grant());
    if (all != null && all.remove(line) && all.isEmpty()) {
      linesOf.remove(line.grant());
    }
  }

  private void onEnd(Grant grant) {
    Set<Line> all = linesOf.remove(grant);
    if (all != null) {
      all.forEach(line -> line.end(ended(grant)));
    }
  }

  @Override
  public Future<Rows> read(Mailbox mailbox, long afterSeq, int limit) {
    return reading(() -> reader.read(mailbox, afterSeq, limit));
  }

  @Override
  public Future<List<Row>> rows(Mailbox mailbox, List<Long> seqs) {
    var wanted = List.copyOf(seqs);
    return reading(() -> reader.rows(mailbox, wanted));
  }

  @Override
  public Future<@Nullable Row> last(Mailbox mailbox) {
    return reading(
        () -> {
          Grant grant = ownership.open(partition(mailbox));
          return reader
              .last(mailbox)
              .onComplete(
                  read -> {
                    if (read.succeeded() && grant != null) {
                      turns.run(() -> onLast(mailbox, grant, read.result()));
                    }
                  });
        });
  }

  /** What was read under a grant that is still open is the end that a fence under it follows. */
  private void onLast(Mailbox mailbox, Grant grant, @Nullable Row last) {
    if (grant.isOpen()) {
      line(mailbox, grant)
          .onEndRead(last == null ? Line.End.EMPTY : new Line.End(last.last(), last.epoch()));
    }
  }

  @Override
  public Future<Void> redact(Mailbox mailbox, long seq) {
    return reading(
        () ->
            reader
                .epochAt(mailbox, seq)
                .compose(
                    epoch ->
                        epoch == 0
                            ? Future.succeededFuture()
                            : replicas.redact(mailbox, Buckets.of(seq), new Place(seq, epoch))));
  }

  // ---- objects

  @Override
  public Future<Map<String, byte[]>> objects(Mailbox mailbox, List<String> keys) {
    var wanted = List.copyOf(keys);
    return wanted.isEmpty()
        ? Future.succeededFuture(Map.of())
        : reading(() -> replicas.objects(mailbox, wanted));
  }

  @Override
  public Future<List<String>> scan(
      Mailbox mailbox, String prefix, @Nullable String after, int limit) {
    return reading(() -> replicas.objectNames(mailbox, prefix, after, limit));
  }

  @Override
  public Future<Void> save(Mailbox mailbox, long epoch, Map<String, byte @Nullable []> objects) {
    Map<String, byte @Nullable []> saved = new HashMap<>(objects);
    return reading(
        () -> {
          Grant grant = ownership.open(partition(mailbox), epoch);
          if (grant == null) {
            return Future.failedFuture(stale(mailbox, epoch));
          }
          return replicas
              .writeObjects(mailbox, timestamp(grant), saved)
              .compose(done -> confirm(grant));
        });
  }

  // ---- registers

  @Override
  public Future<List<Mailbox>> agenda(int partition, @Nullable UserId after, int limit) {
    return reading(() -> replicas.marked(Register.AGENDA, partition, after, limit));
  }

  @Override
  public Future<List<Mailbox>> mailboxes(int partition, @Nullable UserId after, int limit) {
    return reading(() -> replicas.marked(Register.MAILBOXES, partition, after, limit));
  }

  @Override
  public Future<Void> clearAgenda(Mailbox mailbox) {
    return reading(
        () -> {
          Grant grant = ownership.open(partition(mailbox));
          if (grant == null) {
            return Future.failedFuture(stale(mailbox, 0));
          }
          marks.remove(mailbox);
          return replicas.mark(
              Register.AGENDA, grant.partition(), mailbox, false, timestamp(grant));
        });
  }

  /** Marks a mailbox, unless it is known to be marked under this grant. In a turn. */
  Future<Void> markAgenda(Mailbox mailbox, Grant grant) {
    Mark known = marks.get(mailbox);
    if (known != null && known.durable && known.grant == grant) {
      return Future.succeededFuture();
    }
    if (marks.size() >= tuning.knownLogs()) {
      marks.clear();
    }
    var mark = new Mark(grant, false);
    marks.put(mailbox, mark);
    return replicas
        .mark(Register.AGENDA, grant.partition(), mailbox, true, timestamp(grant))
        .onSuccess(done -> turns.run(() -> marks.replace(mailbox, mark, new Mark(grant, true))));
  }

  /** Puts a mailbox on the list of those that have a log. */
  Future<Void> list(Mailbox mailbox, Grant grant) {
    return replicas.mark(Register.MAILBOXES, grant.partition(), mailbox, true, timestamp(grant));
  }

  // ---- shared

  Replicas replicas() {
    return replicas;
  }

  Turns turns() {
    return turns;
  }

  Tuning tuning() {
    return tuning;
  }

  LogReader reader() {
    return reader;
  }

  @Override
  public void close() {
    turns.run(
        () -> {
          closed = true;
          ownership.close();
        });
  }

  /**
   * Runs a read, or a write that nobody else waits for, if not too many are under way. What has no
   * answer may be asked again by whoever asked.
   */
  private <T> Future<T> reading(Supplier<Future<T>> task) {
    Promise<T> promise = Promise.promise();
    turns.run(
        () -> {
          if (reads >= tuning.reads()) {
            promise.fail(
                new Rejected(
                    Rejected.Rule.BUSY,
                    "too many requests wait for Cassandra (store.cassandra.reads)"));
            return;
          }
          reads++;
          turns.on(
              task.get(),
              result -> {
                reads--;
                if (result.cause() instanceof NoAnswer) {
                  promise.fail(
                      new Rejected(Rejected.Rule.BUSY, "Cassandra does not answer; try again"));
                } else {
                  promise.handle(result);
                }
              });
        });
    return promise.future();
  }

  /** Whether the epoch stood after what was done before this call. */
  private Future<Void> confirm(Grant grant) {
    Promise<Void> promise = Promise.promise();
    turns.run(
        () ->
            turns.on(
                ownership.standing(grant.incarnation()).confirm(),
                shown -> {
                  if (shown.failed()) {
                    promise.fail(shown.cause());
                  } else if (grant.isOpen()) {
                    promise.complete();
                  } else {
                    promise.fail(ended(grant));
                  }
                }));
    return promise.future();
  }

  private boolean isGone(Grant grant) {
    long good = ownership.standing(grant.incarnation()).goodMillis();
    return turns.nowMillis() - good > tuning.goneMillis();
  }

  /** Grows with every write under an epoch, and from epoch to epoch. */
  private long timestamp(Grant grant) {
    return grant.epoch() << COUNTER_BITS | counter++;
  }

  private int partition(Mailbox mailbox) {
    return Partition.of(mailbox.user(), partitions);
  }

  static StaleOwner ended(Grant grant) {
    return new StaleOwner(
        "epoch " + grant.epoch() + " of partition " + grant.partition() + " does not stand");
  }

  private StaleOwner stale(Mailbox mailbox, long epoch) {
    return new StaleOwner(
        "epoch " + epoch + " of partition " + partition(mailbox) + " is not held here");
  }
}
