package io.mainstem.line;

import io.mainstem.proxy.ProxyDoor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** Accepts connections on one event loop; deployed once per event loop, all on the same port. */
final class LineListener extends VerticleBase {
  private static final long TICK_MILLIS = 1_000;
  private static final int ACCEPT_BACKLOG = 1_024;

  /** As much may wait for a client that reads slowly. */
  private static final int WRITE_QUEUE_BYTES = 256 << 10;

  private final LineProtocol protocol;
  private final Admission admission;
  private final SocketAddress address;
  private final boolean implicitTls;
  private final IntConsumer onPort;
  private final Map<LineConnection, LineConversation> open = new HashMap<>();
  private final Promise<Void> drained = Promise.promise();
  private boolean stopping;

  LineListener(
      LineProtocol protocol,
      Admission admission,
      SocketAddress address,
      boolean implicitTls,
      IntConsumer onPort) {
    this.protocol = protocol;
    this.admission = admission;
    this.address = address;
    this.implicitTls = implicitTls;
    this.onPort = onPort;
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(TICK_MILLIS, tick -> onTick());
    var door =
        new ProxyDoor(
            protocol.name(),
            protocol.proxies(),
            admission.maxConnections(),
            () -> protocol.stage().refused("proxy"));
    return vertx
        .createNetServer(
            new NetServerOptions().setAcceptBacklog(ACCEPT_BACKLOG).setTcpNoDelay(true))
        .connectHandler(
            socket ->
                door.enter(
                    socket, (ContextInternal) context, client -> onConnection(socket, client)))
        .listen(address)
        .onSuccess(listening -> onPort.accept(listening.actualPort()));
  }

  private void onConnection(NetSocket socket, InetAddress client) {
    if (stopping || !admission.enter(client)) {
      protocol.stage().refused("connections");
      socket
          .write(Buffer.buffer(protocol.turnedAway()))
          .eventually(socket::close)
          .onComplete(done -> {});
      return;
    }
    socket.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
    var connection =
        new LineConnection(socket, (ContextInternal) context, protocol.tls(), protocol.nowMillis());
    var conversation = protocol.conversations().begin(connection, client, implicitTls);
    open.put(connection, conversation);
    socket.handler(buffer -> conversation.onBytes(buffer.getBytes()));
    socket.exceptionHandler(broken -> {});
    socket.closeHandler(
        closed -> {
          open.remove(connection);
          admission.leave(client);
          connection.onClosed();
          conversation.onClosed();
          if (stopping && open.isEmpty()) {
            drained.tryComplete();
          }
        });
    if (implicitTls) {
      // RFC 8314 §3.2.
      connection
          .startTls(Buffer.buffer())
          .onComplete(
              shaken ->
                  connection.run(
                      () -> {
                        if (shaken.failed()) {
                          socket.close().onComplete(done -> {});
                        } else {
                          conversation.greet();
                        }
                      }));
    } else {
      conversation.greet();
    }
  }

  private void onTick() {
    for (var entry : List.copyOf(open.entrySet())) {
      entry.getValue().onTick();
      entry.getKey().onTick();
    }
  }

  /** Accepts nothing more and lets every session end where it can. */
  Future<Void> drain() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        go -> {
          stopping = true;
          List.copyOf(open.values()).forEach(LineConversation::drain);
          if (open.isEmpty()) {
            drained.tryComplete();
          }
          drained.future().onComplete(done);
        });
    return done.future();
  }
}
