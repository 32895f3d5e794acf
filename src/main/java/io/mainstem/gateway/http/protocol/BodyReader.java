package io.mainstem.gateway.http.protocol;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a JSON body, never more of it than allowed. */
public final class BodyReader {
  private BodyReader() {}

  /** Fails with UNSUPPORTED_MEDIA_TYPE, TOO_LARGE or MALFORMED. The request is paused. */
  public static Future<JsonObject> json(HttpServerRequest request, int maxBytes) {
    if (!isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
      return Future.failedFuture(
          new Refused(
              ProblemType.UNSUPPORTED_MEDIA_TYPE, "The body is application/json in UTF-8."));
    }
    if (request.getHeader(HttpHeaders.CONTENT_ENCODING) != null) {
      return Future.failedFuture(
          new Refused(ProblemType.UNSUPPORTED_MEDIA_TYPE, "No Content-Encoding is taken."));
    }
    return bytes(request, maxBytes).map(body -> Json.object(body.getBytes()));
  }

  private static Future<Buffer> bytes(HttpServerRequest request, int maxBytes) {
    var tooLarge = new Refused(ProblemType.TOO_LARGE, "A body has at most " + maxBytes + " bytes.");
    if (declaredBytes(request) > maxBytes) {
      return Future.failedFuture(tooLarge);
    }
    Promise<Buffer> whole = Promise.promise();
    var out = Buffer.buffer();
    request.handler(
        piece -> {
          if (out.length() + piece.length() > maxBytes) {
            request.handler(null).pause();
            whole.tryFail(tooLarge);
          } else {
            out.appendBuffer(piece);
          }
        });
    request.endHandler(end -> whole.tryComplete(out));
    request.exceptionHandler(
        cause -> whole.tryFail(new Refused(ProblemType.MALFORMED, "The body ended early.")));
    request.resume();
    return whole.future();
  }

  /** What Content-Length says; 0 when it says nothing. */
  public static long declaredBytes(HttpServerRequest request) {
    var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      throw new Refused(ProblemType.MALFORMED, "Content-Length is a number.");
    }
  }

  private static boolean isJson(@Nullable String type) {
    if (type == null) {
      return false;
    }
    var parts = type.toLowerCase(Locale.ROOT).split(";", -1);
    if (!parts[0].strip().equals("application/json")) {
      return false;
    }
    for (int i = 1; i < parts.length; i++) {
      var parameter = parts[i].strip();
      if (parameter.startsWith("charset=")
          && !parameter.replace("\"", "").equals("charset=utf-8")) {
        return false;
      }
    }
    return true;
  }
}
