package io.mainstem.blob.s3;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobStore;
import io.mainstem.blob.BlobStream;
import io.mainstem.blob.BlobWriter;
import io.mainstem.blob.s3.Bucket.Page;
import io.mainstem.message.BlobKey;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Rejected;
import io.mainstem.stage.Stage;
import io.mainstem.stage.Stages;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs in an object store that speaks S3; what lies there, and why no blob is lost, stands in the
 * package's description.
 */
public final class S3BlobStore implements BlobStore {
  private static final Logger log = LoggerFactory.getLogger(S3BlobStore.class);

  /** Who referred to a blob may be about to name it in a log. */
  private static final Duration REFERRING = Duration.ofMinutes(1);

  /** A condemnation older than this is of a sweeper that died: a living one takes seconds. */
  private static final Duration CONDEMNED = Duration.ofMinutes(10);

  private static final int CONDEMNED_LOOKS = 10;
  private static final long CONDEMNED_PAUSE_MILLIS = 200;

  /** Bytes and condemnations stand before the references, so a short page has them all. */
  private static final int HEAD = 16;

  private final Vertx vertx;
  private final S3Settings settings;
  private final Clock clock;
  private final Names names;
  private final S3Requests requests;
  private final Bucket bucket;
  private final Stage stage;
  private final ThreadPoolExecutor readers;
  private final ScheduledExecutorService keeper;
  private final SecureRandom random = new SecureRandom();
  private final String sweeper;
  private final AtomicInteger writers = new AtomicInteger();
  private final AtomicLong buffered = new AtomicLong();

  private S3BlobStore(Vertx vertx, S3Settings settings, Clock clock, Stages stages) {
    this.vertx = vertx;
    this.settings = settings;
    this.clock = clock;
    this.names = new Names(settings.prefix());
    this.stage = stages.stage("blob", settings.writers() + settings.queue());
    this.requests =
        new S3Requests(settings, stages.stage("blob.s3", settings.requests() + settings.queue()));
    this.bucket = new Bucket(requests);
    // Each reader waits for an answer most of its time; no more are of use than may ask at once.
    this.readers =
        new ThreadPoolExecutor(
            settings.requests(),
            settings.requests(),
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(settings.queue()),
            named("mainstem-blob-read"));
    readers.allowCoreThreadTimeOut(true);
    this.keeper = Executors.newSingleThreadScheduledExecutor(named("mainstem-blob-keep"));
    this.sweeper = HexFormat.of().toHexDigits(random.nextLong());
  }

  /**
   * Opens the store once its bucket has answered. Blocks for that.
   *
   * @param clock by which blobs grow old; requests are signed by the system's
   * @throws IOException that says which setting to look at, when it does not
   */
  public static S3BlobStore open(Vertx vertx, S3Settings settings, Clock clock, Stages stages)
      throws IOException {
    S3BlobStore store = new S3BlobStore(vertx, settings, clock, stages);
    try {
      store.bucket.list(settings.prefix(), 1, "").toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      store.shutdown();
      throw e.getCause() instanceof S3Failure failure
          ? new IOException(advice(failure, settings))
          : new IOException(e.getCause());
    } catch (InterruptedException e) {
      store.shutdown();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the object store was asked", e);
    }
    stages.check("blob", store.requests::problem);
    long every = settings.sweepEvery().toMillis();
    var unused =
        store.keeper.scheduleWithFixedDelay(
            store::keepHouse,
            ThreadLocalRandom.current().nextLong(every) + 1,
            every,
            TimeUnit.MILLISECONDS);
    return store;
  }

  private static String advice(S3Failure failure, S3Settings settings) {
    String look =
        switch (failure.status()) {
          case 0 -> "blob.s3.endpoint (" + settings.endpoint() + ")";
          case 404 -> "blob.s3.bucket (" + settings.bucket() + "), which must exist";
          case 301, 307, 400 -> "blob.s3.region and blob.s3.pathStyle";
          case 401, 403 -> "blob.s3.accessKey and blob.s3.secretKey, and what they may do";
          default -> "the object store itself";
        };
    return failure.getMessage() + ". Look at " + look;
  }

  // ---- writing

  @Override
  public Future<BlobWriter> create() {
    ContextInternal context = context();
    if (writers.incrementAndGet() > settings.writers()) {
      writers.decrementAndGet();
      stage.refused("busy");
      return context.failedFuture(
          new Rejected(
              Rejected.Rule.BUSY, "already " + settings.writers() + " blobs being written"));
    }
    BlobKey key = Names.key(random.nextLong(), clock.millis());
    return context.succeededFuture(
        new S3Writer(
            context, bucket, names, settings, key, buffered, stage, writers::decrementAndGet));
  }

  @Override
  public Future<Void> refer(BlobKey key, Collection<BlobReference> references) {
    if (!Names.isKey(key)) {
      return context().failedFuture(notFound());
    }
    List<BlobReference> all = List.copyOf(references);
    // First what is there, so that a wrong key leaves no reference behind; then again, for what a
    // sweeper may have begun in the meantime.
    return here(
        stage.pass(
            () ->
                head(key)
                    .compose(
                        there ->
                            Future.all(
                                all.stream()
                                    .map(one -> bucket.put(names.reference(key, one), List.of()))
                                    .toList()))
                    .compose(referred -> waitOutSweep(key, 1))));
  }

  /** Fails with NOT_FOUND when the blob has no bytes. */
  private Future<Page> head(BlobKey key) {
    return bucket
        .list(names.all(key), HEAD, "")
        .compose(
            page ->
                items(page, Names.Kind.BYTES).isEmpty()
                    ? Future.failedFuture(notFound())
                    : Future.succeededFuture(page));
  }

  private Future<Void> waitOutSweep(BlobKey key, int look) {
    return head(key)
        .compose(
            page -> {
              Instant now = page.now().orElse(clock.instant());
              boolean condemned =
                  items(page, Names.Kind.CONDEMNED).stream()
                      .anyMatch(item -> item.at().isAfter(now.minus(CONDEMNED)));
              if (!condemned) {
                return Future.succeededFuture();
              }
              if (look == CONDEMNED_LOOKS) {
                return Future.failedFuture(
                    new Rejected(Rejected.Rule.BUSY, "the blob is being looked at by a sweep"));
              }
              Promise<Void> later = Promise.promise();
              vertx.setTimer(CONDEMNED_PAUSE_MILLIS, timer -> later.complete());
              return later.future().compose(waited -> waitOutSweep(key, look + 1));
            });
  }

  @Override
  public Future<Void> release(BlobKey key, BlobReference reference) {
    return Names.isKey(key)
        ? here(bucket.delete(names.reference(key, reference)))
        : context().succeededFuture();
  }

  @Override
  public Future<Void> releaseUnused(BlobKey key, BlobReference reference) {
    if (!Names.isKey(key)) {
      return context().succeededFuture();
    }
    return here(
        bucket
            .list(names.all(key), Sweep.PAGE, "")
            .compose(
                page -> {
                  Instant now = page.now().orElse(clock.instant());
                  boolean fresh =
                      items(page, Names.Kind.REFERENCE).stream()
                          .anyMatch(item -> item.at().isAfter(now.minus(REFERRING)));
                  return fresh
                      ? Future.failedFuture(
                          new Rejected(Rejected.Rule.BUSY, "the blob was referred to a moment ago"))
                      : bucket.delete(names.reference(key, reference));
                }));
  }

  @Override
  public Future<Void> erase(BlobKey key) {
    return Names.isKey(key)
        ? here(bucket.delete(names.bytes(key)).compose(gone -> forget(key)))
        : context().succeededFuture();
  }

  /** Deletes what else there is of a blob, a page at a time. */
  private Future<Void> forget(BlobKey key) {
    return bucket
        .list(names.all(key), Sweep.PAGE, "")
        .compose(
            page ->
                Future.all(
                        page.listing().items().stream()
                            .map(item -> bucket.delete(item.name()))
                            .toList())
                    .compose(
                        gone ->
                            page.listing().next() == null
                                ? Future.succeededFuture()
                                : forget(key)));
  }

  @Override
  public Future<Integer> sweep(Duration age) {
    Promise<Integer> swept = context().promise();
    try {
      keeper.execute(
          () -> {
            try {
              swept.complete(new Sweep(bucket, names, clock, sweeper, age).run());
            } catch (RuntimeException cause) {
              swept.fail(cause);
            }
          });
    } catch (RejectedExecutionException closed) {
      swept.fail(closed);
    }
    return swept.future();
  }

  /** Sweeps when no node has done so for as long as it is configured. */
  private void keepHouse() {
    try {
      Page page = bucket.list(names.swept(), 1, "").toCompletionStage().toCompletableFuture().get();
      Instant due = clock.instant().minus(settings.sweepEvery().multipliedBy(9).dividedBy(10));
      if (page.listing().items().stream().anyMatch(item -> item.at().isAfter(due))) {
        return;
      }
      bucket.put(names.swept(), List.of()).toCompletionStage().toCompletableFuture().get();
      int swept = new Sweep(bucket, names, clock, sweeper, settings.unreferencedFor()).run();
      if (swept > 0) {
        log.info("{} blobs that nobody refers to are erased", swept);
      }
    } catch (ExecutionException | RuntimeException cause) {
      log.warn("Keeping house among the blobs failed; it is tried again: {}", cause.toString());
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- reading

  @Override
  public Future<Long> sizeBytes(BlobKey key) {
    if (!Names.isKey(key)) {
      return context().failedFuture(notFound());
    }
    var blocks = new Blocks(settings.blockBytes());
    return here(
        bucket
            .sizeBytes(names.bytes(key))
            .map(size -> blocks.sizeBytes(size.orElseThrow(S3BlobStore::notFound))));
  }

  @Override
  public BlobStream get(BlobRange range) {
    return stream(() -> open(range));
  }

  @Override
  public BlobStream stream(Callable<InputStream> source) {
    return new BlobStream(context(), readers, source);
  }

  @Override
  public InputStream open(BlobRange range) {
    if (!Names.isKey(range.blob())) {
      return new InputStream() {
        @Override
        public int read() {
          throw notFound();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
          throw notFound();
        }
      };
    }
    return new S3Input(bucket, names, settings, range);
  }

  // ---- the end

  @Override
  public Future<Void> close() {
    Promise<Void> closed = context().promise();
    Thread.ofPlatform()
        .name("mainstem-blob-close")
        .start(
            () -> {
              try {
                keeper.shutdownNow();
                readers.shutdown();
                readers.awaitTermination(10, TimeUnit.SECONDS);
                long until = System.nanoTime() + settings.requestTimeout().toNanos();
                while (writers.get() > 0 && System.nanoTime() < until) {
                  TimeUnit.MILLISECONDS.sleep(10); // what is being committed gets its time
                }
                requests.close();
                closed.complete();
              } catch (InterruptedException cause) {
                closed.fail(cause);
              }
            });
    return closed.future();
  }

  private void shutdown() {
    keeper.shutdownNow();
    readers.shutdownNow();
    requests.close();
  }

  // ---- inside

  /** What a failure is to whoever asked for a blob. */
  static RuntimeException refusal(Throwable failure) {
    if (failure instanceof S3Failure refused) {
      if (Bucket.isMissing(refused)) {
        return notFound();
      }
      return refused.isFull()
          ? new Rejected(Rejected.Rule.STORE_FULL, "the object store has no room")
          : new Rejected(Rejected.Rule.STORE_FAILED, "the object store fails");
    }
    return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
  }

  private List<Listing.Item> items(Page page, Names.Kind kind) {
    return page.listing().items().stream()
        .filter(item -> names.part(item.name()).map(part -> part.kind() == kind).orElse(false))
        .toList();
  }

  private <T> Future<T> here(Future<T> answer) {
    Promise<T> arrived = context().promise();
    answer.onComplete(
        done -> {
          if (done.succeeded()) {
            arrived.complete(done.result());
          } else {
            arrived.fail(refusal(done.cause()));
          }
        });
    return arrived.future();
  }

  private static Rejected notFound() {
    return new Rejected(Rejected.Rule.NOT_FOUND, "no such blob");
  }

  private ContextInternal context() {
    return (ContextInternal) vertx.getOrCreateContext();
  }

  private static ThreadFactory named(String name) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
