package io.mainstem.gateway.imap;

import io.mainstem.gateway.imap.session.Wire;
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
import org.jspecify.annotations.Nullable;

/** One client's socket. Confined to the context that accepted it. */
final class ImapConnection implements Wire {
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

  ImapConnection(
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

  @Override
  public void write(Buffer bytes) {
    forget(socket.write(bytes));
  }

  @Override
  public boolean hasRoom() {
    return !socket.writeQueueFull();
  }

  @Override
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
  public Future<Void> startTls() {
    Channel channel = channel();
    channel.config().setAutoRead(false);
    Promise<Void> done = Promise.promise();
    secured = true;
    socket
        .write(Buffer.buffer())
        .onFailure(done::tryFail)
        .onSuccess(
            written -> {
              SslHandler handler = tls.newHandler(channel.alloc());
              handler
                  .handshakeFuture()
                  .addListener(
                      shaken -> {
                        if (shaken.isSuccess()) {
                          done.tryComplete();
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
  @Override
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
