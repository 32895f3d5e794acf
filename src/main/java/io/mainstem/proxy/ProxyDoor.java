package io.mainstem.proxy;

import io.netty.channel.Channel;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who has connected to a listener, before anything is said. For a balancer's connection
 * the header is taken off in Netty's pipeline, in front of everything, so that what comes behind it
 * may be text or the handshake of TLS. Confined to the listener's context.
 */
public final class ProxyDoor {
  private static final Logger log = LoggerFactory.getLogger(ProxyDoor.class);

  private final String name;
  private final Proxies proxies;
  private final int maxWaiting;
  private final Runnable onRefused;

  /** Said once, and again when it had worked in between. */
  private final AtomicBoolean warned = new AtomicBoolean();

  private int waiting;

  /**
   * @param name of the gateway, as its section of the configuration
   * @param maxWaiting connections whose header is not there yet
   * @param onRefused told of each connection that is closed for its header
   */
  public ProxyDoor(String name, Proxies proxies, int maxWaiting, Runnable onRefused) {
    this.name = name;
    this.proxies = proxies;
    this.maxWaiting = maxWaiting;
    this.onRefused = onRefused;
  }

  /**
   * To be called in the connect handler, when nothing has been read.
   *
   * @param onClient called with the client's address, at once if no balancer stands between; not
   *     called when the connection ends before
   */
  public void enter(NetSocket socket, ContextInternal context, Consumer<InetAddress> onClient) {
    InetAddress peer = addressOf(socket);
    if (!proxies.trusts(peer)) {
      onClient.accept(peer);
      return;
    }
    Channel channel = ((NetSocketInternal) socket).channelHandlerContext().channel();
    if (waiting >= maxWaiting) {
      onRefused.run();
      channel.close().addListener(closed -> {});
      return;
    }
    waiting++;
    channel
        .pipeline()
        .addFirst(
            "proxy",
            new HeaderHandler(
                header -> {
                  waiting--;
                  warned.set(false);
                  context.dispatch(
                      () -> onClient.accept(header.client() == null ? peer : header.client()));
                },
                reason -> {
                  waiting--;
                  onRefused.run();
                  if (!warned.getAndSet(true)) {
                    log.warn(
                        "A connection from an address of {}.proxies was closed: {}. A balancer must"
                            + " begin each with the PROXY protocol, version 2 (HAProxy:"
                            + " send-proxy-v2)",
                        name,
                        reason);
                  }
                },
                () -> waiting--));
  }

  private static InetAddress addressOf(NetSocket socket) {
    try {
      // The text of an address: nothing is looked up.
      return InetAddress.getByName(socket.remoteAddress().hostAddress());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("a connection has an address", e);
    }
  }
}
