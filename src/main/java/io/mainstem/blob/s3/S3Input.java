package io.mainstem.blob.s3;

import io.mainstem.blob.DamagedBlob;
import io.mainstem.blob.s3.Bucket.Stretch;
import io.mainstem.message.BlobKey;
import io.mainstem.message.BlobRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a range of a blob, so many blocks a request, each checked before a byte of it is given.
 * Blocking.
 */
final class S3Input extends InputStream {
  private final Bucket bucket;
  private final Names names;
  private final S3Settings settings;
  private final Blocks blocks;
  private final BlobKey key;
  private final long end;
  private long at;
  private ByteBuffer checked = ByteBuffer.allocate(0);
  private boolean done;

  /** What was fetched and not yet checked. */
  private @Nullable Stretch fetched;

  private int checkedUpTo;

  S3Input(Bucket bucket, Names names, S3Settings settings, BlobRange range) {
    this.bucket = bucket;
    this.names = names;
    this.settings = settings;
    this.blocks = new Blocks(settings.blockBytes());
    this.key = range.blob();
    this.at = range.offset();
    this.end =
        range.sizeBytes() > Long.MAX_VALUE - at
            ? Long.MAX_VALUE
            : range.offset() + range.sizeBytes();
  }

  @Override
  public int read() throws IOException {
    return fill() ? checked.get() & 0xff : -1;
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
    int count = Math.min(length, checked.remaining());
    checked.get(into, from, count);
    return count;
  }

  @Override
  public int available() {
    return checked.remaining();
  }

  private boolean fill() throws IOException {
    while (!checked.hasRemaining()) {
      if (done) {
        return false;
      }
      Stretch have = fetched;
      if (have == null) {
        have = fetch();
        if (have == null) {
          done = true;
          return false;
        }
        fetched = have;
      }
      nextBlock(have);
    }
    return true;
  }

  /** Null beyond the end of the blob. */
  private @Nullable Stretch fetch() throws IOException {
    long first = at / blocks.blockBytes();
    long last = Math.max(first, (end - 1) / blocks.blockBytes());
    int count = (int) Math.min(settings.readBlocks(), last - first + 1);
    checkedUpTo = 0;
    Optional<Stretch> got = await(first * blocks.storedBytes(), count * blocks.storedBytes());
    return got.orElse(null);
  }

  private void nextBlock(Stretch have) {
    long number = at / blocks.blockBytes();
    long count = blocks.count(have.objectBytes());
    boolean last = number == count - 1;
    int stored =
        last ? (int) (have.objectBytes() - number * blocks.storedBytes()) : blocks.storedBytes();
    int length = stored - Blocks.CRC_BYTES;
    int from = checkedUpTo;
    if (length < 0
        || from + stored > have.bytes().length
        || Blocks.crc(key, number, last, have.bytes(), from, length)
            != ByteBuffer.wrap(have.bytes()).getInt(from + length)) {
      throw new DamagedBlob(
          "The object " + names.bytes(key) + " in the bucket " + settings.bucket(),
          number * blocks.storedBytes(),
          "its bytes are not those that were stored");
    }
    int skipped = (int) Math.min(length, at - number * blocks.blockBytes());
    int taken = (int) Math.min(length - skipped, end - at);
    checked = ByteBuffer.wrap(have.bytes(), from + skipped, Math.max(0, taken));
    at += Math.max(0, taken);
    checkedUpTo = from + stored;
    done = last || at >= end;
    if (checkedUpTo == have.bytes().length) {
      fetched = null;
    }
  }

  private Optional<Stretch> await(long from, int length) throws IOException {
    try {
      return bucket
          .get(names.bytes(key), from, length)
          .toCompletionStage()
          .toCompletableFuture()
          .get();
    } catch (ExecutionException e) {
      throw S3BlobStore.refusal(Objects.requireNonNull(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the object store was asked", e);
    }
  }
}
