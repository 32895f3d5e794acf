package io.mainstem.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.mainstem.bench.PairsLoad.Couple;
import io.mainstem.bench.cluster.Cluster;
import io.mainstem.bench.cluster.Tools;
import io.mainstem.bench.faults.Training;
import io.mainstem.cell.ring.Member;
import io.mainstem.cell.ring.Ring;
import io.mainstem.message.UserId;
import io.mainstem.store.Partition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * The chat of {@code send} in cells of one to four nodes over one Cassandra: what is delivered, and
 * the CPU time of all nodes for a message, with clients at any node. Then what it costs that a
 * client is not at the owner's node: the same pairs, both people of each owned by one node, once
 * with their devices there and once with their devices at the next node. At last the node that all
 * devices are at is killed ({@link ReconnectStorm}).
 */
final class ClusterScenario implements Scenario {
  private static final int MOST_NODES = 4;
  private static final int ROUNDS = 3;

  /** The size of cell in which a node is killed, and the devices that are at it. */
  private static final int STORM_NODES = 3;

  private static final int STORM_DEVICES = 5_000;
  private static final int PEOPLE = 4 * PairsLoad.PAIRS;

  @Override
  public String name() {
    return "cluster";
  }

  @Override
  public void run(Lab lab) throws Exception {
    String missing = Cluster.missing(Tools.HERE);
    if (missing != null) {
      throw new IOException(missing);
    }
    ServerProcess.Start how = Training.warm(lab.vertx(), lab.room(), System.out::println);
    for (int size = 1; size <= MOST_NODES; size++) {
      var any = new Series();
      var atOwner = new Series();
      var elsewhere = new Series();
      var storms = new ArrayList<ReconnectStorm.Measured>();
      for (int run = 0; run < lab.runs(); run++) {
        var layout =
            Cluster.Layout.ofOneCell(
                size, Ports.hundred(), ReconnectStorm.roomFor(how, STORM_DEVICES));
        try (Cluster cluster =
            Cluster.start(lab.room().resolve("cluster"), layout, Tools.HERE, line -> {})) {
          List<NodeProcess> nodes = cluster.nodes("a");
          Lab.addUsers(nodes.getFirst().server(), "a", PairsLoad.PAIRS);
          Lab.addUsers(nodes.getFirst().server(), "b", PairsLoad.PAIRS);
          any.add(measure(lab, nodes, PairsLoad.spread(size), lab.warmUp()));
          if (size > 1) {
            List<Couple> home = neighbours(nodes);
            var away = home.stream().map(each -> elsewhere(each, nodes.size())).toList();
            // In turn, because the nodes get quicker for minutes.
            for (int round = 0; round < ROUNDS; round++) {
              atOwner.add(measure(lab, nodes, home, lab.warmUp().dividedBy(4)));
              elsewhere.add(measure(lab, nodes, away, lab.warmUp().dividedBy(4)));
            }
          }
          if (size == STORM_NODES) {
            storms.add(new ReconnectStorm(lab, nodes, STORM_DEVICES).run());
          }
        }
      }
      any.write(lab, size, "any");
      if (size > 1) {
        atOwner.write(lab, size, "owner");
        elsewhere.write(lab, size, "elsewhere");
        var ratio = new ArrayList<Double>();
        for (int i = 0; i < atOwner.cpu.size(); i++) {
          ratio.add(elsewhere.cpu.get(i) / atOwner.cpu.get(i));
        }
        lab.figures()
            .add("cluster", "remote_over_local_cpu", "", Map.of("nodes", size), ratio, Map.of());
      }
      if (size == STORM_NODES) {
        writeStorms(lab, storms);
      }
    }
  }

  private static void writeStorms(Lab lab, List<ReconnectStorm.Measured> storms)
      throws IOException {
    Map<String, ?> params = Map.of("nodes", STORM_NODES, "devices", STORM_DEVICES);
    addStorm(lab, "reconnect_storm_p50_ms", "ms", params, storms, ReconnectStorm.Measured::p50);
    addStorm(lab, "reconnect_storm_p99_ms", "ms", params, storms, ReconnectStorm.Measured::p99);
    addStorm(lab, "reconnect_storm_max_ms", "ms", params, storms, ReconnectStorm.Measured::max);
    addStorm(lab, "reconnect_storm_cpu_s", "s", params, storms, ReconnectStorm.Measured::cpu);
  }

  private static void addStorm(
      Lab lab,
      String metric,
      String unit,
      Map<String, ?> params,
      List<ReconnectStorm.Measured> storms,
      ToDoubleFunction<ReconnectStorm.Measured> figure)
      throws IOException {
    List<Double> runs = storms.stream().mapToDouble(figure).boxed().toList();
    lab.figures().add("cluster", metric, unit, params, runs, Map.of());
  }

  private static final class Series {
    private final List<Double> rates = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();

    void add(PairsLoad.Measured measured) {
      rates.add(measured.perSecond());
      cpu.add(measured.cpuPer1000());
    }

    void write(Lab lab, int nodes, String clientsAt) throws IOException {
      Map<String, ?> params = Map.of("nodes", nodes, "clients_at", clientsAt);
      lab.figures().add("cluster", "delivered_per_s", "1/s", params, rates, Map.of());
      lab.figures().add("cluster", "cpu_s_per_1000", "s", params, cpu, Map.of());
    }
  }

  private static PairsLoad.Measured measure(
      Lab lab, List<NodeProcess> nodes, List<Couple> couples, Duration warmUp) throws Exception {
    var load = new PairsLoad(lab, nodes.stream().map(NodeProcess::server).toList(), couples);
    try {
      load.saturate(warmUp);
      return load.saturate(lab.measured());
    } finally {
      load.close();
    }
  }

  private static Couple elsewhere(Couple couple, int nodes) {
    int at = (couple.senderAt() + 1) % nodes;
    return new Couple(couple.sender(), at, couple.recipient(), at);
  }

  /** Pairs of people who are owned by one node, each at that node. */
  private static List<Couple> neighbours(List<NodeProcess> nodes)
      throws IOException, InterruptedException {
    ServerProcess first = nodes.getFirst().server();
    JsonNode cell = first.admin("GET", "/admin/cell", Map.of());
    var members = new ArrayList<Member>();
    cell.get("nodes")
        .forEach(
            node -> members.add(new Member(node.get("name").asText(), node.get("tokens").asInt())));
    Ring ring = Ring.of(members, cell.get("partitions").asInt());
    var waiting = new HashMap<Integer, String>();
    var couples = new ArrayList<Couple>();
    for (int i = 0; i < PEOPLE && couples.size() < PairsLoad.PAIRS; i++) {
      String name = "c" + i;
      JsonNode account =
          first.admin("POST", "/admin/users", Map.of("name", name, "password", Lab.PASSWORD));
      var user = new UserId(account.get("id").asText());
      String owner = ring.ownerOf(Partition.of(user, ring.partitions()));
      int at = indexOf(nodes, Objects.requireNonNull(owner, "a ring without nodes"));
      String other = waiting.remove(at);
      if (other == null) {
        waiting.put(at, name);
      } else {
        couples.add(new Couple(other, at, name, at));
      }
    }
    return couples;
  }

  private static int indexOf(List<NodeProcess> nodes, String name) {
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalStateException("no node " + name);
  }
}
