package io.mainstem.gateway.http;

import io.mainstem.gateway.http.protocol.Problem;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.rendering.Responses;
import io.mainstem.gateway.http.rendering.StaticFiles.File;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The web inbox: its files, and the links that open it logged in. */
final class Pages {
  private final Shared shared;

  Pages(Shared shared) {
    this.shared = shared;
  }

  void serve(RoutingContext context) {
    var request = context.request();
    var path = Objects.requireNonNullElse(context.normalizedPath(), "/");
    var key = request.getParam("key");
    if (path.equals("/") && key != null) {
      logIn(request, key);
      return;
    }
    var known = shared.files().known(path);
    if (known != null) {
      send(request, known);
      return;
    }
    context
        .vertx()
        .executeBlocking(() -> shared.files().read(path), false)
        .onSuccess(
            file ->
                file.ifPresentOrElse(
                    found -> send(request, found),
                    () -> Responses.problem(request, Problem.of(ProblemType.NOT_FOUND))))
        .onFailure(cause -> Responses.problem(request, Problem.of(cause)));
  }

  private static void send(HttpServerRequest request, File file) {
    var headers = new HashMap<String, String>();
    headers.put("Cache-Control", file.cacheControl());
    headers.put("ETag", file.tag());
    if (file.policy() != null) {
      headers.put("Content-Security-Policy", file.policy());
    }
    if (matches(request.getHeader(HttpHeaders.IF_NONE_MATCH), file.tag())) {
      Responses.end(request, 304, "", Buffer.buffer(), headers);
    } else if (request.method().equals(HttpMethod.HEAD)) {
      headers.put("Content-Length", Integer.toString(file.content().length));
      Responses.end(request, 200, file.type(), Buffer.buffer(), headers);
    } else {
      Responses.end(request, 200, file.type(), Buffer.buffer(file.content()), headers);
    }
  }

  /** RFC 9110 §13.1.2. */
  private static boolean matches(@Nullable String ifNoneMatch, String tag) {
    return ifNoneMatch != null && (ifNoneMatch.strip().equals("*") || ifNoneMatch.contains(tag));
  }

  /**
   * A key works once and from this machine only; whatever comes of it, the address bar loses it.
   */
  private void logIn(HttpServerRequest request, String key) {
    var user = shared.clients().of(request).isLoopbackAddress() ? shared.keys().redeem(key) : null;
    if (user == null) {
      // The page says why there is no inbox to see; a fragment reaches it alone.
      Responses.end(request, 303, "", Buffer.buffer(), Map.of("Location", "/#used-key"));
      return;
    }
    var device = Objects.requireNonNullElse(request.getHeader(HttpHeaders.USER_AGENT), "");
    Future<Map<String, String>> opened =
        shared
            .authentication()
            .open(user, device)
            .map(session -> Map.of("Location", "/", "Set-Cookie", session.setCookie()));
    opened
        .onSuccess(headers -> Responses.end(request, 303, "", Buffer.buffer(), headers))
        .onFailure(cause -> Responses.problem(request, Problem.of(cause)));
  }
}
