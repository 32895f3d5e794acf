package io.mainstem.line;

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
import java.nio.channels.ClosedChannelException;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** One client's socket. Confined to the context that accepted it. */
public final class LineConnection {
  /** How long a client may take to read our last words before the connection is cut. */
  private static final long LINGER_MILLIS = 2_000;

  private final NetSocket socket;
  private final ContextInternal context;
  private final SslContext tls;
  private final LongSupplier nowMillis;
  private long cutMillis = Long.MAX_VALUE;
  private @Nullable Promise<Void> room;
  private boolean gone;
  private boolean secured;

  LineConnection(
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

  /** Nobody reads any more. */
  void onClosed() {
    gone = true;
    Promise<Void> waiting = room;
    room = null;
    if (waiting != null) {
      waiting.tryFail(new ClosedChannelException());
    }
  }

  /** Sends bytes, in the order of the calls. */
  public void write(Buffer bytes) {
    forget(socket.write(bytes));
  }

  /** Whether the socket takes more without gathering it in memory. */
  public boolean hasRoom() {
    return !socket.writeQueueFull();
  }

  /** Completes when it does; fails when the client is gone. */
  public Future<Void> room() {
    if (gone) {
      return Future.failedFuture(new ClosedChannelException());
    }
    if (hasRoom()) {
      return Future.succeededFuture();
    }
    Promise<Void> waiting = room;
    if (waiting == null) {
      waiting = Promise.promise();
      room = waiting;
      socket.drainHandler(
          drained -> {
            Promise<Void> now = room;
            room = null;
            if (now != null) {
              now.tryComplete();
            }
          });
    }
    return waiting.future();
  }

  /** Reads no more until {@link #resume}. */
  public void pause() {
    socket.pause();
  }

  public void resume() {
    socket.resume();
  }

  /**
   * Puts TLS into Netty's pipeline by hand: Vert.x 5.0 can do it on one only of the servers that
   * share a port. From here until it is in place nothing is read, so no byte of the handshake is
   * taken for text, and none that came in the clear can get behind it.
   *
   * @param last what is still said in the clear
   */
  public Future<SSLSession> startTls(Buffer last) {
    Channel channel = channel();
    channel.config().setAutoRead(false);
    Promise<SSLSession> done = Promise.promise();
    secured = true;
    socket
        .write(last)
        .onFailure(done::tryFail)
        .onSuccess(
            written -> {
              SslHandler handler = tls.newHandler(channel.alloc());
              handler
                  .handshakeFuture()
                  .addListener(
                      shaken -> {
                        if (shaken.isSuccess()) {
                          done.tryComplete(handler.engine().getSession());
                        } else {
                          done.tryFail(shaken.cause());
                        }
                      });
              channel.pipeline().addFirst("ssl", handler);
              channel.config().setAutoRead(true);
            });
    return done.future();
  }

  private Channel channel() {
    return ((NetSocketInternal) socket).channelHandlerContext().channel();
  }

  /**
   * Ends our direction and waits a little for the client to end its own: a close with unread bytes
   * would be a reset, which may overtake the response that says why.
   */
  public void close() {
    if (secured) {
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
   * Runs this on the connection's context, at once when it is the caller's: the first command under
   * TLS may come in one packet with the end of the handshake, and what that changes must be changed
   * by then.
   */
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
