package io.mainstem.line;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the connections of a gateway, in all and by address (IPv6: by /64, which one client owns
 * whole). Thread-safe.
 */
public final class Admission {
  private final int maxConnections;
  private final int maxConnectionsPerAddress;
  private final Map<ByteBuffer, Integer> open = new HashMap<>();
  private int total;

  public Admission(int maxConnections, int maxConnectionsPerAddress) {
    this.maxConnections = maxConnections;
    this.maxConnectionsPerAddress = maxConnectionsPerAddress;
  }

  int maxConnections() {
    return maxConnections;
  }

  /** Whether one more may come in; then it must {@link #leave}. */
  synchronized boolean enter(InetAddress address) {
    ByteBuffer key = key(address);
    int here = open.getOrDefault(key, 0);
    if (total >= maxConnections || here >= maxConnectionsPerAddress) {
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

  /** Connections that are open now. */
  public synchronized int total() {
    return total;
  }

  private static ByteBuffer key(InetAddress address) {
    byte[] bytes = address.getAddress();
    return ByteBuffer.wrap(bytes, 0, address instanceof Inet6Address ? 8 : bytes.length);
  }
}
