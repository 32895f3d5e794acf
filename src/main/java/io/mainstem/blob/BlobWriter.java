package io.mainstem.blob;

import io.mainstem.message.BlobKey;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Collection;
import java.util.List;

/**
 * A blob being written. Confined to the context that opened it; one call at a time: the next {@code
 * write} or {@code commit} waits for the future of the one before. Every writer ends with {@code
 * commit} or {@code abort}.
 */
public interface BlobWriter {
  /** Takes the bytes; completes when more may be written. The buffer may be reused from then on. */
  Future<Void> write(Buffer data);

  /** What the blob will be known by; nothing may name it before {@link #commit} has completed. */
  BlobKey key();

  /** Bytes taken so far. */
  long sizeBytes();

  /** Completes with the key once all bytes and the references are durable. */
  Future<BlobKey> commit(Collection<BlobReference> references);

  default Future<BlobKey> commit() {
    return commit(List.of());
  }

  /** Gives up: nothing of the blob remains readable. Does nothing after {@code commit}. */
  void abort();
}
