package io.mainstem.gateway.http;

import io.mainstem.gateway.http.protocol.Contract;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The running gateway: as many listeners as event loops, on one port. */
public final class HttpGateway {
  private final Vertx vertx;
  private final int port;
  private final List<String> deployments;

  private HttpGateway(Vertx vertx, int port, List<String> deployments) {
    this.vertx = vertx;
    this.port = port;
    this.deployments = deployments;
  }

  /** @param listeners how many event loops serve it */
  public static Future<HttpGateway> start(Vertx vertx, HttpParts parts, int listeners) {
    return Contract.load(vertx)
        .compose(
            contract -> {
              var shared = Shared.of(vertx, parts, contract);
              var connections = new AtomicInteger();
              // The first finds the port when any is asked for; the others share it.
              var first = new HttpListener(parts, shared, parts.config().port(), connections);
              var deployed = new ArrayList<String>();
              Future<?> all = vertx.deployVerticle(first).onSuccess(deployed::add);
              for (int i = 1; i < listeners; i++) {
                all =
                    all.compose(
                        done ->
                            vertx
                                .deployVerticle(new HttpListener(parts, shared, first.actualPort(), connections))
                                .onSuccess(deployed::add));
              }
              return all.map(done -> new HttpGateway(vertx, first.actualPort(), deployed));
            });
  }

  public int port() {
    return port;
  }

  /** Tells the streams to connect elsewhere, takes nothing new, and finishes what is under way for a moment. */
  public Future<Void> stop() {
    return Future.join(deployments.stream().map(vertx::undeploy).toList()).mapEmpty();
  }
}
