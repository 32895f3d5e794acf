package io.mainstem.gateway.smtp;

import io.mainstem.gateway.smtp.session.Peer;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** One client's socket. Confined to the context that accepted it. */
final class SmtpConnection implements Wire {
  /** How long a client may take to read our last words before the connection is cut. */
  private static final long LINGER_MILLIS = 2_000;

  private final NetSocket socket;
  private final ContextInternal context;
  private final SslContext tls;
  private final LongSupplier nowMillis;
  private long cutMillis = Long.MAX_VALUE;

  SmtpConnection(
      NetSocket socket, ContextInternal context, SslContext tls, LongSupplier nowMillis) {
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

  /**
   * Puts TLS into Netty's pipeline by hand: Vert.x 5.0 can do it on one only of the servers that
   * share a port. From here until it is in place nothing is read, so no byte of the handshake is
   * taken for text, and none that came in the clear can get behind it.
   */
  @Override
  public Future<Peer.Tls> startTls(String reply) {
    Channel channel = channel();
    channel.config().setAutoRead(false);
    Promise<Peer.Tls> done = Promise.promise();
    socket
        .write(Buffer.buffer(reply))
        .onFailure(done::tryFail)
        .onSuccess(
            written -> {
              SslHandler handler = tls.newHandler(channel.alloc());
              handler
                  .handshakeFuture()
                  .addListener(shaken -> onHandshake(handler, shaken.cause(), done));
              channel.pipeline().addFirst("ssl", handler);
              channel.config().setAutoRead(true);
            });
    return done.future();
  }

  private static void onHandshake(
      SslHandler handler, @Nullable Throwable failure, Promise<Peer.Tls> done) {
    if (failure != null) {
      done.tryFail(failure);
      return;
    }
    SSLSession session = handler.engine().getSession();
    done.tryComplete(new Peer.Tls(session.getProtocol(), session.getCipherSuite()));
  }

  private Channel channel() {
    return ((NetSocketInternal) socket).channelHandlerContext().channel();
  }

  /**
   * Ends our direction and waits a little for the client to end its own: a close with unread bytes
   * would be a reset, which may overtake the reply that says why.
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
                  if (channel() instanceof DuplexChannel channel) {
                    channel.shutdownOutput().addListener(ignored -> {});
                  } else {
                    forget(socket.close());
                  }
                }));
  }

  /**
   * The first command under TLS may come in one packet with the end of the handshake: what that
   * changes must be changed at once.
   */
  @Override
  public void run(Runnable task) {
    if (context.inThread()) {
      context.dispatch(task);
    } else {
      context.runOnContext(go -> task.run());
    }
  }

  /**
   * A write or close that fails means that the client is gone, which the close handler hears of.
   */
  private static void forget(Future<Void> done) {
    done.onComplete(ignored -> {});
  }
}
