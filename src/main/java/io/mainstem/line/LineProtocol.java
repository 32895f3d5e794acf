package io.mainstem.line;

import io.mainstem.proxy.Proxies;
import io.mainstem.stage.Stage;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.util.function.LongSupplier;

/**
 * What a gateway says of its protocol.
 *
 * @param name of the gateway, as its section of the configuration
 * @param turnedAway what a client is told that may not come in
 * @param tls the certificate that is shown
 * @param conversations begins what is said on a connection
 */
public record LineProtocol(
    String name,
    String turnedAway,
    Proxies proxies,
    Stage stage,
    SslContext tls,
    LongSupplier nowMillis,
    Conversations conversations) {

  /** Begins a conversation for each client. */
  @FunctionalInterface
  public interface Conversations {
    /**
     * @param isProtected the connection is under TLS from its first byte on (RFC 8314 §3)
     */
    LineConversation begin(LineConnection connection, InetAddress client, boolean isProtected);
  }
}
