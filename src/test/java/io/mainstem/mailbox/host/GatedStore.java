package io.mainstem.mailbox.host;

import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A real store whose answers to appends a test can hold back, turn into failures, or lose. */
final class GatedStore implements MailboxStore {
  private final MailboxStore store;
  private final ConcurrentLinkedQueue<Promise<Void>> held = new ConcurrentLinkedQueue<>();
  final AtomicInteger appends = new AtomicInteger();
  private volatile boolean holding;

  /** What becomes of an append instead of going to the store; null: it goes there. */
  volatile Function<Row, @Nullable Future<Void>> fate = row -> null;

  /** The keys of each call that saved objects. */
  final ConcurrentLinkedQueue<Set<String>> saves = new ConcurrentLinkedQueue<>();

  /** So many reads of the end of a log still answer as if it were empty. */
  final AtomicInteger earlyEnds = new AtomicInteger();

  GatedStore(MailboxStore store) {
    this.store = store;
  }

  void hold() {
    holding = true;
  }

  void release() {
    holding = false;
    for (Promise<Void> promise = held.poll(); promise != null; promise = held.poll()) {
      promise.complete();
    }
  }

  int heldCount() {
    return held.size();
  }

  @Override
  public Future<Void> append(Mailbox mailbox, long epoch, Row row, boolean agenda) {
    appends.incrementAndGet();
    Future<Void> instead = fate.apply(row);
    if (instead != null) {
      return instead;
    }
    Future<Void> done = store.append(mailbox, epoch, row, agenda);
    return holding
        ? done.compose(
            settled -> {
              Promise<Void> promise = Promise.promise();
              held.add(promise);
              return promise.future();
            })
        : done;
  }

  /** Appends for real, for a fate that loses only the answer. */
  Future<Void> reallyAppend(Mailbox mailbox, long epoch, Row row) {
    return store.append(mailbox, epoch, row, true);
  }

  @Override
  public Future<Rows> read(Mailbox mailbox, long afterSeq, int limit) {
    return store.read(mailbox, afterSeq, limit);
  }

  @Override
  public Future<List<Row>> rows(Mailbox mailbox, List<Long> seqs) {
    return store.rows(mailbox, seqs);
  }

  @Override
  public Future<@Nullable Row> last(Mailbox mailbox) {
    return earlyEnds.getAndUpdate(n -> Math.max(0, n - 1)) > 0
        ? Future.succeededFuture()
        : store.last(mailbox);
  }

  @Override
  public Future<Void> redact(Mailbox mailbox, long seq) {
    return store.redact(mailbox, seq);
  }

  @Override
  public Future<Map<String, byte[]>> objects(Mailbox mailbox, List<String> keys) {
    return store.objects(mailbox, keys);
  }

  @Override
  public Future<List<String>> scan(
      Mailbox mailbox, String prefix, @Nullable String after, int limit) {
    return store.scan(mailbox, prefix, after, limit);
  }

  @Override
  public Future<Void> save(Mailbox mailbox, long epoch, Map<String, byte @Nullable []> objects) {
    saves.add(Set.copyOf(objects.keySet()));
    return store.save(mailbox, epoch, objects);
  }

  @Override
  public Future<List<Mailbox>> agenda(int partition, @Nullable UserId after, int limit) {
    return store.agenda(partition, after, limit);
  }

  @Override
  public Future<Void> clearAgenda(Mailbox mailbox) {
    return store.clearAgenda(mailbox);
  }

  @Override
  public Future<List<Mailbox>> mailboxes(int partition, @Nullable UserId after, int limit) {
    return store.mailboxes(partition, after, limit);
  }
}
