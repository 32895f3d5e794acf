package io.mainstem.bench.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Ports that are free now and stay so while a server is down: they lie below those that the system
 * hands to clients.
 */
final class Ports {
  private static final int FIRST = 26_000;
  private static final int LAST = 26_999;

  private int next = FIRST + (int) (ProcessHandle.current().pid() % 10) * 100;

  int free() throws IOException {
    for (int tried = 0; tried <= LAST - FIRST; tried++) {
      int port = next;
      next = next == LAST ? FIRST : next + 1;
      try (var probe = new ServerSocket()) {
        probe.setReuseAddress(true);
        probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException taken) {
        // The next one.
      }
    }
    throw new IOException("no port from " + FIRST + " to " + LAST + " is free");
  }
}
