package io.mainstem.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.mainstem.bench.CassandraNodes;
import io.mainstem.bench.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A cell: nodes that share its people, over one Cassandra and one object store. All are processes.
 */
public final class CellRig implements Rig {
  private static final Duration BALANCED = Duration.ofMinutes(3);
  private static final long LOOK_MILLIS = 200;

  /** How the nodes reach the object store that they share. */
  public record ObjectStore(String endpoint, String bucket, String accessKey, String secretKey) {
    ServerProcess.Start with(ServerProcess.Start how) {
      return how.with(
          "--set",
          "blob.kind=s3",
          "--set",
          "blob.s3.endpoint=" + endpoint,
          "--set",
          "blob.s3.bucket=" + bucket,
          "--set",
          "blob.s3.accessKey=" + accessKey,
          "--set",
          "blob.s3.secretKey=" + secretKey,
          "--set",
          "blob.s3.pathStyle=true");
    }
  }

  private final CassandraNodes cassandra;
  private final List<NodeProcess> nodes;

  private CellRig(CassandraNodes cassandra, List<NodeProcess> nodes) {
    this.cassandra = cassandra;
    this.nodes = nodes;
  }

  /** What is missing on this machine; null when nothing is. */
  public static @Nullable String missing() {
    String cassandra = CassandraNodes.missing();
    return cassandra != null ? cassandra : ObjectStoreProcess.missing();
  }

  /**
   * Starts all of it, and waits until each node holds its share.
   *
   * @param how what all nodes are started with
   */
  public static CellRig start(Path room, int size, ServerProcess.Start how, ObjectStore objects)
      throws IOException, InterruptedException {
    var ports = new Ports();
    var cassandra =
        new CassandraNodes(
            Files.createDirectories(room.resolve("cassandra")),
            new CassandraNodes.Setup(
                1, ports.free(), ports.free(), ports.free(), "512m", CassandraNodes.Setup.GROUP));
    var nodes = new ArrayList<NodeProcess>();
    var rig = new CellRig(cassandra, nodes);
    try {
      cassandra.start();
      var members = new ArrayList<Integer>();
      for (int i = 0; i < size; i++) {
        members.add(ports.free());
      }
      String seeds = String.join(",", members.stream().map(port -> "127.0.0.1:" + port).toList());
      ServerProcess.Start all =
          objects.with(
              how.with(
                  "--set",
                  "store.kind=cassandra",
                  "--set",
                  "store.cassandra.contactPoints=" + cassandra.contactPoint(1),
                  "--set",
                  "store.cassandra.replication=datacenter1:1",
                  "--set",
                  "cell.enabled=true",
                  "--set",
                  "cell.name=a",
                  "--set",
                  "cell.members.seeds=" + seeds));
      for (int i = 0; i < size; i++) {
        String name = "a" + (i + 1);
        nodes.add(
            new NodeProcess(
                name,
                room.resolve(name),
                all.with(
                    "--set",
                    "cell.node=" + name,
                    "--set",
                    "cell.members.port=" + members.get(i),
                    "--set",
                    "cell.wire.port=" + ports.free()),
                ports.free()));
      }
      rig.startNodes();
      rig.awaitBalance();
      return rig;
    } catch (IOException | InterruptedException | RuntimeException e) {
      rig.close();
      throw e;
    }
  }

  /** The first makes the schema; the others come all at once. */
  private void startNodes() throws IOException, InterruptedException {
    nodes.getFirst().start();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var started = new ArrayList<Future<?>>();
      for (NodeProcess node : nodes.subList(1, nodes.size())) {
        started.add(
            threads.submit(
                () -> {
                  node.start();
                  return null;
                }));
      }
      for (Future<?> each : started) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a node of the cell did not start", e.getCause());
    }
  }

  @Override
  public String words() {
    return nodes.size() + " nodes of one cell over one Cassandra";
  }

  @Override
  public List<NodeProcess> nodes() {
    return List.copyOf(nodes);
  }

  @Override
  public Optional<Part> store() {
    return Optional.of(
        new Part() {
          @Override
          public void kill() {
            cassandra.kill(1);
          }

          @Override
          public void start() {
            cassandra.start(1);
          }
        });
  }

  /** The cell as its first node sees it. */
  private JsonNode seen() throws IOException, InterruptedException {
    return nodes.getFirst().server().admin("GET", "/admin/cell", Map.of());
  }

  @Override
  public void awaitBalance() throws IOException, InterruptedException {
    long end = System.nanoTime() + BALANCED.toNanos();
    JsonNode cell = seen();
    while (!isBalanced(cell)) {
      if (System.nanoTime() > end) {
        throw new IOException("after " + BALANCED + " the cell is not in balance: " + cell);
      }
      Thread.sleep(LOOK_MILLIS);
      cell = seen();
    }
  }

  private boolean isBalanced(JsonNode cell) {
    int serving = 0;
    for (JsonNode node : cell.path("nodes")) {
      if (node.path("share").asInt() == 0
          || node.path("share").asInt() != node.path("held").asInt()) {
        return false;
      }
      serving++;
    }
    return serving == nodes.size();
  }

  @Override
  public void close() {
    nodes.forEach(NodeProcess::close);
    cassandra.close();
  }
}
