package io.mainstem.gateway.imap;

import io.mainstem.config.ImapLimits;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the connections of a listener, in all and by address (IPv6: by /64, which one client owns
 * whole). Thread-safe.
 */
final class Admission {
  private final ImapLimits limits;
  private final Map<ByteBuffer, Integer> open = new HashMap<>();
  private int total;

  Admission(ImapLimits limits) {
    this.limits = limits;
  }

  /** Whether one more may come in; then it must {@link #leave}. */
  synchronized boolean enter(InetAddress address) {
    ByteBuffer key = key(address);
    int here = open.getOrDefault(key, 0);
    if (total >= limits.maxConnections() || here >= limits.maxConnectionsPerAddress()) {
      return false;
    }
    open.put(key, here + 1);
    total++;
    return true;
  }

  synchronized void leave(InetAddress address) {
    open.computeIfPresent(key(address), (key, here) -> here == 1 ? null : here - 1);
    total--;
  }

  synchronized int total() {
    return total;
  }

  private static ByteBuffer key(InetAddress address) {
    byte[] bytes = address.getAddress();
    return ByteBuffer.wrap(bytes, 0, address instanceof Inet6Address ? 8 : bytes.length);
  }
}
