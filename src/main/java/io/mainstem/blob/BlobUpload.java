package io.mainstem.blob;

import io.mainstem.message.BlobKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Carries a stream into a writer, holding the stream back while the writer is busy. Confined to the
 * stream's context.
 */
final class BlobUpload {
  private final ReadStream<Buffer> source;
  private final BlobWriter writer;
  private final Promise<Void> written = Promise.promise();
  private Future<Void> last = Future.succeededFuture();

  private BlobUpload(ReadStream<Buffer> source, BlobWriter writer) {
    this.source = source;
    this.writer = writer;
  }

  static Future<BlobKey> run(
      ReadStream<Buffer> source, BlobWriter writer, Collection<BlobReference> references) {
    BlobUpload upload = new BlobUpload(source, writer);
    upload.start();
    return upload
        .written
        .future()
        .compose(done -> writer.commit(references))
        .onFailure(cause -> writer.abort());
  }

  private void start() {
    source.handler(this::onData);
    source.endHandler(end -> last.onComplete(done -> settle(done.cause())));
    source.exceptionHandler(this::settle);
    source.resume();
  }

  private void onData(Buffer data) {
    if (written.future().isComplete()) {
      return; // the writer refused; what is still on its way is dropped
    }
    last = last.compose(before -> writer.write(data));
    if (!last.isComplete()) {
      source.pause();
    }
    last.onComplete(
        done -> {
          if (done.failed()) {
            settle(done.cause());
          }
          source.resume();
        });
  }

  private void settle(@Nullable Throwable cause) {
    if (cause == null) {
      written.tryComplete();
    } else {
      written.tryFail(cause);
    }
  }
}
