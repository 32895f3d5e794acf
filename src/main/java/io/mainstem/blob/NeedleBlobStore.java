package io.mainstem.blob;

import io.mainstem.message.BlobKey;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Rejected;
import io.mainstem.stage.Stage;
import io.mainstem.stage.Stages;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs in needle volumes on a local disk; the layout and its invariants are drawn in the package's
 * description.
 */
public final class NeedleBlobStore implements BlobStore {
  private static final Logger log = LoggerFactory.getLogger(NeedleBlobStore.class);

  private final Vertx vertx;
  private final BlobSettings settings;
  private final Clock clock;
  private final Catalog catalog = new Catalog();
  private final Volumes volumes;
  private final Committer committer;
  private final Compaction compaction;
  private final ExecutorService readers;
  private final ScheduledExecutorService keeper;
  private final Map<Long, OpenBlob> openBlobs = new ConcurrentHashMap<>();
  private static final Duration REFERRING = Duration.ofMinutes(1);

  /** When an existing blob was last referred to, for as long as that matters. */
  private final Map<Long, Long> lastReferred = new ConcurrentHashMap<>();

  private final AtomicInteger writers = new AtomicInteger();
  private final AtomicLong buffered = new AtomicLong();
  private final AtomicLong newestId = new AtomicLong();
  private final SecureRandom random = new SecureRandom();
  private final Stage stage;

  private NeedleBlobStore(
      Vertx vertx, BlobSettings settings, Clock clock, VolumeFiles files, Stages stages) {
    this.vertx = vertx;
    this.settings = settings;
    this.clock = clock;
    this.volumes = new Volumes(settings, files, catalog);
    this.committer = new Committer(settings, volumes, this::onLost, System::nanoTime);
    this.compaction = new Compaction(settings, volumes, catalog, openBlobs, committer);
    this.stage = stages.stage("blob", settings.writers() + settings.queue());
    this.readers =
        Executors.newFixedThreadPool(settings.readThreads(), named("mainstem-blob-read"));
    this.keeper = Executors.newSingleThreadScheduledExecutor(named("mainstem-blob-keep"));
  }

  /**
   * Opens the volumes of a directory. Blocks until all are replayed.
   *
   * @throws DamagedBlob when a volume is damaged and that is not to be served
   */
  public static NeedleBlobStore open(Vertx vertx, BlobSettings settings, Stages stages)
      throws IOException {
    return open(vertx, settings, Clock.systemUTC(), VolumeFiles.DISK, stages);
  }

  /** A store that nobody watches. */
  public static NeedleBlobStore open(Vertx vertx, BlobSettings settings) throws IOException {
    return open(vertx, settings, Stages.unobserved());
  }

  static NeedleBlobStore open(Vertx vertx, BlobSettings settings, Clock clock, VolumeFiles files)
      throws IOException {
    return open(vertx, settings, clock, files, Stages.unobserved());
  }

  private static NeedleBlobStore open(
      Vertx vertx, BlobSettings settings, Clock clock, VolumeFiles files, Stages stages)
      throws IOException {
    NeedleBlobStore store = new NeedleBlobStore(vertx, settings, clock, files, stages);
    try {
      store.volumes.recover();
    } catch (IOException | RuntimeException cause) {
      store.readers.shutdown();
      store.keeper.shutdown();
      store.volumes.close();
      throw cause;
    }
    store.newestId.set(store.catalog.newestId());
    store.committer.start();
    store.watch(stages);
    long every = settings.keepEvery().toMillis();
    var unused =
        store.keeper.scheduleWithFixedDelay(store::keepHouse, every, every, TimeUnit.MILLISECONDS);
    return store;
  }

  // ---- writing

  @Override
  public Future<BlobWriter> create() {
    ContextInternal context = context();
    if (writers.incrementAndGet() > settings.writers()) {
      writers.decrementAndGet();
      stage.refused("busy");
      return context.failedFuture(NeedleWriter.busy(settings.writers()));
    }
    long now = NeedleKey.firstId(clock.millis());
    long id = newestId.updateAndGet(newest -> Math.max(newest + 1, now));
    OpenBlob blob = new OpenBlob(new NeedleKey(id, random.nextLong()));
    openBlobs.put(id, blob);
    Runnable onEnd =
        () -> {
          openBlobs.remove(id);
          writers.decrementAndGet();
        };
    return context.succeededFuture(
        new NeedleWriter(context, committer, settings, catalog, blob, buffered, stage, onEnd));
  }

  @Override
  public Future<Void> refer(BlobKey key, Collection<BlobReference> references) {
    List<BlobReference> all = List.copyOf(references);
    return change(
        key,
        true,
        (id, stored) -> {
          List<Work.Draft> drafts = new ArrayList<>();
          Stored referred = stored;
          for (BlobReference one : all) {
            drafts.add(
                new Work.Draft(
                    Needle.Kind.REFERRED, id, one.hash(), 0, ByteBuffer.wrap(one.encode())));
            referred = referred.withReference(one.hash());
          }
          remember(id);
          catalog.put(id, referred); // before it is durable: no sweep may come between
          return drafts;
        },
        (id, stored) -> {});
  }

  @Override
  public Future<Void> release(BlobKey key, BlobReference reference) {
    long hash = reference.hash();
    return change(
        key,
        false,
        (id, stored) -> {
          catalog.put(
              id, stored.withoutReference(hash)); // now, so that memory and volume keep one order
          return List.of(
              new Work.Draft(
                  Needle.Kind.RELEASED, id, hash, 0, ByteBuffer.wrap(reference.encode())));
        },
        (id, stored) -> {});
  }

  @Override
  public Future<Void> releaseUnused(BlobKey key, BlobReference reference) {
    long hash = reference.hash();
    return change(
        key,
        false,
        (id, stored) -> {
          if (clock.millis() - lastReferred.getOrDefault(id, Long.MIN_VALUE / 2)
              < REFERRING.toMillis()) {
            throw new Rejected(Rejected.Rule.BUSY, "the blob was referred to a moment ago");
          }
          catalog.put(id, stored.withoutReference(hash));
          return List.of(
              new Work.Draft(
                  Needle.Kind.RELEASED, id, hash, 0, ByteBuffer.wrap(reference.encode())));
        },
        (id, stored) -> {});
  }

  @Override
  public Future<Void> erase(BlobKey key) {
    return change(
        key,
        false,
        (id, stored) -> {
          catalog.erasing.add(id);
          return List.of(Work.Draft.bare(Needle.Kind.ERASED, id, stored.cookie()));
        },
        (id, stored) -> catalog.remove(id));
  }

  @Override
  public Future<Integer> sweep(Duration age) {
    Promise<Integer> swept = context().promise();
    keeper.execute(
        () -> {
          try {
            swept.complete(sweepNow(age));
          } catch (RuntimeException cause) {
            swept.fail(cause);
          }
        });
    return swept.future();
  }

  /** Gives back the room of erased blobs now; says how many volumes were deleted. */
  public Future<Integer> compact() {
    Promise<Integer> deleted = context().promise();
    keeper.execute(
        () -> {
          try {
            deleted.complete(compaction.run());
          } catch (IOException | RuntimeException cause) {
            deleted.fail(cause);
          }
        });
    return deleted.future();
  }

  // ---- reading

  @Override
  public Future<Long> sizeBytes(BlobKey key) {
    Stored stored = find(NeedleKey.decode(key));
    return stored == null
        ? context().failedFuture(notFound())
        : context().succeededFuture(stored.sizeBytes());
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
    NeedleKey key = NeedleKey.decode(range.blob());
    BlobInput.Source source =
        new BlobInput.Source() {
          @Override
          public Stored find() {
            Stored stored = NeedleBlobStore.this.find(key);
            if (stored == null) {
              throw notFound();
            }
            return stored;
          }

          @Override
          public ByteBuffer read(int part) throws IOException {
            while (true) {
              Stored stored = find();
              long location = stored.locations()[part];
              Volume volume = volumes.get(Location.volume(location));
              if (volume == null && find().locations()[part] == location) {
                throw new IOException("volume " + Location.volume(location) + " is missing");
              }
              if (volume == null || !volume.acquire()) {
                continue; // compaction moved the part between the two looks
              }
              try {
                long id = key == null ? 0 : key.id();
                return volume.payload(
                    Location.offset(location), id, stored.cookie(), part, stored.partLength(part));
              } catch (DamagedBlob damage) {
                volumes.onDamage(damage);
                throw damage;
              } finally {
                volume.release();
              }
            }
          }
        };
    return new BlobInput(source, range.offset(), range.sizeBytes());
  }

  // ---- state

  /** What the store holds and waits for, for metrics and readiness. */
  public State state() {
    long bytes = volumes.all().stream().mapToLong(volume -> volume.length).sum();
    return new State(
        catalog.count(),
        volumes.all().size(),
        bytes,
        writers.get(),
        committer.queued(),
        committer.isFull(),
        volumes.damage());
  }

  /**
   * @param full blobs are refused for want of room; @param damage what was found not to be what was
   *     written, so far
   */
  public record State(
      long blobs,
      int volumes,
      long volumeBytes,
      int writers,
      int queued,
      boolean full,
      List<DamagedBlob> damage) {}

  @Override
  public Future<Void> close() {
    Promise<Void> closed = context().promise();
    keeper.shutdown();
    Thread.ofPlatform()
        .name("mainstem-blob-close")
        .start(
            () -> {
              try {
                keeper.awaitTermination(1, TimeUnit.MINUTES);
                committer.close();
                readers.shutdown();
                readers.awaitTermination(10, TimeUnit.SECONDS);
                volumes.close();
                closed.complete();
              } catch (IOException | InterruptedException cause) {
                closed.fail(cause);
              }
            });
    return closed.future();
  }

  private void watch(Stages stages) {
    stages.check("blob", this::trouble);
    Gauge.builder("mainstem.blob.count", catalog, Catalog::count)
        .description("Blobs kept")
        .register(stages.registry());
    Gauge.builder("mainstem.blob.volume.bytes", this, store -> store.state().volumeBytes())
        .description("Bytes of all volumes")
        .baseUnit("bytes")
        .register(stages.registry());
    Gauge.builder("mainstem.blob.damage", volumes, all -> all.damage().size())
        .description("Places in volumes that are not what was written")
        .register(stages.registry());
  }

  private Optional<String> trouble() {
    List<DamagedBlob> damage = volumes.damage();
    if (committer.isFull()) {
      return Optional.of("no room for blobs in " + settings.directory());
    }
    return damage.isEmpty()
        ? Optional.empty()
        : Optional.of(String.valueOf(damage.get(0).getMessage()));
  }

  // ---- inside

  private interface Judge {
    List<Work.Draft> drafts(long id, Stored stored);
  }

  private interface Change {
    void apply(long id, Stored stored);
  }

  private Future<Void> change(BlobKey key, boolean mustExist, Judge judge, Change change) {
    if (committer.queued() >= settings.queue() + settings.writers()) {
      stage.refused("busy");
      return context()
          .failedFuture(new Rejected(Rejected.Rule.BUSY, "too many changes of blobs wait"));
    }
    Promise<Void> done = context().promise();
    NeedleKey named = NeedleKey.decode(key);
    committer.submit(new ChangeWork(named, mustExist, judge, change, done));
    return mustExist ? stage.pass(done::future) : done.future();
  }

  /** Changes what is known of one blob. A blob that is gone is NOT_FOUND, or nothing to do. */
  private final class ChangeWork implements Work {
    private final @Nullable NeedleKey key;
    private final boolean mustExist;
    private final Judge judge;
    private final Change change;
    private final Promise<Void> done;

    ChangeWork(
        @Nullable NeedleKey key,
        boolean mustExist,
        Judge judge,
        Change change,
        Promise<Void> done) {
      this.key = key;
      this.mustExist = mustExist;
      this.judge = judge;
      this.change = change;
      this.done = done;
    }

    @Override
    public List<Draft> drafts() {
      Stored stored = find(key);
      if (key == null || stored == null) {
        if (mustExist) {
          throw notFound();
        }
        return List.of();
      }
      return judge.drafts(key.id(), stored);
    }

    @Override
    public boolean needsSync() {
      return true;
    }

    @Override
    public boolean mayUseReserve() {
      return !mustExist; // what takes away must work on a full disk, or it stays full
    }

    @Override
    public void onSettled() {
      Stored stored = find(key);
      forgetErasing();
      if (key != null && stored != null) {
        change.apply(key.id(), stored);
        done.complete();
      } else if (mustExist) {
        done.fail(notFound()); // erased in the same turn of the committer
      } else {
        done.complete();
      }
    }

    @Override
    public void onFailed(RuntimeException cause) {
      forgetErasing();
      done.fail(cause);
    }

    private void forgetErasing() {
      if (key != null) {
        catalog.erasing.remove(key.id());
      }
    }
  }

  private int sweepNow(Duration age) {
    long before = NeedleKey.firstId(clock.millis() - age.toMillis());
    List<BlobKey> unreferenced = new ArrayList<>();
    catalog.each(
        (id, stored) -> {
          if (id < before && stored.references().length == 0) {
            unreferenced.add(new NeedleKey(id, stored.cookie()).encode());
          }
        });
    AtomicInteger swept = new AtomicInteger();
    List<Future<Void>> erasing = new ArrayList<>();
    for (BlobKey key : unreferenced) {
      erasing.add(
          change(
              key,
              false,
              (id, stored) -> {
                if (stored.references().length > 0) {
                  return List.of();
                }
                catalog.remove(
                    id); // now: a reference that comes in the same turn must find nothing
                swept.incrementAndGet();
                return List.of(Work.Draft.bare(Needle.Kind.ERASED, id, stored.cookie()));
              },
              (id, stored) -> {}));
    }
    Future.all(erasing).toCompletionStage().toCompletableFuture().join();
    return swept.get();
  }

  private void remember(long id) {
    long now = clock.millis();
    lastReferred.put(id, now);
    if (lastReferred.size() % 1_000 == 0) {
      lastReferred.values().removeIf(at -> now - at >= REFERRING.toMillis());
    }
  }

  private void keepHouse() {
    try {
      int swept = sweepNow(settings.unreferencedFor());
      if (swept > 0) {
        log.info("{} blobs that nobody refers to are erased", swept);
      }
      compaction.run();
    } catch (IOException | RuntimeException cause) {
      log.warn("Keeping house among the blobs failed; it is tried again: {}", cause.toString());
    }
  }

  private void onLost(Volume volume, long from) {
    Rejected reason = new Rejected(Rejected.Rule.STORE_FAILED, "the disk lost a part of the blob");
    openBlobs.values().forEach(blob -> blob.onLost(volume.number, from, reason));
  }

  private @Nullable Stored find(@Nullable NeedleKey key) {
    return key == null ? null : catalog.find(key.id(), key.cookie());
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
