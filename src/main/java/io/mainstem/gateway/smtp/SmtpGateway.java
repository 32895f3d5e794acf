package io.mainstem.gateway.smtp;

import io.mainstem.gateway.smtp.handlers.Handlers;
import io.mainstem.gateway.smtp.session.Credentials;
import io.mainstem.gateway.smtp.session.Intake;
import io.mainstem.gateway.smtp.session.Setup;
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
import java.util.function.LongSupplier;

/** One listening port of the SMTP family, for transfer or for submission. */
public final class SmtpGateway {
  /**
   * Names of ports that Vert.x is to find; 1 is what port -1 means, which belongs to the HTTP
   * gateway.
   */
  private static final AtomicInteger SHARED_PORTS = new AtomicInteger(1);

  private final Vertx vertx;
  private final Duration drainBound;
  private final List<SmtpListener> listeners = new CopyOnWriteArrayList<>();
  private final Admission admission;
  private final AtomicInteger port = new AtomicInteger();
  private volatile String deployment = "";

  private SmtpGateway(Vertx vertx, Setup setup, Duration drainBound) {
    this.vertx = vertx;
    this.drainBound = drainBound;
    this.admission = new Admission(setup.limits());
  }

  /**
   * Listens; completes once connections are accepted.
   *
   * @param port 0 picks a free one
   * @param tls the certificate that STARTTLS shows
   * @param drainBound how long {@link #stop} waits for sessions to end
   */
  public static Future<SmtpGateway> listen(
      Vertx vertx,
      Setup setup,
      Intake intake,
      Credentials credentials,
      String host,
      int port,
      SslContext tls,
      Duration drainBound,
      LongSupplier nowMillis) {
    var gateway = new SmtpGateway(vertx, setup, drainBound);
    var handlers = new Handlers(setup, intake, credentials);
    SocketAddress address =
        port == 0
            ? SocketAddress.sharedRandomPort(SHARED_PORTS.incrementAndGet(), host)
            : SocketAddress.inetSocketAddress(port, host);
    int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
    return vertx
        .deployVerticle(
            () -> {
              var listener =
                  new SmtpListener(
                      setup,
                      handlers,
                      gateway.admission,
                      address,
                      tls,
                      nowMillis,
                      gateway.port::set);
              gateway.listeners.add(listener);
              return listener;
            },
            new DeploymentOptions().setInstances(loops))
        .map(
            id -> {
              gateway.deployment = id;
              return gateway;
            });
  }

  /** The port that is listened on. */
  public int port() {
    return port.get();
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
    Future<?> drained = Future.all(listeners.stream().map(SmtpListener::drain).toList());
    Future<?> patience = vertx.timer(drainBound.toMillis(), TimeUnit.MILLISECONDS);
    return Future.any(drained, patience).eventually(() -> vertx.undeploy(deployment)).mapEmpty();
  }
}
