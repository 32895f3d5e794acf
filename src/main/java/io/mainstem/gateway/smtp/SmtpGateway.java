package io.mainstem.gateway.smtp;

import io.mainstem.gateway.smtp.handlers.Handlers;
import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.rendering.ReplyText;
import io.mainstem.gateway.smtp.session.Credentials;
import io.mainstem.gateway.smtp.session.Intake;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.line.Admission;
import io.mainstem.line.LinePort;
import io.mainstem.line.LineProtocol;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.LongSupplier;

/** One listening port of the SMTP family, for transfer or for submission. */
public final class SmtpGateway {
  private final Admission admission;
  private final LinePort port;
  private final Duration drainBound;

  private SmtpGateway(Admission admission, LinePort port, Duration drainBound) {
    this.admission = admission;
    this.port = port;
    this.drainBound = drainBound;
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
    var handlers = new Handlers(setup, intake, credentials);
    var limits = setup.limits();
    var admission = new Admission(limits.maxConnections(), limits.maxConnectionsPerAddress());
    var tooMany = SmtpReply.of(421, 7, 0, "Too many connections, try again later");
    var protocol =
        new LineProtocol(
            setup.role().stage(),
            ReplyText.of(tooMany),
            setup.proxies(),
            setup.stage(),
            tls,
            nowMillis,
            (connection, client, isProtected) ->
                new Conversation(setup, handlers, new SmtpWire(connection), client, nowMillis));
    return LinePort.listen(vertx, protocol, admission, host, port, false)
        .map(listening -> new SmtpGateway(admission, listening, drainBound));
  }

  /** The port that is listened on. */
  public int port() {
    return port.port();
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
    return port.stop(drainBound);
  }
}
