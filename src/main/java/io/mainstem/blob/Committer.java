package io.mainstem.blob;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.message.Rejected;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that appends and syncs. It takes all that waits, appends it, syncs once, and only
 * then tells each that it is settled: so a sync is shared by everybody who waited while the one
 * before it ran.
 */
final class Committer {
  private static final Logger log = LoggerFactory.getLogger(Committer.class);
  private static final long IDLE_MILLIS = 1_000;
  private static final long SPACE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final Work WAKE =
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
        public void onSettled() {}

        @Override
        public void onFailed(RuntimeException cause) {}
      };

  private final BlobSettings settings;
  private final Volumes volumes;
  private final LongSupplier nanos;

  /** Told of a volume and the length behind which its needles are lost. */
  private final BiConsumer<Volume, Long> onLost;

  /**
   * Bounded by the bound of open writers: each has one work here at a time, and maintenance one.
   */
  private final LinkedBlockingQueue<Work> queue = new LinkedBlockingQueue<>();

  private final Thread thread = new Thread(this::run, "mainstem-blob-commit");
  private final ByteBuffer out;
  private final List<Work> unsettled = new ArrayList<>();
  private @Nullable Volume active;
  private @Nullable VolumeIndex index;
  private boolean marked = true;
  private boolean low;
  private long spaceCheckedNanos;
  private volatile boolean closing;
  private volatile boolean finished;

  Committer(
      BlobSettings settings, Volumes volumes, BiConsumer<Volume, Long> onLost, LongSupplier nanos) {
    this.settings = settings;
    this.volumes = volumes;
    this.onLost = onLost;
    this.nanos = nanos;
    this.spaceCheckedNanos = nanos.getAsLong() - SPACE_NANOS;
    this.out = ByteBuffer.allocateDirect(Math.max(1 << 20, settings.partBytes() + 1024));
    thread.setDaemon(true);
  }

  /** Goes on in the newest volume, if it may be appended to. */
  void start() {
    active = volumes.tail();
    index = volumes.tailIndex();
    thread.start();
  }

  void submit(Work work) {
    queue.add(work);
    if (finished && queue.remove(work)) {
      work.onFailed(new Rejected(Rejected.Rule.STORE_FAILED, "the blob store is closed"));
    }
  }

  int queued() {
    return queue.size();
  }

  /** Whether blobs are refused for want of room. */
  boolean isFull() {
    return low;
  }

  /** Finishes what was handed in. Blocks. */
  void close() throws InterruptedException {
    closing = true;
    queue.add(WAKE);
    thread.join();
  }

  private void run() {
    List<Work> batch = new ArrayList<>();
    while (true) {
      try {
        Work first = queue.poll(closing ? 0 : IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (first == null) {
          markIdle();
          if (closing) {
            break;
          }
          continue;
        }
        batch.add(first);
        queue.drainTo(batch, 1_023);
        commit(batch);
      } catch (InterruptedException e) {
        closing = true; // nobody interrupts this thread but a runtime that ends
      } catch (RuntimeException | Error e) {
        log.error(
            "The blob committer met a fault of its own; the blobs being written are refused", e);
        abandon(new IOException("a fault of the program", e));
      }
      batch.clear();
    }
    finish();
  }

  private void commit(List<Work> batch) {
    checkSpace();
    boolean sync = false;
    for (Work work : batch) {
      try {
        sync |= append(work);
      } catch (IOException cause) {
        refuse(cause, work);
      }
    }
    try {
      if (sync) {
        sync();
      } else {
        flush();
        settle();
      }
      Volume volume = active;
      if (volume != null
          && index != null
          && index.isDue(volume.settled, settings.indexEveryBytes())) {
        flushIndex(volume);
      }
    } catch (IOException cause) {
      abandon(cause);
    }
  }

  /** Appends the work's needles; says whether it waits for a sync. */
  private boolean append(Work work) throws IOException {
    List<Work.Draft> drafts;
    try {
      if (low && !work.mayUseReserve()) {
        throw new Rejected(Rejected.Rule.STORE_FULL, "no room for blobs on the disk");
      }
      drafts = work.drafts();
    } catch (RuntimeException refusal) {
      work.onFailed(refusal);
      return false;
    }
    long bytes = 0;
    for (Work.Draft draft : drafts) {
      bytes += Needle.storedBytes(draft.payload().remaining());
    }
    Volume volume = active(bytes);
    long[] locations = new long[drafts.size()];
    for (int i = 0; i < locations.length; i++) {
      locations[i] = encode(volume, drafts.get(i));
    }
    unsettled.add(work);
    work.onAppended(locations);
    return work.needsSync();
  }

  @CanIgnoreReturnValue
  private long encode(Volume volume, Work.Draft draft) throws IOException {
    int length = draft.payload().remaining();
    if (out.remaining() < Needle.storedBytes(length)) {
      flush();
    }
    long offset = volume.length + out.position();
    Needle needle =
        new Needle(
            draft.kind(),
            draft.id(),
            draft.cookie(),
            draft.part(),
            length,
            volume.settled,
            Needle.checksum(draft.payload()));
    needle.write(out, volume.salt, offset);
    out.put(draft.payload().duplicate());
    while ((out.position() & 7) != 0) {
      out.put((byte) 0);
    }
    if (index != null) {
      index.add(offset, needle);
    }
    marked = draft.kind() == Needle.Kind.MARK;
    return Location.of(volume.number, offset);
  }

  /**
   * The volume to append to, with room for these bytes: the active one or, when that is full, a new
   * one.
   */
  private Volume active(long bytes) throws IOException {
    Volume volume = active;
    if (volume != null && volume.length + out.position() + bytes <= settings.volumeBytes()) {
      return volume;
    }
    if (volume != null) {
      seal(volume);
    }
    volume = volumes.create();
    active = volume;
    index = VolumeIndex.create(volume);
    marked = true;
    return volume;
  }

  private void seal(Volume volume) throws IOException {
    sync();
    mark(volume);
    volume.sync();
    flushIndex(volume);
    active = null;
    index = null;
  }

  private void flush() throws IOException {
    if (out.position() > 0 && active != null) {
      out.flip();
      active.append(out);
    }
    out.clear();
  }

  private void sync() throws IOException {
    flush();
    if (active != null && active.settled < active.length) {
      active.sync();
    }
    settle();
  }

  private void settle() {
    List<Work> done = List.copyOf(unsettled);
    unsettled.clear();
    for (Work work : done) {
      try {
        work.onSettled();
      } catch (RuntimeException fault) {
        log.error("A blob was settled but could not be entered in the catalog", fault);
        work.onFailed(fault);
      }
    }
  }

  /**
   * Says in the volume that what stands before is settled, so that later damage to it is not taken
   * for a torn tail.
   */
  private void mark(Volume volume) throws IOException {
    if (!marked && volume.settled == volume.length) {
      encode(volume, Work.Draft.bare(Needle.Kind.MARK, 0, 0));
      flush();
    }
  }

  private void markIdle() {
    if (low) {
      checkSpace(); // readiness must not wait for the next mail
    }
    Volume volume = active;
    if (volume == null) {
      return;
    }
    try {
      mark(volume);
    } catch (IOException cause) {
      abandon(cause);
    }
  }

  /** The index is derived: that it cannot be written harms nobody. */
  private void flushIndex(Volume volume) {
    if (index == null || volume.settled < volume.length) {
      return;
    }
    try {
      index.flush(volume.settled);
    } catch (IOException cause) {
      log.warn(
          "The index of {} could not be written; a start reads the volume instead: {}",
          volume.file,
          cause.toString());
    }
  }

  // ---- when the disk fails

  /**
   * This work met a failing disk before its needles were all taken: it fails with all that is not
   * settled.
   */
  private void refuse(IOException cause, Work work) {
    if (!unsettled.contains(work)) {
      unsettled.add(work);
    }
    abandon(cause);
  }

  /**
   * After a failed write or sync nobody knows what the file holds beyond what was settled before
   * (the kernel may drop dirty pages and report the error once). So the volume is cut back to
   * there; and unless all that it lacked was room, it is never appended to again.
   */
  private void abandon(IOException cause) {
    boolean full = isNoSpace(cause);
    if (!full || !low) {
      log.warn("Writing blobs failed; they are refused until it works again: {}", cause.toString());
    }
    out.clear();
    Volume volume = active;
    if (volume == null || !cutBack(volume) || !full) {
      active = null;
      index = null;
    }
    if (full) {
      low = true;
      spaceCheckedNanos = nanos.getAsLong();
    }
    fail(
        full
            ? new Rejected(Rejected.Rule.STORE_FULL, "no room for blobs on the disk")
            : new Rejected(Rejected.Rule.STORE_FAILED, "the disk failed to take a blob"));
  }

  private boolean cutBack(Volume volume) {
    long keep = volume.settled;
    onLost.accept(volume, keep);
    if (index != null) {
      index.forget(keep);
    }
    try {
      volume.truncate(keep);
      return true;
    } catch (IOException e) {
      log.warn("{} could not be cut back to {} bytes: {}", volume.file, keep, e.toString());
      volume.length = keep;
      return false;
    }
  }

  private void fail(Rejected reason) {
    List<Work> failed = List.copyOf(unsettled);
    unsettled.clear();
    for (Work work : failed) {
      work.onFailed(reason);
    }
  }

  private void checkSpace() {
    long now = nanos.getAsLong();
    if (now - spaceCheckedNanos < SPACE_NANOS) {
      return;
    }
    spaceCheckedNanos = now;
    try {
      boolean before = low;
      low = Files.getFileStore(settings.directory()).getUsableSpace() < settings.reserveBytes();
      if (before != low) {
        log.warn(
            low
                ? "Blobs are refused: less than {} bytes free in {}"
                : "Blobs are taken again: {} bytes and more are free in {}",
            settings.reserveBytes(),
            settings.directory());
      }
    } catch (IOException e) {
      log.warn("The free space of {} cannot be read: {}", settings.directory(), e.toString());
    }
  }

  static boolean isNoSpace(IOException cause) {
    String text = String.valueOf(cause.getMessage());
    return text.contains("No space left")
        || text.contains("quota exceeded")
        || text.contains("not enough space");
  }

  private void finish() {
    finished = true;
    Volume volume = active;
    if (volume != null) {
      try {
        seal(volume);
      } catch (IOException cause) {
        log.warn(
            "The last blob volume could not be marked as closed in order: {}", cause.toString());
      }
    }
    for (Work late = queue.poll(); late != null; late = queue.poll()) {
      late.onFailed(new Rejected(Rejected.Rule.STORE_FAILED, "the blob store is closed"));
    }
  }
}
