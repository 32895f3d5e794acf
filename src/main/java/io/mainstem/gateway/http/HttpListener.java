package io.mainstem.gateway.http;

import io.mainstem.gateway.http.protocol.Problem;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.mainstem.gateway.http.protocol.Validator;
import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.gateway.http.rendering.Responses;
import io.mainstem.gateway.http.rendering.SecurityHeaders;
import io.mainstem.gateway.http.stream.StreamDoor;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.openapi.contract.Operation;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The socket: one listener for each event loop, all on one port. */
final class HttpListener extends VerticleBase {
  private static final String API = "/api/v1";
  private static final String STREAM = API + "/stream";
  private static final int MAX_URI = 8192;
  private static final int MAX_HEADERS = 16 << 10;

  private final HttpParts parts;
  private final Shared shared;
  private final AtomicInteger connections;
  private final Pages pages;
  private @Nullable StreamDoor door;
  private @Nullable HttpServer server;

  HttpListener(HttpParts parts, Shared shared, AtomicInteger connections) {
    this.parts = parts;
    this.shared = shared;
    this.connections = connections;
    this.pages = new Pages(shared);
  }

  /** Where it listens; the port is the one that was found when any was asked for. */
  int actualPort() {
    return server == null ? parts.config().port() : server.actualPort();
  }

  @Override
  public Future<?> start() {
    var streamDoor = streamDoor();
    door = streamDoor;
    var router = router();
    var made = vertx.createHttpServer(options());
    server = made;
    made.connectionHandler(
        connection -> {
          if (connections.incrementAndGet() > parts.config().maxConnections()) {
            shared.http().refused("connections");
            connection.close().onFailure(cause -> connections.get());
          }
          connection.closeHandler(closed -> connections.decrementAndGet());
        });
    made.invalidRequestHandler(HttpListener::onInvalid);
    made.requestHandler(request -> onRequest(request, streamDoor, router));
    // Below zero, Vert.x finds one free port for all instances of a deployment.
    int port = parts.config().port() == 0 ? -1 : parts.config().port();
    return made.listen(port, parts.config().host());
  }

  @Override
  public Future<?> stop() {
    if (door != null) {
      door.close();
    }
    return server == null ? Future.succeededFuture() : server.shutdown(2, TimeUnit.SECONDS);
  }

  private HttpServerOptions options() {
    var config = parts.config();
    return new HttpServerOptions()
        .setAcceptBacklog(config.acceptBacklog())
        .setReuseAddress(true)
        .setTcpNoDelay(true)
        .setHttp2ClearTextEnabled(false)
        .setCompressionSupported(false)
        .setHandle100ContinueAutomatically(true)
        .setMaxInitialLineLength(MAX_URI)
        .setMaxHeaderSize(MAX_HEADERS)
        // A poll may say nothing for its whole time, and a stream from one ping to the next.
        .setIdleTimeout(
            Math.max(
                config.idleSeconds(),
                Math.max(config.pollMaxSeconds(), config.stream().pingSeconds()) + 15))
        .setIdleTimeoutUnit(TimeUnit.SECONDS)
        // Compression costs 100 KB a stream, and tells lengths of secrets (CRIME).
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setMaxWebSocketFrameSize(config.stream().maxFrameBytes())
        .setMaxWebSocketMessageSize(config.stream().maxFrameBytes())
        .setWebSocketClosingTimeout(3);
  }

  private StreamDoor streamDoor() {
    var api = shared.contract().openApi();
    return new StreamDoor(
        vertx,
        parts.config().stream(),
        parts.mailboxes(),
        shared.authentication(),
        new Validator(api, api.operation("stream")),
        shared.streams(),
        shared.frames(),
        shared.sending(),
        shared.typing(),
        shared.handing(),
        shared.streamMetrics(),
        shared.stream());
  }

  private void onRequest(HttpServerRequest request, StreamDoor streamDoor, Router router) {
    SecurityHeaders.put(request.response().headers());
    try {
      shared.origins().checkHost(request);
    } catch (Refused refused) {
      shared.http().refused("misdirected");
      Responses.problem(request, refused.problem());
      return;
    }
    if (STREAM.equals(request.path()) && request.method().equals(HttpMethod.GET)) {
      streamDoor
          .enter(request)
          .onFailure(
              cause -> {
                var problem = Problem.of(cause);
                shared.stream().refused(problem.type().name().toLowerCase(java.util.Locale.ROOT));
                Responses.problem(request, problem);
              });
      return;
    }
    router.handle(request);
  }

  private Router router() {
    var router = Router.router(vertx);
    parts.extraRoutes().accept(router);
    var answering = Operations.answering(vertx, parts, shared);
    var streaming = Operations.streaming(parts, shared);
    for (var operation : shared.contract().openApi().operations()) {
      var name = operation.getOperationId();
      if (name.equals("stream")) {
        continue;
      }
      var endpoint = endpoint(operation);
      var route = router.route(operation.getHttpMethod(), routeOf(operation));
      var answers = answering.get(name);
      var streams = streaming.get(name);
      if (answers != null) {
        route.handler(context -> endpoint.serve(context, answers));
      } else if (streams != null) {
        route.handler(context -> endpoint.carry(context, streams));
      } else {
        throw new IllegalStateException("nobody answers the operation " + name);
      }
    }
    router.route(API + "/*").handler(context -> fail(context, Problem.of(wrong(context))));
    router.get().handler(pages::serve);
    router.head().handler(pages::serve);
    router.errorHandler(400, context -> fail(context, Problem.of(ProblemType.MALFORMED)));
    router.errorHandler(404, context -> fail(context, Problem.of(ProblemType.NOT_FOUND)));
    router.errorHandler(405, context -> fail(context, Problem.of(ProblemType.METHOD_NOT_ALLOWED)));
    router.errorHandler(
        500,
        context -> {
          var cause = context.failure();
          fail(context, cause == null ? Problem.of(ProblemType.INTERNAL) : Problem.of(cause));
        });
    return router;
  }

  /** No operation took it: is there one of this path at all? */
  private ProblemType wrong(RoutingContext context) {
    var path = context.normalizedPath();
    return shared.contract().openApi().operations().stream()
            .anyMatch(
                operation ->
                    path.matches(
                        operation.getAbsoluteOpenAPIPath().replaceAll("\\{\\w+}", "[^/]+")))
        ? ProblemType.METHOD_NOT_ALLOWED
        : ProblemType.NOT_FOUND;
  }

  private Endpoint endpoint(Operation operation) {
    var validator = new Validator(shared.contract().openApi(), operation);
    var open = operation.getSecurityRequirements().isEmpty();
    return new Endpoint(vertx, shared, parts, operation.getOperationId(), validator, open);
  }

  /** {@code {id}} of the contract is {@code :id} of the router. */
  private static String routeOf(Operation operation) {
    return operation.getAbsoluteOpenAPIPath().replaceAll("\\{(\\w+)}", ":$1");
  }

  private static void fail(RoutingContext context, Problem problem) {
    Responses.problem(context.request(), problem);
  }

  /**
   * What is no HTTP at all (RFC 9112 §2.2, §3): said where the client can still read it, then the
   * connection ends.
   */
  private static void onInvalid(HttpServerRequest request) {
    var cause = request.decoderResult().cause();
    var type =
        cause instanceof TooLongHttpLineException
            ? ProblemType.URI_TOO_LONG
            : cause instanceof TooLongHttpHeaderException
                ? ProblemType.HEADERS_TOO_LARGE
                : ProblemType.MALFORMED;
    SecurityHeaders.put(request.response().headers());
    request.response().putHeader("Connection", "close");
    Responses.end(
        request,
        type.status(),
        "application/problem+json",
        Buffer.buffer(Render.problem(Problem.of(type))),
        Map.of());
  }
}
