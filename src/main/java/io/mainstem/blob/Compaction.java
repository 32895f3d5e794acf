package io.mainstem.blob;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back the room of erased blobs: what still lives in a volume goes through the committer once
 * more, as if it were written now, and then the volume is deleted. Reads go on all the while.
 * Confined to the thread that keeps house.
 */
final class Compaction {
  private static final Logger log = LoggerFactory.getLogger(Compaction.class);
  private static final int WINDOW_BYTES = 4 << 20;

  private final BlobSettings settings;
  private final Volumes volumes;
  private final Catalog catalog;
  private final Map<Long, OpenBlob> openBlobs;
  private final Committer committer;

  Compaction(
      BlobSettings settings,
      Volumes volumes,
      Catalog catalog,
      Map<Long, OpenBlob> openBlobs,
      Committer committer) {
    this.settings = settings;
    this.volumes = volumes;
    this.catalog = catalog;
    this.openBlobs = openBlobs;
    this.committer = committer;
  }

  /**
   * Compacts every closed volume of which too much is garbage; says how many volumes it deleted.
   */
  @CanIgnoreReturnValue
  int run() throws IOException {
    LivingBytes living = livingBytes();
    int deleted = 0;
    for (Volume volume : List.copyOf(volumes.all())) {
      boolean wasteful =
          volume.length - living.of(volume) >= settings.garbageShare() * volume.length;
      if (wasteful && !volumes.isNewest(volume) && compact(volume)) {
        deleted++;
      }
    }
    return deleted;
  }

  private LivingBytes livingBytes() throws IOException {
    LivingBytes living = new LivingBytes();
    catalog.each((id, stored) -> stored.countLiving(living));
    await(inCommitter(() -> openBlobs.values().forEach(blob -> blob.countLiving(living))));
    return living;
  }

  private boolean compact(Volume volume) throws IOException {
    if (volumes.isDamaged(volume)) {
      return false; // what cannot be read cannot be carried; the volume stays as it is, for whoever
      // repairs it
    }
    Carrier carrier = new Carrier(volume);
    VolumeScan.End end = new VolumeScan(volume, volume.length).run(Volume.HEAD_BYTES, carrier);
    carrier.awaitAll();
    if (!(end instanceof VolumeScan.End.Whole)) {
      DamagedBlob damage =
          new DamagedBlob(
              volume.file,
              end.at(),
              "a needle there does not check; the volume is kept and not compacted");
      volumes.onDamage(damage);
      return false;
    }
    await(inCommitter(() -> drop(volume)));
    volume.retire();
    log.info(
        "{} is compacted away: {} bytes, {} of them carried over",
        volume.file,
        volume.length,
        carrier.carriedBytes);
    return true;
  }

  private void drop(Volume volume) {
    LivingBytes living = new LivingBytes();
    catalog.each((id, stored) -> stored.countLiving(living));
    openBlobs.values().forEach(blob -> blob.countLiving(living));
    if (living.of(volume) != 0) {
      throw new IllegalStateException(
          volume.file + " still holds parts of blobs after its compaction");
    }
    volumes.remove(volume);
  }

  /** Hands the living needles of one volume to the committer, a bounded number of bytes ahead. */
  private final class Carrier implements VolumeScan.Sink {
    private final Volume volume;
    private final boolean oldest;
    private final Semaphore window = new Semaphore(WINDOW_BYTES);
    private final ArrayDeque<CompletableFuture<Void>> underWay = new ArrayDeque<>();
    long carriedBytes;

    Carrier(Volume volume) {
      this.volume = volume;
      this.oldest = volumes.isOldest(volume);
    }

    @Override
    public void onNeedle(long offset, Needle needle, ByteBuffer payload) {
      boolean mayMatter =
          switch (needle.kind()) {
            case PART, LAST -> isLiving(needle, Location.of(volume.number, offset));
            case REFERRED -> isReferred(needle);
            case ERASED -> !oldest;
            case RELEASED -> !oldest && !isReferred(needle);
            case MARK -> false;
          };
      if (!mayMatter) {
        return;
      }
      ByteBuffer copy = ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
      int bytes = (int) Math.min(WINDOW_BYTES, needle.storedBytes());
      window.acquireUninterruptibly(bytes);
      CompletableFuture<Void> settled = new CompletableFuture<>();
      underWay.add(settled.whenComplete((done, failed) -> window.release(bytes)));
      while (underWay.size() > 1
          && underWay.getFirst().isDone()
          && !underWay.getFirst().isCompletedExceptionally()) {
        underWay.removeFirst();
      }
      committer.submit(new Carry(needle, Location.of(volume.number, offset), copy, settled));
      carriedBytes += needle.storedBytes();
    }

    void awaitAll() throws IOException {
      for (CompletableFuture<Void> settled : underWay) {
        await(settled);
      }
    }
  }

  private boolean isLiving(Needle needle, long location) {
    Stored stored = catalog.find(needle.id());
    if (stored != null) {
      return needle.part() < stored.locations().length
          && stored.locations()[needle.part()] == location;
    }
    return openBlobs.containsKey(needle.id()); // judged by the committer, whose own these are
  }

  private boolean isReferred(Needle needle) {
    Stored stored = catalog.find(needle.id());
    return stored != null && stored.isReferredBy(needle.cookie());
  }

  /** Carries one needle over, if it still matters when its turn comes. */
  private final class Carry implements Work {
    private final Needle needle;
    private final long from;
    private final ByteBuffer payload;
    private final CompletableFuture<Void> settled;
    private long to;

    Carry(Needle needle, long from, ByteBuffer payload, CompletableFuture<Void> settled) {
      this.needle = needle;
      this.from = from;
      this.payload = payload;
      this.settled = settled;
    }

    @Override
    public List<Draft> drafts() {
      boolean matters =
          switch (needle.kind()) {
            case PART, LAST -> isHere();
            case REFERRED -> isReferred(needle);
            case RELEASED -> !isReferred(needle);
            case ERASED -> true;
            case MARK -> false;
          };
      return matters
          ? List.of(new Draft(needle.kind(), needle.id(), needle.cookie(), needle.part(), payload))
          : List.of();
    }

    private boolean isHere() {
      if (catalog.erasing.contains(needle.id())) {
        return false; // a copy behind the erasure would bring the blob back at the next start
      }
      OpenBlob open = openBlobs.get(needle.id());
      return open != null && open.isAt(needle.part(), from)
          || isLiving(needle, from) && catalog.find(needle.id()) != null;
    }

    @Override
    public boolean needsSync() {
      return true;
    }

    @Override
    public boolean mayUseReserve() {
      return true;
    }

    @Override
    public void onAppended(long[] locations) {
      to = locations.length == 0 ? 0 : locations[0];
    }

    @Override
    public void onSettled() {
      if (to != 0 && needle.kind().isData() && isHere()) {
        OpenBlob open = openBlobs.get(needle.id());
        Stored stored = catalog.find(needle.id());
        if (stored != null) {
          catalog.put(needle.id(), stored.withLocation(needle.part(), to));
        } else if (open != null) {
          open.move(needle.part(), to);
        }
      }
      settled.complete(null);
    }

    @Override
    public void onFailed(RuntimeException cause) {
      settled.completeExceptionally(cause);
    }
  }

  private CompletableFuture<Void> inCommitter(Runnable action) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    committer.submit(
        new Work() {
          @Override
          public List<Draft> drafts() {
            return List.of();
          }

          @Override
          public boolean needsSync() {
            return false;
          }

          @Override
          public boolean mayUseReserve() {
            return true;
          }

          @Override
          public void onSettled() {
            action.run();
            done.complete(null);
          }

          @Override
          public void onFailed(RuntimeException cause) {
            done.completeExceptionally(cause);
          }
        });
    return done;
  }

  private static void await(CompletableFuture<@Nullable Void> future) throws IOException {
    try {
      future.join();
    } catch (CompletionException e) {
      throw new IOException("compaction stopped: " + e.getCause(), e.getCause());
    }
  }
}
