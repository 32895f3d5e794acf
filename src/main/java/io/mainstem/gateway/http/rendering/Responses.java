package io.mainstem.gateway.http.rendering;

import io.mainstem.gateway.http.protocol.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers. A client that has gone is no news. */
public final class Responses {
  private static final Logger log = LoggerFactory.getLogger(Responses.class);

  /**
   * So much of a refused body is read and dropped, so that the client gets to read why; beyond it,
   * it is cut off.
   */
  private static final long MAX_DISCARDED_BYTES = 8 << 20;

  private Responses() {}

  public static void end(
      HttpServerRequest request,
      int status,
      String type,
      Buffer body,
      Map<String, String> headers) {
    var response = request.response();
    if (response.ended() || response.closed() || response.headWritten()) {
      return;
    }
    response.setStatusCode(status);
    if (!type.isEmpty()) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, type);
    }
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    headers.forEach(response::putHeader);
    response.end(body).onFailure(cause -> log.debug("a client was gone before its answer"));
  }

  public static void problem(HttpServerRequest request, Problem problem) {
    if (request.response().headWritten()) {
      // Half an answer cannot become a problem: cutting the connection says that it is not whole.
      request.connection().close().onFailure(cause -> log.debug("a client was gone"));
      return;
    }
    Map<String, String> headers =
        problem.retryAfterSeconds() > 0
            ? Map.of("Retry-After", Long.toString(problem.retryAfterSeconds()))
            : problem.type().status() == 401 ? Map.of("WWW-Authenticate", "Bearer") : Map.of();
    end(
        request,
        problem.type().status(),
        "application/problem+json",
        Buffer.buffer(Render.problem(problem)),
        headers);
    discard(request);
  }

  private static void discard(HttpServerRequest request) {
    if (request.isEnded()) {
      return;
    }
    var dropped = new long[1];
    request.exceptionHandler(cause -> log.debug("a client went away while refused"));
    request.handler(
        piece -> {
          dropped[0] += piece.length();
          if (dropped[0] > MAX_DISCARDED_BYTES) {
            request.connection().close().onFailure(cause -> log.debug("a client was gone"));
          }
        });
    request.resume();
  }
}
