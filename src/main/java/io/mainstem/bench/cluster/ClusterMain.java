package io.mainstem.bench.cluster;

import io.mainstem.bench.CassandraNodes;
import io.mainstem.bench.NodeProcess;
import io.mainstem.bench.ServerProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What {@code scripts/cluster} runs: starts it all, prints the addresses, and waits for its end.
 */
@Command(
    name = "scripts/cluster",
    description = {
      "Starts on this machine, with real processes: a Cassandra for each cell and one for the"
          + " directory, a Redis for each of two data centers, an object store, three nodes of cell"
          + " a and one of cell b. Prints where they listen, and ends all of it, with its data, at"
          + " Control-C or SIGTERM."
    },
    mixinStandardHelpOptions = true)
public final class ClusterMain implements Callable<Integer> {
  private static final String PASSWORD = "cluster-password-1";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "23000",
      description =
          "The first of a hundred ports that nobody else uses (default: ${DEFAULT-VALUE}).")
  int port = 23_000;

  @Option(
      names = "--room",
      paramLabel = "DIR",
      description =
          "A new directory for data and logs, removed at the end (default: one below the temporary"
              + " directory).")
  @Nullable Path room;

  @Option(
      names = "--once",
      description = "End as soon as everything has come up: shows that it does.")
  boolean once;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ClusterMain()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    String missing = CassandraNodes.missing();
    if (missing != null) {
      System.err.println(missing);
      return 1;
    }
    if (room != null && Files.exists(room)) {
      System.err.println(room + " is there already; what is in it would be removed at the end");
      return 1;
    }
    Path directory = room != null ? room : Files.createTempDirectory("mainstem-cluster");
    var over = new CountDownLatch(1);
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  main.interrupt();
                  awaitQuietly(over);
                }));
    PrintStream out = System.out;
    try (Cluster cluster =
        Cluster.start(
            directory,
            Cluster.Layout.of(port, ServerProcess.Start.PLAIN),
            Tools.HERE,
            line -> out.println(line))) {
      // An account lives in the cell of the node that makes it.
      addPerson(cluster.nodes("a").getFirst(), "alice");
      addPerson(cluster.nodes("a").getFirst(), "bob");
      addPerson(cluster.nodes("b").getFirst(), "carol");
      out.println("people alice and bob in cell a, carol in cell b, with the password " + PASSWORD);
      out.println("cluster ready; Control-C ends it; data and logs are in " + directory);
      if (!once) {
        new CountDownLatch(1).await();
      }
      return 0;
    } catch (InterruptedException asked) {
      return 0;
    } finally {
      over.countDown();
    }
  }

  private static void addPerson(NodeProcess node, String name)
      throws IOException, InterruptedException {
    var unused =
        node.server().admin("POST", "/admin/users", Map.of("name", name, "password", PASSWORD));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
