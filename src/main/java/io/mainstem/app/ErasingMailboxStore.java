package io.mainstem.app;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobStore;
import io.mainstem.mailbox.Codec;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mailbox store whose redactions reach the blobs: before a body goes, the mailbox's references to
 * the blobs that only this body named are released, so that the sweep takes them. In this order a
 * crash in between loses nothing: the redaction is repeated from the log, and the body still says
 * what to release. Thread-safe.
 */
final class ErasingMailboxStore implements MailboxStore {
  private static final Logger log = LoggerFactory.getLogger(ErasingMailboxStore.class);
  private static final int PAGE_ROWS = 256;
  private static final Duration LATER = Duration.ofSeconds(70);

  private final Vertx vertx;
  private final MailboxStore store;
  private final BlobStore blobs;

  /**
   * Bodies that wait to be redacted; a mailbox has an entry while it is worked on. All that wait
   * share one look at the log.
   */
  private final Map<Mailbox, Map<Long, Promise<Void>>> waiting = new HashMap<>();

  ErasingMailboxStore(Vertx vertx, MailboxStore store, BlobStore blobs) {
    this.vertx = vertx;
    this.store = store;
    this.blobs = blobs;
  }

  @Override
  public Future<Void> redact(Mailbox mailbox, long seq) {
    boolean first;
    Promise<Void> done;
    synchronized (waiting) {
      first = !waiting.containsKey(mailbox);
      done =
          waiting
              .computeIfAbsent(mailbox, absent -> new LinkedHashMap<>())
              .computeIfAbsent(seq, absent -> Promise.promise());
    }
    if (first) {
      work(mailbox);
    }
    return done.future();
  }

  private void work(Mailbox mailbox) {
    Map<Long, Promise<Void>> batch;
    synchronized (waiting) {
      batch = new LinkedHashMap<>(waiting.getOrDefault(mailbox, Map.of()));
      if (batch.isEmpty()) {
        waiting.remove(mailbox);
        return;
      }
      waiting.put(mailbox, new LinkedHashMap<>());
    }
    release(mailbox, batch.keySet())
        .compose(released -> redactAll(mailbox, batch))
        .onFailure(cause -> batch.values().forEach(promise -> promise.tryFail(cause)))
        .onComplete(done -> work(mailbox));
  }

  private Future<Void> redactAll(Mailbox mailbox, Map<Long, Promise<Void>> batch) {
    List<Future<Void>> all = new ArrayList<>();
    batch.forEach((seq, promise) -> all.add(store.redact(mailbox, seq).onComplete(promise)));
    return Future.join(all).otherwiseEmpty().mapEmpty();
  }

  private Future<Void> release(Mailbox mailbox, Set<Long> condemned) {
    return store
        .rows(mailbox, List.copyOf(condemned))
        .compose(
            rows -> {
              Set<BlobKey> named = new HashSet<>();
              rows.stream()
                  .filter(row -> condemned.contains(row.seq()))
                  .forEach(row -> named.addAll(keys(row)));
              return named.isEmpty()
                  ? Future.succeededFuture()
                  : releaseUnnamed(mailbox, condemned, named);
            });
  }

  /** What another body of this log names too stays. */
  private Future<Void> releaseUnnamed(Mailbox mailbox, Set<Long> condemned, Set<BlobKey> named) {
    Map<BlobKey, byte[]> alone = new HashMap<>();
    named.forEach(key -> alone.put(key, key.value().getBytes(StandardCharsets.US_ASCII)));
    return look(mailbox, condemned, alone, 0)
        .compose(
            looked -> {
              BlobReference reference = new BlobReference(mailbox.user(), mailbox.generation());
              List<Future<Void>> releasing = new ArrayList<>();
              alone.keySet().forEach(key -> releasing.add(releaseOrLater(mailbox, key, reference)));
              return Future.all(releasing).mapEmpty();
            });
  }

  /**
   * Content must go at once; its blob follows a little later when somebody may just be about to
   * name it again.
   */
  private Future<Void> releaseOrLater(Mailbox mailbox, BlobKey key, BlobReference reference) {
    return blobs
        .releaseUnused(key, reference)
        .recover(
            cause -> {
              if (!(cause instanceof Rejected refused) || refused.rule() != Rejected.Rule.BUSY) {
                return Future.failedFuture(cause);
              }
              vertx.setTimer(
                  LATER.toMillis(),
                  now ->
                      releaseUnnamed(mailbox, Set.of(), Set.of(key))
                          .onFailure(
                              failed -> log.warn("A blob that is no longer needed stays", failed)));
              return Future.succeededFuture();
            });
  }

  /** Takes away from {@code alone} the keys that stand in a body which is to stay. */
  private Future<Void> look(
      Mailbox mailbox, Set<Long> condemned, Map<BlobKey, byte[]> alone, long after) {
    return store
        .read(mailbox, after, PAGE_ROWS)
        .compose(
            page -> {
              for (Row row : page.rows()) {
                byte[] body = row.body();
                if (body != null && !condemned.contains(row.seq())) {
                  alone.values().removeIf(key -> contains(body, key));
                }
              }
              boolean ended = !page.more() || page.rows().isEmpty() || alone.isEmpty();
              return ended
                  ? Future.succeededFuture()
                  : look(mailbox, condemned, alone, page.rows().get(page.rows().size() - 1).last());
            });
  }

  /** A body holds its keys as they are written, so it need not be decoded to look for one. */
  private static boolean contains(byte[] body, byte[] key) {
    for (int at = 0; at <= body.length - key.length; at++) {
      int same = 0;
      while (same < key.length && body[at + same] == key[same]) {
        same++;
      }
      if (same == key.length) {
        return true;
      }
    }
    return false;
  }

  private static Set<BlobKey> keys(Row row) {
    byte[] body = row.body();
    return body == null
        ? Set.of()
        : io.mainstem.mailbox.Mailbox.blobs(Codec.decode(row.entry(), body));
  }

  // ---- everything else is the store's

  @Override
  public Future<Void> append(Mailbox mailbox, long epoch, Row row, boolean agenda) {
    return store.append(mailbox, epoch, row, agenda);
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
    return store.last(mailbox);
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
