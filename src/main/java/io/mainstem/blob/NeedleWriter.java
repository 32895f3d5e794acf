package io.mainstem.blob;

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

/**
 * Gathers bytes to parts and hands each to the committer: one part being filled, at most one on its
 * way.
 */
final class NeedleWriter implements BlobWriter {
  private static final int FIRST_BYTES = 4096;

  private final ContextInternal context;
  private final Committer committer;
  private final BlobSettings settings;
  private final OpenBlob blob;
  private final AtomicLong buffered;
  private final Catalog catalog;
  private final Stage stage;
  private final Runnable onEnd;
  private byte[] part = new byte[0];
  private int filled;
  private long sizeBytes;
  private boolean ended;

  /**
   * @param buffered what all writers hold in memory
   * @param onEnd told once, when the blob is stored or given up
   */
  NeedleWriter(
      ContextInternal context,
      Committer committer,
      BlobSettings settings,
      Catalog catalog,
      OpenBlob blob,
      AtomicLong buffered,
      Stage stage,
      Runnable onEnd) {
    this.context = context;
    this.committer = committer;
    this.settings = settings;
    this.catalog = catalog;
    this.blob = blob;
    this.buffered = buffered;
    this.stage = stage;
    this.onEnd = onEnd;
  }

  @Override
  public Future<Void> write(Buffer data) {
    if (ended) {
      return context.failedFuture(new IllegalStateException("the blob is committed or given up"));
    }
    return take(data, 0);
  }

  private Future<Void> take(Buffer data, int from) {
    if (ended) {
      return context.failedFuture(new IllegalStateException("the blob was given up"));
    }
    if (sizeBytes + data.length() - from > settings.maxBlobBytes()) {
      return context.failedFuture(
          new Rejected(
              Rejected.Rule.TOO_LARGE, "a blob has at most " + settings.maxBlobBytes() + " bytes"));
    }
    int count = Math.min(data.length() - from, settings.partBytes() - filled);
    if (filled + count > part.length) {
      int wanted = Math.max(Math.max(filled + count, 2 * part.length), FIRST_BYTES);
      part = Arrays.copyOf(part, Math.min(wanted, settings.partBytes()));
    }
    data.getBytes(from, from + count, part, filled);
    filled += count;
    sizeBytes += count;
    long all = buffered.addAndGet(count);
    int next = from + count;
    if (next < data.length()) {
      return flush().compose(done -> take(data, next));
    }
    boolean tight = all > settings.bufferBytes() && filled >= FIRST_BYTES;
    return tight ? flush() : context.succeededFuture();
  }

  /** Stores what was gathered as a part. */
  private Future<Void> flush() {
    Promise<Void> written = context.promise();
    ByteBuffer payload = takePart();
    committer.submit(
        new Work() {
          @Override
          public List<Draft> drafts() {
            blob.checkWhole();
            return List.of(
                new Draft(
                    Needle.Kind.PART, blob.key.id(), blob.key.cookie(), blob.parts(), payload));
          }

          @Override
          public boolean needsSync() {
            return false;
          }

          @Override
          public void onAppended(long[] locations) {
            blob.add(locations[0], payload.remaining());
          }

          @Override
          public void onSettled() {
            buffered.addAndGet(-payload.remaining());
            written.complete();
          }

          @Override
          public void onFailed(RuntimeException cause) {
            buffered.addAndGet(-payload.remaining());
            written.fail(cause);
          }
        });
    return written.future();
  }

  @Override
  public BlobKey key() {
    return blob.key.encode();
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
    Promise<BlobKey> stored = context.promise();
    Stage.Passage passage = stage.enter();
    ByteBuffer payload = takePart();
    List<BlobReference> referring = List.copyOf(references);
    long[] hashes =
        referring.size() == 1
            ? new long[] {referring.get(0).hash()}
            : referring.stream().mapToLong(BlobReference::hash).distinct().toArray();
    committer.submit(
        new Work() {
          @Override
          public List<Draft> drafts() {
            blob.checkWhole();
            List<Draft> drafts = new ArrayList<>();
            drafts.add(
                new Draft(
                    Needle.Kind.LAST, blob.key.id(), blob.key.cookie(), blob.parts(), payload));
            for (BlobReference reference : referring) {
              drafts.add(
                  new Draft(
                      Needle.Kind.REFERRED,
                      blob.key.id(),
                      reference.hash(),
                      0,
                      ByteBuffer.wrap(reference.encode())));
            }
            return drafts;
          }

          @Override
          public boolean needsSync() {
            return true;
          }

          @Override
          public void onAppended(long[] locations) {
            blob.add(locations[0], payload.remaining());
          }

          @Override
          public void onSettled() {
            catalog.put(blob.key.id(), blob.toStored(hashes));
            end(payload);
            passage.leave();
            stored.complete(blob.key.encode());
          }

          @Override
          public void onFailed(RuntimeException cause) {
            end(payload);
            passage.leave();
            stored.fail(cause);
          }
        });
    return stored.future();
  }

  @Override
  public void abort() {
    if (!ended) {
      ended = true;
      end(takePart());
    }
  }

  private void end(ByteBuffer payload) {
    buffered.addAndGet(-payload.remaining());
    onEnd.run();
  }

  private ByteBuffer takePart() {
    ByteBuffer payload = ByteBuffer.wrap(part, 0, filled).slice();
    part = new byte[0];
    filled = 0;
    return payload;
  }

  static Rejected busy(int writers) {
    return new Rejected(Rejected.Rule.BUSY, "already " + writers + " blobs being written");
  }
}
