package io.mainstem.line;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One port of a line protocol, listened on by every event loop. */
public final class LinePort {
  /**
   * Names of ports that Vert.x is to find; 1 is what port -1 means, which belongs to the HTTP
   * gateway.
   */
  private static final AtomicInteger SHARED_PORTS = new AtomicInteger(1);

  private final Vertx vertx;
  private final List<LineListener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicInteger port = new AtomicInteger();
  private volatile String deployment = "";

  private LinePort(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * Listens; completes once connections are accepted.
   *
   * @param admission which ports may share
   * @param port 0 picks a free one
   * @param implicitTls whether connections are under TLS from their first byte on
   */
  public static Future<LinePort> listen(
      Vertx vertx,
      LineProtocol protocol,
      Admission admission,
      String host,
      int port,
      boolean implicitTls) {
    var opened = new LinePort(vertx);
    SocketAddress address =
        port == 0
            ? SocketAddress.sharedRandomPort(SHARED_PORTS.incrementAndGet(), host)
            : SocketAddress.inetSocketAddress(port, host);
    int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
    return vertx
        .deployVerticle(
            () -> {
              var listener =
                  new LineListener(protocol, admission, address, implicitTls, opened.port::set);
              opened.listeners.add(listener);
              return listener;
            },
            new DeploymentOptions().setInstances(loops))
        .map(
            id -> {
              opened.deployment = id;
              return opened;
            });
  }

  /** The port that is listened on. */
  public int port() {
    return port.get();
  }

  /**
   * Takes no more connections, lets every conversation end where nothing is lost, as long as the
   * bound allows, then closes.
   */
  public Future<Void> stop(Duration bound) {
    Future<?> drained = Future.all(listeners.stream().map(LineListener::drain).toList());
    Future<?> patience = vertx.timer(bound.toMillis(), TimeUnit.MILLISECONDS);
    return Future.any(drained, patience).eventually(() -> vertx.undeploy(deployment)).mapEmpty();
  }
}
