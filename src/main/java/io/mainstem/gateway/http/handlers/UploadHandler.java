package io.mainstem.gateway.http.handlers;

import io.mainstem.blob.BlobStore;
import io.mainstem.blob.BlobWriter;
import io.mainstem.config.Http;
import io.mainstem.gateway.http.handlers.UploadIds.Upload;
import io.mainstem.gateway.http.protocol.BodyReader;
import io.mainstem.gateway.http.protocol.Problem;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.gateway.http.rendering.Responses;
import io.mainstem.gateway.http.session.Caller;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

/**
 * {@code POST /blobs}: the body goes to the blob store piece by piece; the client is held back
 * while the store writes. The blob has no reference yet, so it is swept unless a message names it.
 */
public record UploadHandler(BlobStore blobs, UploadIds ids, Uploading uploading, Http config)
    implements Streaming {
  /** RFC 6838 §4.2: type and subtype; parameters are dropped. */
  private static final Pattern TYPE =
      Pattern.compile("[A-Za-z0-9!#$&^_.+-]{1,40}/[A-Za-z0-9!#$&^_.+-]{1,80}");

  private static final String UNKNOWN = "application/octet-stream";

  /** How many uploads are under way on this node. */
  public static final class Uploading {
    private final Semaphore free;

    public Uploading(int max) {
      this.free = new Semaphore(max);
    }
  }

  @Override
  public Future<Void> serve(
      HttpServerRequest request,
      Caller caller,
      Map<String, String> path,
      Map<String, Object> query) {
    var declared = BodyReader.declaredBytes(request);
    if (declared > config.maxUploadBytes()) {
      return Future.failedFuture(tooLarge());
    }
    if (!uploading.free.tryAcquire()) {
      return Future.failedFuture(
          new Refused(
              Problem.of(ProblemType.BUSY, "Too many uploads are under way.").retryAfter(5)));
    }
    return blobs
        .create()
        .compose(writer -> copy(request, writer).onFailure(cause -> writer.abort()))
        .onComplete(done -> uploading.free.release())
        .map(
            upload -> {
              var id = ids.idOf(caller.user(), upload);
              var body = Buffer.buffer(Render.blob(id, upload.sizeBytes(), upload.type()));
              Responses.end(request, 201, "application/json; charset=utf-8", body, Map.of());
              return null;
            });
  }

  private Future<Upload> copy(HttpServerRequest request, BlobWriter writer) {
    var type = typeOf(request.getHeader(HttpHeaders.CONTENT_TYPE));
    Promise<Void> read = Promise.promise();
    request.exceptionHandler(
        cause -> read.tryFail(new Refused(ProblemType.MALFORMED, "The body ended early.")));
    request.endHandler(end -> read.tryComplete());
    request.handler(
        piece -> {
          if (read.future().isComplete()) {
            return;
          }
          request.pause();
          if (writer.sizeBytes() + piece.length() > config.maxUploadBytes()) {
            read.tryFail(tooLarge());
            return;
          }
          writer.write(piece).onSuccess(done -> request.resume()).onFailure(read::tryFail);
        });
    request.resume();
    return read.future()
        .compose(
            done -> {
              long sizeBytes = writer.sizeBytes();
              return writer.commit(List.of()).map(key -> new Upload(key, sizeBytes, type));
            });
  }

  private Refused tooLarge() {
    return new Refused(
        ProblemType.TOO_LARGE, "A file has at most " + config.maxUploadBytes() + " bytes.");
  }

  private static String typeOf(@org.jspecify.annotations.Nullable String header) {
    if (header == null) {
      return UNKNOWN;
    }
    var type = header.split(";", 2)[0].strip().toLowerCase(java.util.Locale.ROOT);
    return TYPE.matcher(type).matches() ? type : UNKNOWN;
  }
}
