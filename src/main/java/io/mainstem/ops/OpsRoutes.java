package io.mainstem.ops;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;

/**
 * The routes that machines look at: {@code /health/live}, {@code /health/ready}, {@code /metrics}.
 */
public final class OpsRoutes {
  private final Vertx vertx;
  private final HealthWatch health;
  private final Metrics metrics;

  public OpsRoutes(Vertx vertx, HealthWatch health, Metrics metrics) {
    this.vertx = vertx;
    this.health = health;
    this.metrics = metrics;
  }

  /** Adds the routes; they need no body and no session. */
  public void mount(Router router) {
    // Whoever gets an answer has a process that lives; there is nothing to look up.
    router
        .get("/health/live")
        .handler(request -> answer(request, 200, new JsonObject().put("status", "UP")));
    router
        .get("/health/ready")
        .handler(request -> aside(request, health::troubles, OpsRoutes::onTroubles));
    router
        .get("/metrics")
        .handler(
            request ->
                aside(
                    request,
                    metrics::scrape,
                    (context, text) -> {
                      Future<Void> ended =
                          context.response().putHeader("Content-Type", Metrics.TYPE).end(text);
                      ended.onFailure(gone -> context.request().connection().close());
                    }));
  }

  private <T> void aside(
      RoutingContext context, Callable<T> work, BiConsumer<RoutingContext, T> onDone) {
    vertx
        .executeBlocking(work, false)
        .onSuccess(done -> onDone.accept(context, done))
        .onFailure(context::fail);
  }

  private static void onTroubles(RoutingContext context, List<String> troubles) {
    var body = new JsonObject().put("status", troubles.isEmpty() ? "UP" : "DOWN");
    if (!troubles.isEmpty()) {
      body.put("reasons", new JsonArray(troubles));
    }
    answer(context, troubles.isEmpty() ? 200 : 503, body);
  }

  private static void answer(RoutingContext context, int status, JsonObject body) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(body.encode())
        .onFailure(gone -> context.request().connection().close());
  }
}
