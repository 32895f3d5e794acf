package io.mainstem.blob.s3;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobWriter;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Rejected;
import io.mainstem.stage.Stage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers bytes to blocks and blocks to parts. A blob that fits one part is stored by one request;
 * of a longer one each part is sent when it is full, one at a time.
 */
final class S3Writer implements BlobWriter {
  private static final Logger LOG = LoggerFactory.getLogger(S3Writer.class);

  private static final int FIRST_BYTES = 4096;

  private final ContextInternal context;
  private final Bucket bucket;
  private final Names names;
  private final S3Settings settings;
  private final BlobKey key;
  private final AtomicLong buffered;
  private final Stage stage;
  private final Runnable onEnd;

  private byte[] block = new byte[0];
  private int filled;
  private long number;
  private List<byte[]> part = new ArrayList<>();

  /** Bytes of this writer that are in memory and not on their way. */
  private long held;

  private final List<String> tags = new ArrayList<>();
  private @Nullable String uploadId;
  private Future<Void> onItsWay = Future.succeededFuture();
  private long sizeBytes;
  private boolean ended;

  /**
   * @param buffered what all writers hold in memory
   * @param onEnd told once, when the blob is stored or given up
   */
  S3Writer(
      ContextInternal context,
      Bucket bucket,
      Names names,
      S3Settings settings,
      BlobKey key,
      AtomicLong buffered,
      Stage stage,
      Runnable onEnd) {
    this.context = context;
    this.bucket = bucket;
    this.names = names;
    this.settings = settings;
    this.key = key;
    this.buffered = buffered;
    this.stage = stage;
    this.onEnd = onEnd;
  }

  @Override
  public Future<Void> write(Buffer data) {
    if (ended) {
      return context.failedFuture(new IllegalStateException("the blob is committed or given up"));
    }
    if (sizeBytes + data.length() > settings.maxBlobBytes()) {
      return context.failedFuture(
          new Rejected(
              Rejected.Rule.TOO_LARGE, "a blob has at most " + settings.maxBlobBytes() + " bytes"));
    }
    return take(data, 0);
  }

  private Future<Void> take(Buffer data, int from) {
    if (ended) {
      return context.failedFuture(new IllegalStateException("the blob was given up"));
    }
    int at = from;
    while (at < data.length()) {
      if (filled == settings.blockBytes()) {
        seal(false); // more follows, so this was not the last
        if (part.size() == settings.partBlocks()) {
          int next = at;
          return upload().compose(done -> take(data, next));
        }
      }
      int count = Math.min(data.length() - at, settings.blockBytes() - filled);
      if (buffered.addAndGet(count) > settings.bufferBytes()) {
        buffered.addAndGet(-count);
        stage.refused("buffer");
        return context.failedFuture(
            new Rejected(Rejected.Rule.BUSY, "blobs being written fill their memory"));
      }
      held += count;
      makeRoom(filled + count);
      data.getBytes(at, at + count, block, filled);
      filled += count;
      sizeBytes += count;
      at += count;
    }
    return context.succeededFuture();
  }

  private void makeRoom(int bytes) {
    int needed = bytes + Blocks.CRC_BYTES;
    if (needed > block.length) {
      int wanted = Math.max(Math.max(needed, 2 * block.length), FIRST_BYTES);
      block = Arrays.copyOf(block, Math.min(wanted, settings.blockBytes() + Blocks.CRC_BYTES));
    }
  }

  /** Ends a block with its checksum and puts it into the part. */
  private void seal(boolean last) {
    makeRoom(filled);
    int crc = Blocks.crc(key, number++, last, block, 0, filled);
    ByteBuffer.wrap(block).putInt(filled, crc);
    int length = filled + Blocks.CRC_BYTES;
    part.add(block.length == length ? block : Arrays.copyOf(block, length));
    block = new byte[0];
    filled = 0;
  }

  /** Sends what was gathered as a part of an upload, which it begins if need be. */
  private Future<Void> upload() {
    String name = names.bytes(key);
    List<byte[]> pieces = takePart();
    long bytes = held;
    held = 0;
    String id = uploadId;
    Future<String> begun =
        id != null
            ? context.succeededFuture(id)
            : here(bucket.begin(name)).onSuccess(this::onBegun);
    Future<Void> sent =
        begun
            .compose(upload -> here(bucket.upload(name, upload, tags.size() + 1, pieces)))
            .map(
                tag -> {
                  tags.add(tag);
                  return (Void) null;
                })
            .onComplete(done -> buffered.addAndGet(-bytes))
            .recover(failure -> context.failedFuture(S3BlobStore.refusal(failure)));
    onItsWay = sent;
    return sent;
  }

  private void onBegun(String id) {
    uploadId = id;
  }

  private List<byte[]> takePart() {
    List<byte[]> pieces = part;
    part = new ArrayList<>();
    return pieces;
  }

  @Override
  public BlobKey key() {
    return key;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public Future<BlobKey> commit(Collection<BlobReference> references) {
    if (ended) {
      return context.failedFuture(new IllegalStateException("the blob is committed or given up"));
    }
    ended = true;
    List<BlobReference> referring = List.copyOf(references);
    seal(true);
    return stage
        .pass(() -> uploadId == null ? storeWhole(referring) : storeRest(referring))
        .map(stored -> key)
        .recover(failure -> context.failedFuture(S3BlobStore.refusal(failure)))
        .onComplete(
            done -> {
              if (done.failed()) {
                abandon();
              }
              end();
            });
  }

  private Future<Void> storeWhole(List<BlobReference> references) {
    return refer(references).compose(referred -> here(bucket.put(names.bytes(key), takePart())));
  }

  private Future<Void> storeRest(List<BlobReference> references) {
    return upload()
        .compose(sent -> refer(references))
        .compose(
            referred ->
                here(
                    bucket.complete(
                        names.bytes(key), String.valueOf(uploadId), List.copyOf(tags))));
  }

  private Future<Void> refer(List<BlobReference> references) {
    return here(
        Future.all(
                references.stream()
                    .map(reference -> bucket.put(names.reference(key, reference), List.of()))
                    .toList())
            .mapEmpty());
  }

  @Override
  public void abort() {
    if (!ended) {
      ended = true;
      part = new ArrayList<>();
      onItsWay.onComplete(sent -> abandon());
      end();
    }
  }

  /** An upload that cannot be abandoned now is abandoned by the sweep. */
  private void abandon() {
    String id = uploadId;
    if (id != null) {
      bucket
          .abort(names.bytes(key), id)
          .onFailure(cause -> LOG.debug("An upload waits for the sweep: {}", cause.toString()));
    }
  }

  private void end() {
    block = new byte[0];
    buffered.addAndGet(-held);
    held = 0;
    onEnd.run();
  }

  /** What comes of a request, on the context of this writer. */
  private <T> Future<T> here(Future<T> answer) {
    Promise<T> arrived = context.promise();
    answer.onComplete(arrived);
    return arrived.future();
  }
}
