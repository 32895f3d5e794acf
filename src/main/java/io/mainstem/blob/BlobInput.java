package io.mainstem.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Reads a range of a blob part by part, each checked before a byte of it is given. Holds one part.
 * Blocking.
 */
final class BlobInput extends InputStream {
  /** Looks a blob up, anew for each part, since compaction may have moved it. */
  interface Source {
    /** Throws NOT_FOUND when the blob is gone. */
    Stored find();

    ByteBuffer read(int part) throws IOException;
  }

  private final Source source;
  private final long end;
  private long at;
  private ByteBuffer part = ByteBuffer.allocate(0);

  BlobInput(Source source, long from, long length) {
    this.source = source;
    this.at = from;
    this.end = length > Long.MAX_VALUE - from ? Long.MAX_VALUE : from + length;
  }

  @Override
  public int read() throws IOException {
    return fill() ? part.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, part.remaining());
    part.get(into, from, count);
    return count;
  }

  @Override
  public int available() {
    return part.remaining();
  }

  private boolean fill() throws IOException {
    if (part.hasRemaining()) {
      return true;
    }
    Stored stored = source.find();
    long stop = Math.min(end, stored.sizeBytes());
    if (at >= stop) {
      return false;
    }
    int number = stored.partAt(at);
    ByteBuffer whole = source.read(number);
    int from = (int) (at - stored.start(number));
    int count = (int) Math.min(whole.remaining() - from, stop - at);
    part = whole.slice(from, count);
    at += count;
    return true;
  }
}
