package io.mainstem.blob.s3;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Gathers the body of an answer, and gives up on one that is longer than was asked for. */
final class BoundedBody implements BodySubscriber<byte[]> {
  private final int maxBytes;
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private byte[] bytes = new byte[0];
  private int filled;
  private Flow.@org.jspecify.annotations.Nullable Subscription subscription;

  BoundedBody(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription from) {
    subscription = from;
    from.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> pieces) {
    for (ByteBuffer piece : pieces) {
      int count = piece.remaining();
      if (count > maxBytes - filled) {
        Flow.Subscription from = subscription;
        if (from != null) {
          from.cancel();
        }
        body.completeExceptionally(
            new IOException("the answer is longer than " + maxBytes + " bytes"));
        return;
      }
      if (filled + count > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.min(maxBytes, Math.max(filled + count, 2 * filled)));
      }
      piece.get(bytes, filled, count);
      filled += count;
    }
  }

  @Override
  public void onError(Throwable cause) {
    body.completeExceptionally(cause);
  }

  @Override
  public void onComplete() {
    body.complete(filled == bytes.length ? bytes : Arrays.copyOf(bytes, filled));
  }
}
