package io.mainstem.blob;

import io.mainstem.message.BlobKey;
import io.mainstem.message.BlobRange;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;

/**
 * Keeps the blobs of one cell. Futures complete on the context of the caller.
 *
 * <p>Refusals are {@link io.mainstem.message.Rejected}: NOT_FOUND for a blob that never was or is
 * erased, STORE_FULL while the disk has no room (reads go on, and writing works again by itself),
 * BUSY at the bound of open writers, STORE_FAILED when the disk fails to write or sync. Bytes that
 * do not check fail with {@link DamagedBlob}.
 *
 * <p>Whoever names a blob in a log first makes its reference durable, by {@link
 * BlobWriter#commit(Collection)} or {@link #refer}; so a blob that a log names is never swept.
 */
public interface BlobStore {
  /** Starts a blob. */
  Future<BlobWriter> create();

  /** Stores all of a stream, which should be paused. */
  default Future<BlobKey> put(ReadStream<Buffer> source, Collection<BlobReference> references) {
    return create().compose(writer -> BlobUpload.run(source, writer, references));
  }

  Future<Long> sizeBytes(BlobKey key);

  /**
   * The bytes of a range, as far as the blob has them; paused until the first {@code resume},
   * {@code fetch} or {@code pipeTo}. Confined to the context of the caller. Cancel by {@link
   * BlobStream#close}.
   */
  BlobStream get(BlobRange range);

  default BlobStream get(BlobKey key) {
    return get(all(key));
  }

  /**
   * The bytes of a range for code that may block; never touch it on an event loop. A missing blob
   * shows as {@link io.mainstem.message.Rejected} from the first read.
   */
  InputStream open(BlobRange range);

  /**
   * Runs what {@link #open} feeds (parsers, decoders) away from event loops and hands its bytes to
   * the caller's context.
   */
  BlobStream stream(java.util.concurrent.Callable<InputStream> source);

  /** Makes references durable. A reference that exists already is no error. */
  Future<Void> refer(BlobKey key, Collection<BlobReference> references);

  /**
   * Takes a reference away; completes when that is durable. One that does not exist is no error.
   */
  Future<Void> release(BlobKey key, BlobReference reference);

  /**
   * As {@link #release}, for a log that names the blob no longer; fails with BUSY when a reference
   * to the blob was made a short while ago, since whoever made it may be about to name it. To be
   * tried again later, after another look at the log.
   */
  Future<Void> releaseUnused(BlobKey key, BlobReference reference);

  /**
   * Takes the blob away, whoever refers to it; completes when that is durable. A blob that does not
   * exist is no error.
   */
  Future<Void> erase(BlobKey key);

  /** Erases all blobs that nobody refers to and that are older than {@code age}; says how many. */
  Future<Integer> sweep(Duration age);

  /** Finishes what was accepted, then closes. */
  Future<Void> close();

  /** All of a blob. */
  static BlobRange all(BlobKey key) {
    return new BlobRange(key, 0, Long.MAX_VALUE);
  }
}
