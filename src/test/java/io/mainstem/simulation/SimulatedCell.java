package io.mainstem.simulation;

import io.mainstem.cell.wire.Peers;
import io.mainstem.message.UserId;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The simulated cell: its nodes, their network, and the copies of its store. */
final class SimulatedCell {
  static final int PARTITIONS = 8;
  static final int NODES = 3;

  static final List<UserId> USERS =
      List.of(new UserId("ann"), new UserId("bob"), new UserId("carol"));

  final World world;
  final Network network;
  final ReplicaSet replicas = new ReplicaSet();
  final History history;
  final List<Node> nodes = new ArrayList<>();

  /** Whether clients have given up what they still wanted, so that the logs stay as they are. */
  boolean quiet;

  /** The streams of the nodes, by what the program takes for its own. */
  private final Map<Peers, SimulatedWire> wires = new IdentityHashMap<>();

  SimulatedCell(World world) {
    this.world = world;
    world.setScene(this);
    this.network = new Network(world);
    this.history = new History(world);
    for (int i = 1; i <= NODES; i++) {
      nodes.add(new Node(this, "n" + i));
    }
  }

  /** The cell that this thread's world is letting happen. */
  static SimulatedCell current() {
    World world = World.current();
    if (world == null) {
      throw new IllegalStateException("no world is running");
    }
    return (SimulatedCell) world.scene();
  }

  void addWire(Peers peers, SimulatedWire wire) {
    wires.put(peers, wire);
  }

  SimulatedWire wire(Peers peers) {
    return Objects.requireNonNull(wires.get(peers));
  }

  SimulatedReplicas replicasFor(World.Host host) {
    return new SimulatedReplicas(world, host, network, replicas);
  }

  Node node(String name) {
    return nodes.stream().filter(node -> node.host.name.equals(name)).findFirst().orElseThrow();
  }
}
