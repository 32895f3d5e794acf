package io.mainstem.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the needles of a volume one after another and judges where they stop: at the end, at a torn
 * tail, or at damage. The difference between the last two is made by {@link Needle#settled}: what a
 * later needle calls settled was durable once.
 */
final class VolumeScan {
  private static final int WINDOW_BYTES = 1 << 20;

  /** Takes each needle that checks, in order. The payload is valid during the call. */
  interface Sink {
    void onNeedle(long offset, Needle needle, ByteBuffer payload);
  }

  /** How a volume ends. */
  sealed interface End {
    long at();

    /** Every byte up to the end of the file belongs to a needle that checks. */
    record Whole(long at) implements End {}

    /** From here on nothing was ever known to be durable. */
    record Torn(long at) implements End {}

    /**
     * The needle here was durable and is not what it was; the next that checks stands at {@code
     * next}.
     */
    record Damage(long at, long next) implements End {}
  }

  private final Volume volume;
  private final long size;
  private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
  private long windowAt;

  VolumeScan(Volume volume, long size) {
    this.volume = volume;
    this.size = size;
  }

  /** Hands on all needles from {@code from} on that check. */
  End run(long from, Sink sink) throws IOException {
    long at = from;
    while (at < size) {
      Needle needle = headAt(at);
      if (needle == null || !handOn(at, needle, sink)) {
        return judge(at);
      }
      at += needle.storedBytes();
    }
    return at == size ? new End.Whole(at) : judge(at);
  }

  private boolean handOn(long at, Needle needle, Sink sink) throws IOException {
    if (at + needle.storedBytes() > size || !fill(at, Needle.HEAD_BYTES + needle.length())) {
      return false;
    }
    int start = (int) (at - windowAt) + Needle.HEAD_BYTES;
    ByteBuffer payload = window.slice(start, needle.length());
    if (Needle.checksum(payload) != needle.payloadChecksum()) {
      return false;
    }
    sink.onNeedle(at, needle, payload);
    return true;
  }

  private End judge(long bad) throws IOException {
    long next = -1;
    for (long at = bad + 8; at + Needle.HEAD_BYTES <= size; at += 8) {
      Needle later = headAt(at);
      if (later == null) {
        continue;
      }
      if (next < 0) {
        next = at;
      }
      if (later.settled() > bad) {
        return new End.Damage(bad, next);
      }
    }
    return new End.Torn(bad);
  }

  private @Nullable Needle headAt(long at) throws IOException {
    return fill(at, Needle.HEAD_BYTES)
        ? Needle.read(window, (int) (at - windowAt), volume.salt, at)
        : null;
  }

  /** Brings the bytes from {@code at} on into the window; false when the file has fewer. */
  private boolean fill(long at, int count) throws IOException {
    if (at >= windowAt && at + count <= windowAt + window.limit()) {
      return true;
    }
    if (at + count > size) {
      return false;
    }
    if (count > window.capacity()) {
      window = ByteBuffer.allocate(count);
    }
    window.clear().limit((int) Math.min(window.capacity(), size - at));
    windowAt = at;
    volume.read(window, at);
    window.flip();
    return window.limit() >= count;
  }
}
