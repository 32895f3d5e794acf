package io.mainstem.gateway.imap;

import io.mainstem.gateway.imap.handlers.Handlers;
import io.mainstem.gateway.imap.session.ImapParts;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The ports on which mail programs are served: one with STARTTLS, and one under TLS. */
public final class ImapGateway {
  /** Names of ports that Vert.x is to find; other gateways count from 1. */
  private static final AtomicInteger SHARED_PORTS = new AtomicInteger(1_000_000);

  private final Vertx vertx;
  private final Duration drainBound;
  private final Admission admission;
  private final List<ImapListener> listeners = new CopyOnWriteArrayList<>();
  private final List<String> deployments = new CopyOnWriteArrayList<>();
  private final AtomicInteger port = new AtomicInteger();
  private final AtomicInteger tlsPort = new AtomicInteger();

  private ImapGateway(Vertx vertx, ImapParts parts, Duration drainBound) {
    this.vertx = vertx;
    this.drainBound = drainBound;
    this.admission = new Admission(parts.config().limits());
  }

  /**
   * Listens; completes once connections are accepted.
   *
   * @param tls the certificate that is shown
   * @param drainBound how long {@link #stop} waits for sessions to end
   */
  public static Future<ImapGateway> listen(
      Vertx vertx, ImapParts parts, SslContext tls, Duration drainBound) {
    var gateway = new ImapGateway(vertx, parts, drainBound);
    var handlers = new Handlers(parts);
    var config = parts.config();
    return gateway
        .deploy(parts, handlers, config.port(), tls, false, gateway.port)
        .compose(
            listening ->
                config.tlsEnabled()
                    ? gateway.deploy(parts, handlers, config.tlsPort(), tls, true, gateway.tlsPort)
                    : Future.succeededFuture())
        .map(gateway);
  }

  private Future<Void> deploy(
      ImapParts parts,
      Handlers handlers,
      int wanted,
      SslContext tls,
      boolean implicitTls,
      AtomicInteger found) {
    String host = parts.config().host();
    SocketAddress address =
        wanted == 0
            ? SocketAddress.sharedRandomPort(SHARED_PORTS.incrementAndGet(), host)
            : SocketAddress.inetSocketAddress(wanted, host);
    int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
    return vertx
        .deployVerticle(
            () -> {
              var listener =
                  new ImapListener(
                      parts, handlers, admission, address, tls, implicitTls, found::set);
              listeners.add(listener);
              return listener;
            },
            new DeploymentOptions().setInstances(loops))
        .onSuccess(deployments::add)
        .mapEmpty();
  }

  /** The port that is listened on. */
  public int port() {
    return port.get();
  }

  /** The port under TLS; 0 when there is none. */
  public int tlsPort() {
    return tlsPort.get();
  }

  /** Connections that are open now. */
  public int connections() {
    return admission.total();
  }

  /**
   * Takes no more connections, lets every session end where nothing is lost, as long as the bound
   * allows, then closes.
   */
  public Future<Void> stop() {
    Future<?> drained = Future.all(listeners.stream().map(ImapListener::drain).toList());
    Future<?> patience = vertx.timer(drainBound.toMillis(), TimeUnit.MILLISECONDS);
    return Future.any(drained, patience)
        .eventually(() -> Future.all(deployments.stream().map(vertx::undeploy).toList()))
        .mapEmpty();
  }
}
