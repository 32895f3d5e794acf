package io.mainstem.bench;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Resident bytes of the server for each WebSocket that has caught up and then says nothing. */
final class IdleScenario implements Scenario {
  private static final int USERS = 100;
  private static final int WANTED = 10_000;

  /** Descriptors that the two processes need beside the connections. */
  private static final int OTHER_DESCRIPTORS = 1_000;

  private static final int BATCH = 250;

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public void run(Lab lab) throws Exception {
    int connections = Math.min(WANTED, Machine.openFileLimit() - OTHER_DESCRIPTORS);
    var bytes = new ArrayList<Double>();
    for (int run = 0; run < lab.runs(); run++) {
      var how =
          Lab.QUICK_LOGIN
              .java("-XX:+UseSerialGC", "-Xmx2g")
              .with(
                  "--set",
                  "http.stream.maxPerUser=" + (connections / USERS + 1),
                  "--set",
                  "mailbox.watchersPerUser=" + (connections / USERS + 1));
      try (var server = lab.server("idle", how)) {
        Lab.addUsers(server, "u", USERS);
        var client = new ChatClient(lab.vertx(), server.endpoint("http"));
        var tokens = new ArrayList<String>();
        for (int u = 0; u < USERS; u++) {
          tokens.add(get(client.login("u" + u, Lab.PASSWORD)));
        }
        get(Future.join(open(client, tokens, 0, BATCH)));
        long before = rested(server);
        for (int i = BATCH; i < connections; i += BATCH) {
          get(Future.join(open(client, tokens, i, Math.min(BATCH, connections - i))));
        }
        bytes.add((double) (rested(server) - before) / (connections - BATCH));
        get(client.close());
      }
    }
    lab.figures()
        .add(
            "idle",
            "bytes_per_connection",
            "B",
            Map.of("connections", connections),
            bytes,
            Map.of());
  }

  private static List<Future<?>> open(ChatClient client, List<String> tokens, int from, int count) {
    var all = new ArrayList<Future<?>>();
    for (int i = from; i < from + count; i++) {
      all.add(client.stream(tokens.get(i % tokens.size()), "", text -> {}));
    }
    return all;
  }

  /** Resident bytes after the garbage of the hand-shakes is collected. */
  static long rested(ServerProcess server) throws IOException, InterruptedException {
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(server.handle().pid()),
            "GC.run")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    return server.residentBytes();
  }

  @CanIgnoreReturnValue
  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
  }
}
