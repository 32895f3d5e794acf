package io.mainstem.ops;

import io.mainstem.config.Admin;
import io.mainstem.message.Rejected;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin API: JSON over HTTP on the loopback address, for whoever can read {@link
 * AdminToken#FILE} in the data directory. Parts add their routes below {@code /admin}; what they
 * fail a request with becomes {@code {"error":…}}.
 */
public final class AdminServer {
  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
  private static final String HOST = "127.0.0.1";
  private static final int MAX_BODY_BYTES = 1 << 20;

  private final HttpServer server;

  private AdminServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Makes the token and listens.
   *
   * @param routes each adds its routes to the given router, with paths that begin with {@code
   *     /admin/}; a body arrives whole
   */
  public static Future<AdminServer> start(
      Vertx vertx, Admin settings, Path data, List<Consumer<Router>> routes) {
    return start(vertx, settings, data, List.of(), routes);
  }

  /**
   * As {@link #start(Vertx, Admin, Path, List)}.
   *
   * @param streaming routes that take their body as a stream
   */
  public static Future<AdminServer> start(
      Vertx vertx,
      Admin settings,
      Path data,
      List<Consumer<Router>> streaming,
      List<Consumer<Router>> routes) {
    return vertx
        .executeBlocking(() -> AdminToken.create(data), false)
        .compose(
            token -> {
              var options =
                  new HttpServerOptions().setHost(HOST).setPort(settings.port()).setIdleTimeout(60);
              return vertx
                  .createHttpServer(options)
                  .requestHandler(routerOf(vertx, token, streaming, routes))
                  .listen();
            })
        .map(AdminServer::new);
  }

  /** Host and port that it listens on. */
  public String address() {
    return HOST + ":" + server.actualPort();
  }

  public Future<Void> stop() {
    return server.close();
  }

  private static Router routerOf(
      Vertx vertx,
      AdminToken token,
      List<Consumer<Router>> streaming,
      List<Consumer<Router>> routes) {
    Router router = Router.router(vertx);
    router.route().handler(request -> authorize(request, token));
    streaming.forEach(part -> part.accept(router));
    router.route().handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES));
    router
        .get("/admin/ping")
        .handler(
            request ->
                answer(request, 200, new JsonObject().put("pid", ProcessHandle.current().pid())));
    routes.forEach(part -> part.accept(router));
    router.route().last().handler(request -> request.fail(404));
    router.route().failureHandler(AdminServer::onFailure);
    return router;
  }

  private static void authorize(RoutingContext request, AdminToken token) {
    String header = request.request().getHeader("Authorization");
    if (header != null && token.isIn(header)) {
      request.next();
    } else {
      request.fail(401);
    }
  }

  private static void onFailure(RoutingContext request) {
    Throwable failure = request.failure();
    switch (failure) {
      case null -> answer(request, request.statusCode(), error(reasonOf(request.statusCode())));
      case Rejected rejected ->
          answer(
              request,
              statusOf(rejected),
              error(String.valueOf(rejected.getMessage())).put("rule", rejected.rule().name()));
      case HttpException http ->
          answer(request, http.getStatusCode(), error(reasonOf(http.getStatusCode())));
      case DecodeException malformed ->
          answer(request, 400, error("The body is not the JSON that is expected"));
      case ClassCastException malformed ->
          answer(request, 400, error("A field of the body has the wrong type"));
      default -> {
        String id = UUID.randomUUID().toString();
        log.error("Admin request {} failed", id, failure);
        answer(request, 500, error("Internal error " + id));
      }
    }
  }

  private static int statusOf(Rejected rejected) {
    return switch (rejected.rule()) {
      case NOT_FOUND, UNKNOWN_RECIPIENT -> 404;
      case CONFLICT, NOT_UNDOABLE -> 409;
      case RESET -> 410;
      case INVALID -> 400;
      case TOO_LARGE -> 413;
      case NOT_PERMITTED -> 403;
      case RATE_LIMITED -> 429;
      case BUSY, STORE_FAILED -> 503;
      case OVER_QUOTA, STORE_FULL -> 507;
    };
  }

  private static String reasonOf(int status) {
    return switch (status) {
      case 401 -> "The Authorization header must carry the token of DATA/" + AdminToken.FILE;
      case 404 -> "There is no such admin command";
      case 413 -> "The body is larger than " + MAX_BODY_BYTES + " bytes";
      default -> "HTTP " + status;
    };
  }

  private static JsonObject error(String text) {
    return new JsonObject().put("error", text);
  }

  /** Answers with JSON; for the routes of all parts. */
  public static void answer(RoutingContext request, int status, JsonObject body) {
    if (request.response().ended()) {
      return;
    }
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(body.encode())
        .onFailure(gone -> request.request().connection().close());
  }
}
