package io.mainstem.gateway.http.handlers;

import io.mainstem.blob.BlobStore;
import io.mainstem.gateway.http.rendering.Bodies;
import io.mainstem.mailbox.MessageView;
import io.mainstem.message.MessageId;
import io.mainstem.message.Part;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Fetches what a view shows and the log does not hold: the rest of long texts, HTML bodies. */
public final class BodyFetcher {
  private final Vertx vertx;
  private final BlobStore blobs;

  public BodyFetcher(Vertx vertx, BlobStore blobs) {
    this.vertx = vertx;
    this.blobs = blobs;
  }

  /** Whole texts of those messages whose log row holds only the beginning. */
  public Future<Bodies> texts(List<MessageView> messages) {
    var texts = new HashMap<MessageId, String>();
    Future<?> all = Future.succeededFuture();
    for (var view : messages) {
      var message = view.message();
      var part = message == null ? null : message.longText();
      if (part != null) {
        all = all.compose(before -> text(part).onSuccess(text -> texts.put(view.id(), text)));
      }
    }
    return all.map(done -> new Bodies(texts, Map.of()));
  }

  /** Texts and HTML. */
  public Future<Bodies> all(List<MessageView> messages) {
    return texts(messages);
  }

  /** The HTML body as a whole document for a frame. */
  public Future<String> document(io.mainstem.message.Message message, boolean remoteImages, boolean dark) {
    return Future.failedFuture(new io.mainstem.gateway.http.protocol.Refused(io.mainstem.gateway.http.protocol.ProblemType.NOT_IMPLEMENTED));
  }

  private Future<String> text(Part part) {
    Promise<String> whole = Promise.promise();
    var out = Buffer.buffer();
    var stream = blobs.get(part.range());
    stream.handler(out::appendBuffer);
    stream.exceptionHandler(whole::tryFail);
    stream.endHandler(end -> whole.tryComplete(out.toString(StandardCharsets.UTF_8)));
    stream.resume();
    return whole.future();
  }
}
