package io.mainstem.gateway.smtp;

import io.mainstem.gateway.smtp.session.Peer;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.ServerSSLOptions;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSession;

/** One client's socket. Confined to the context that accepted it. */
final class SmtpConnection implements Wire {
  /** How long a client may take to read our last words before the connection is cut. */
  private static final long LINGER_MILLIS = 2_000;

  private final NetSocket socket;
  private final Context context;
  private final ServerSSLOptions tls;
  private final LongSupplier nowMillis;
  private long cutMillis = Long.MAX_VALUE;

  SmtpConnection(NetSocket socket, Context context, ServerSSLOptions tls, LongSupplier nowMillis) {
    this.socket = socket;
    this.context = context;
    this.tls = tls;
    this.nowMillis = nowMillis;
  }

  void onTick() {
    if (nowMillis.getAsLong() >= cutMillis) {
      forget(socket.close());
    }
  }

  @Override
  public void write(String text) {
    forget(socket.write(Buffer.buffer(text)));
  }

  @Override
  public void pause() {
    socket.pause();
  }

  @Override
  public void resume() {
    socket.resume();
  }

  @Override
  public Future<Peer.Tls> startTls(String reply) {
    // Vert.x stops reading, sends the reply, puts TLS in place and only then reads on: no byte of the handshake is lost, and none
    // that came in the clear can get behind it.
    return socket
        .upgradeToSsl(tls, Buffer.buffer(reply))
        .map(
            upgraded -> {
              SSLSession session = socket.sslSession();
              return new Peer.Tls(session.getProtocol(), session.getCipherSuite());
            });
  }

  /**
   * Ends our direction and waits a little for the client to end its own: a close with unread bytes would be a reset, which may
   * overtake the reply that says why.
   */
  @Override
  public void close() {
    if (socket.isSsl()) {
      forget(socket.close());
      return;
    }
    cutMillis = nowMillis.getAsLong() + LINGER_MILLIS;
    forget(
        socket
            .write(Buffer.buffer())
            .onComplete(
                written -> {
                  if (((NetSocketInternal) socket).channelHandlerContext().channel() instanceof DuplexChannel channel) {
                    channel.shutdownOutput().addListener(ignored -> {});
                  } else {
                    forget(socket.close());
                  }
                }));
  }

  @Override
  public void run(Runnable task) {
    if (Vertx.currentContext() == context) {
      task.run();
    } else {
      context.runOnContext(go -> task.run());
    }
  }

  /** A write or close that fails means that the client is gone, which the close handler hears of. */
  private static void forget(Future<Void> done) {
    done.onComplete(ignored -> {});
  }
}
