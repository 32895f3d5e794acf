package io.mainstem.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Ports that are free now and stay so while a server is down: they lie below those that the system
 * hands to clients.
 */
public final class Ports {
  private static final int FIRST = 26_000;
  private static final int LAST = 26_999;
  private static final int HUNDRED = 100;

  private int next = FIRST + (int) (ProcessHandle.current().pid() % 10) * 100;

  public int free() throws IOException {
    for (int tried = 0; tried <= LAST - FIRST; tried++) {
      int port = next;
      next = next == LAST ? FIRST : next + 1;
      if (isFree(port)) {
        return port;
      }
    }
    throw new IOException("no port from " + FIRST + " to " + LAST + " is free");
  }

  /** The first of a hundred in a row that are all free. */
  public static int hundred() throws IOException {
    int begin = (int) (ProcessHandle.current().pid() % 10);
    for (int i = 0; i < (LAST + 1 - FIRST) / HUNDRED; i++) {
      int first = FIRST + (begin + i) % 10 * HUNDRED;
      int port = first;
      while (port < first + HUNDRED && isFree(port)) {
        port++;
      }
      if (port == first + HUNDRED) {
        return first;
      }
    }
    throw new IOException("no hundred ports from " + FIRST + " to " + LAST + " are free");
  }

  private static boolean isFree(int port) {
    try (var probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
