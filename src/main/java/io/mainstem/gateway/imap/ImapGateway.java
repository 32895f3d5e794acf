package io.mainstem.gateway.imap;

import io.mainstem.gateway.imap.handlers.Handlers;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.line.Admission;
import io.mainstem.line.LinePort;
import io.mainstem.line.LineProtocol;
import io.mainstem.proxy.Proxies;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;

/** The ports on which mail programs are served: one with STARTTLS, and one under TLS. */
public final class ImapGateway {
  private final Admission admission;
  private final List<LinePort> ports;
  private final Duration drainBound;

  private ImapGateway(Admission admission, List<LinePort> ports, Duration drainBound) {
    this.admission = admission;
    this.ports = ports;
    this.drainBound = drainBound;
  }

  /**
   * Listens; completes once connections are accepted.
   *
   * @param tls the certificate that is shown
   * @param drainBound how long {@link #stop} waits for sessions to end
   */
  public static Future<ImapGateway> listen(
      Vertx vertx, ImapParts parts, SslContext tls, Duration drainBound) {
    var config = parts.config();
    var limits = config.limits();
    var handlers = new Handlers(parts);
    var admission = new Admission(limits.maxConnections(), limits.maxConnectionsPerAddress());
    var protocol =
        new LineProtocol(
            "imap",
            "* BYE [UNAVAILABLE] Too many connections, try again later\r\n",
            Proxies.of(config.proxies()),
            parts.stage(),
            tls,
            parts.nowMillis(),
            (connection, client, isProtected) ->
                new Conversation(parts, handlers, new ImapWire(connection), client, isProtected));
    return LinePort.listen(vertx, protocol, admission, config.host(), config.port(), false)
        .compose(
            port ->
                config.tlsEnabled()
                    ? LinePort.listen(
                            vertx, protocol, admission, config.host(), config.tlsPort(), true)
                        .map(tlsPort -> List.of(port, tlsPort))
                    : Future.succeededFuture(List.of(port)))
        .map(ports -> new ImapGateway(admission, ports, drainBound));
  }

  /** The port that is listened on. */
  public int port() {
    return ports.get(0).port();
  }

  /** The port under TLS; 0 when there is none. */
  public int tlsPort() {
    return ports.size() == 1 ? 0 : ports.get(1).port();
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
    return Future.all(ports.stream().map(port -> port.stop(drainBound)).toList()).mapEmpty();
  }
}
