package io.mainstem.gateway.smtp.session;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection, as far as it has shown.
 *
 * @param tls null while the connection is in the clear
 * @param login null while nobody has logged in
 */
public record Peer(InetAddress address, @Nullable Tls tls, @Nullable Login login) {
  /**
   * What protects the connection, by the names of the JDK: {@code TLSv1.3}, {@code
   * TLS_AES_256_GCM_SHA384}.
   */
  public record Tls(String protocol, String cipher) {}

  public Peer with(Tls shown) {
    // What was said in the clear is forgotten (RFC 3207 §4.2).
    return new Peer(address, shown, null);
  }

  public Peer with(Login shown) {
    return new Peer(address, tls, shown);
  }
}
