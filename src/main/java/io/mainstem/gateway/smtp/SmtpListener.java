package io.mainstem.gateway.smtp;

import io.mainstem.gateway.smtp.handlers.Handlers;
import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.rendering.ReplyText;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.proxy.ProxyDoor;
import io.netty.handler.ssl.SslContext;
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
import java.util.function.LongSupplier;

/** Accepts connections on one event loop; deployed once per event loop, all on the same port. */
final class SmtpListener extends VerticleBase {
  private static final long TICK_MILLIS = 1_000;
  private static final int ACCEPT_BACKLOG = 1_024;

  private final Setup setup;
  private final Handlers handlers;
  private final Admission admission;
  private final SocketAddress address;
  private final SslContext tls;
  private final LongSupplier nowMillis;
  private final IntConsumer onPort;
  private final Map<SmtpConnection, Conversation> open = new HashMap<>();
  private final Promise<Void> drained = Promise.promise();
  private boolean stopping;

  SmtpListener(
      Setup setup,
      Handlers handlers,
      Admission admission,
      SocketAddress address,
      SslContext tls,
      LongSupplier nowMillis,
      IntConsumer onPort) {
    this.setup = setup;
    this.handlers = handlers;
    this.admission = admission;
    this.address = address;
    this.tls = tls;
    this.nowMillis = nowMillis;
    this.onPort = onPort;
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(TICK_MILLIS, tick -> onTick());
    var door =
        new ProxyDoor(
            setup.role().stage(),
            setup.proxies(),
            setup.limits().maxConnections(),
            () -> setup.stage().refused("proxy"));
    return vertx
        .createNetServer(new NetServerOptions().setAcceptBacklog(ACCEPT_BACKLOG))
        .connectHandler(
            socket ->
                door.enter(
                    socket, (ContextInternal) context, client -> onConnection(socket, client)))
        .listen(address)
        .onSuccess(listening -> onPort.accept(listening.actualPort()));
  }

  private void onConnection(NetSocket socket, InetAddress client) {
    if (stopping || !admission.enter(client)) {
      setup.stage().refused("connections");
      SmtpReply reply = SmtpReply.of(421, 7, 0, "Too many connections, try again later");
      socket
          .write(Buffer.buffer(ReplyText.of(reply)))
          .eventually(socket::close)
          .onComplete(done -> {});
      return;
    }
    var connection = new SmtpConnection(socket, (ContextInternal) context, tls, nowMillis);
    var conversation = new Conversation(setup, handlers, connection, client, nowMillis);
    open.put(connection, conversation);
    socket.handler(buffer -> conversation.onBytes(buffer.getBytes()));
    socket.exceptionHandler(broken -> {});
    socket.closeHandler(
        closed -> {
          open.remove(connection);
          admission.leave(client);
          conversation.onClosed();
          if (stopping && open.isEmpty()) {
            drained.tryComplete();
          }
        });
    conversation.greet();
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
          List.copyOf(open.values()).forEach(Conversation::drain);
          if (open.isEmpty()) {
            drained.tryComplete();
          }
          drained.future().onComplete(done);
        });
    return done.future();
  }
}
