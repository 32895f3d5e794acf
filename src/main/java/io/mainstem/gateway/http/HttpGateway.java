package io.mainstem.gateway.http;

import io.mainstem.gateway.http.protocol.Contract;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** The running gateway: as many listeners as event loops, on one port. */
public final class HttpGateway {
  private final Vertx vertx;
  private final int port;
  private final String deployment;

  private HttpGateway(Vertx vertx, int port, String deployment) {
    this.vertx = vertx;
    this.port = port;
    this.deployment = deployment;
  }

  /**
   * @param listeners how many event loops serve it
   */
  public static Future<HttpGateway> start(Vertx vertx, HttpParts parts, int listeners) {
    return Contract.load(vertx)
        .compose(
            contract -> {
              var shared = Shared.of(vertx, parts, contract);
              var connections = new AtomicInteger();
              var made = new ConcurrentLinkedQueue<HttpListener>();
              return vertx
                  .deployVerticle(
                      () -> {
                        var listener = new HttpListener(parts, shared, connections);
                        made.add(listener);
                        return listener;
                      },
                      new DeploymentOptions().setInstances(listeners))
                  .map(id -> new HttpGateway(vertx, made.element().actualPort(), id));
            });
  }

  public int port() {
    return port;
  }

  /**
   * Tells the streams to connect elsewhere, takes nothing new, and finishes what is under way for a
   * moment.
   */
  public Future<Void> stop() {
    return vertx.undeploy(deployment);
  }
}
