package io.mainstem.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.mainstem.bench.CassandraNodes;
import io.mainstem.bench.NodeProcess;
import io.mainstem.bench.ServerProcess;
import io.mainstem.bench.cluster.Cluster;
import io.mainstem.bench.cluster.ToolProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The people of one cell of a cluster, and all that may be struck of it. */
public final class ClusterRig implements Rig {
  private static final Duration BALANCED = Duration.ofMinutes(3);
  private static final Duration MOVED = Duration.ofMinutes(3);
  private static final long LOOK_MILLIS = 200;

  /** Where the first cell is at home. */
  private static final String DATA_CENTER = "east";

  private final Cluster cluster;
  private final String cell;

  /**
   * @param cluster stays the caller's
   * @param cell where the people live
   */
  public ClusterRig(Cluster cluster, String cell) {
    this.cluster = cluster;
    this.cell = cell;
  }

  @Override
  public String words() {
    return nodes().size() + " nodes of cell " + cell + " over one Cassandra";
  }

  @Override
  public List<NodeProcess> nodes() {
    return cluster.nodes(cell);
  }

  @Override
  public Optional<Part> store() {
    return Optional.of(new CassandraPart(cluster.cassandra(cell)));
  }

  @Override
  public Optional<Part> directory() {
    return cluster.directory().map(CassandraPart::new);
  }

  @Override
  public Optional<Part> redis() {
    return Optional.of(new RedisPart(cluster.redis(DATA_CENTER)));
  }

  @Override
  public Optional<Part> network() {
    return nodes().size() > 1 && Blackhole.isAllowed()
        ? Optional.of(new Blackhole(cluster.innerAddress(nodes().getLast())))
        : Optional.empty();
  }

  @Override
  public Optional<Rig> neighbour() {
    return elsewhere().map(each -> new ClusterRig(cluster, each));
  }

  @Override
  public void send(List<String> names) throws IOException, InterruptedException {
    move(names, elsewhere().orElseThrow(() -> new IOException("there is no other cell")));
  }

  @Override
  public void fetch(List<String> names) throws IOException, InterruptedException {
    move(names, cell);
  }

  /** All are told at once; how many go at a time is the cell's affair. */
  private void move(List<String> names, String to) throws IOException, InterruptedException {
    ServerProcess asked = nodes().getFirst().server();
    for (String name : names) {
      asked.admin("POST", "/admin/users/" + name + "/move", Map.of("cell", to));
    }
    long end = System.nanoTime() + MOVED.toNanos();
    for (String name : names) {
      while (!lives(asked.admin("GET", "/admin/users/" + name, Map.of()), to)) {
        if (System.nanoTime() > end) {
          throw new IOException("after " + MOVED + " " + name + " does not live in cell " + to);
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  private static boolean lives(JsonNode user, String cell) {
    return user.path("cell").asText().equals(cell) && !user.hasNonNull("move");
  }

  private Optional<String> elsewhere() {
    return cluster.cells().stream().filter(each -> !each.equals(cell)).findFirst();
  }

  private record CassandraPart(CassandraNodes nodes) implements Part {
    @Override
    public void kill() {
      nodes.kill(1);
    }

    @Override
    public void start() {
      nodes.start(1);
    }
  }

  private record RedisPart(ToolProcess process) implements Part {
    @Override
    public void kill() {
      process.kill();
    }

    @Override
    public void start() throws IOException, InterruptedException {
      process.start();
    }
  }

  @Override
  public void awaitBalance() throws IOException, InterruptedException {
    long end = System.nanoTime() + BALANCED.toNanos();
    JsonNode seen = seen();
    while (!isBalanced(seen)) {
      if (System.nanoTime() > end) {
        throw new IOException("after " + BALANCED + " the cell is not in balance: " + seen);
      }
      Thread.sleep(LOOK_MILLIS);
      seen = seen();
    }
  }

  /** The cell as its first node sees it. */
  private JsonNode seen() throws IOException, InterruptedException {
    return nodes().getFirst().server().admin("GET", "/admin/cell", Map.of());
  }

  private boolean isBalanced(JsonNode seen) {
    int serving = 0;
    for (JsonNode node : seen.path("nodes")) {
      int share = node.path("share").asInt();
      if (share == 0 || share != node.path("held").asInt()) {
        return false;
      }
      serving++;
    }
    return serving == nodes().size();
  }

  @Override
  public void close() {}
}
