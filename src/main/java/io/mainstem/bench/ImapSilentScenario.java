package io.mainstem.bench;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Connections to the IMAP port that never say a word: what they cost, how long the next user's
 * login takes beside them, and how long it takes to be rid of them.
 */
final class ImapSilentScenario implements Scenario {
  private static final int WANTED = 10_000;
  private static final int LOGIN_SECONDS = 60;
  private static final int LOGINS = 50;

  @Override
  public String name() {
    return "imap-silent";
  }

  @Override
  public void run(Lab lab) throws Exception {
    int connections =
        Math.min(WANTED, Machine.openFileLimit() - ImapIdleScenario.OTHER_DESCRIPTORS);
    var megabytes = new ArrayList<Double>();
    var extra = new ArrayList<Double>();
    var usual = new ArrayList<Double>();
    var slowest = new ArrayList<Double>();
    var rid = new ArrayList<Double>();
    var limits =
        Lab.QUICK_LOGIN.with(
            "--set",
            "imap.limits.loginSeconds=" + LOGIN_SECONDS,
            "--set",
            "imap.limits.maxConnectionsPerAddress=" + 2 * WANTED);
    for (int run = 0; run < lab.runs(); run++) {
      logins(lab, limits, connections, usual, slowest);
      // The serial collector leaves nothing lying about, so that memory can be told apart; but one
      // of its pauses is longer than all that a login takes.
      var how = limits.java("-XX:+UseSerialGC", "-Xmx2g");
      List<Socket> silent = new ArrayList<>();
      try (var server = lab.server("imap-silent", how)) {
        Lab.addUsers(server, "u", 1);
        login(server); // what is loaded once is no matter of the connections
        long before = IdleScenario.rested(server);
        long start = System.nanoTime();
        open(server, connections, silent);
        login(server);
        long after = IdleScenario.rested(server);
        megabytes.add(after / 1e6);
        extra.add((after - before) / 1e6);
        for (Socket socket : silent) {
          socket.setSoTimeout(3 * LOGIN_SECONDS * 1_000);
          socket.getInputStream().readAllBytes(); // greeting and farewell
        }
        rid.add((System.nanoTime() - start) / 1e9);
      } finally {
        close(silent);
      }
    }
    var about = Map.<String, Object>of("connections", connections);
    lab.figures().add("imap-silent", "resident_mb", "MB", about, megabytes, Map.of());
    lab.figures().add("imap-silent", "more_than_without_mb", "MB", about, extra, Map.of());
    lab.figures().add("imap-silent", "login_p50_ms", "ms", about, usual, Map.of());
    lab.figures().add("imap-silent", "login_slowest_ms", "ms", about, slowest, Map.of());
    lab.figures().add("imap-silent", "all_gone_s", "s", about, rid, Map.of());
  }

  /**
   * Logins right behind the silent connections, the first of them while those are still taken in.
   */
  private static void logins(
      Lab lab, ServerProcess.Start how, int connections, List<Double> usual, List<Double> slowest)
      throws Exception {
    List<Socket> silent = new ArrayList<>();
    try (var server = lab.server("imap-silent", how)) {
      Lab.addUsers(server, "u", 1);
      login(server);
      open(server, connections, silent);
      var times = new ArrayList<Double>();
      for (int i = 0; i < LOGINS; i++) {
        times.add(login(server));
      }
      times.sort(null);
      usual.add(times.get(LOGINS / 2));
      slowest.add(times.get(LOGINS - 1));
    } finally {
      close(silent);
    }
  }

  private static void open(ServerProcess server, int connections, List<Socket> silent)
      throws IOException {
    var endpoint = server.endpoint("imap");
    for (int i = 0; i < connections; i++) {
      silent.add(new Socket(endpoint.host(), endpoint.port()));
    }
  }

  private static void close(List<Socket> silent) throws IOException {
    for (Socket socket : silent) {
      socket.close();
    }
  }

  /** Milliseconds from the connection to the answer. */
  @CanIgnoreReturnValue
  private static double login(ServerProcess server) throws Exception {
    long before = System.nanoTime();
    try (var client = new ImapClient(server.endpoint("imap"), "u0")) {
      client.ok("NOOP");
      return (System.nanoTime() - before) / 1e6;
    }
  }
}
