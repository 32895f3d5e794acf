package io.mainstem.simulation;

import io.mainstem.message.UserId;
import java.util.ArrayList;
import java.util.List;

/** The simulated cell: its nodes, their network, and the copies of its store. */
final class Cell {
  static final int PARTITIONS = 4;
  static final int NODES = 3;

  /** Of several partitions, two of one. */
  static final List<UserId> USERS =
      List.of(new UserId("ann"), new UserId("bob"), new UserId("carol"));

  final World world;
  final Network network;
  final ReplicaSet replicas = new ReplicaSet();
  final History history;
  final List<Node> nodes = new ArrayList<>();

  /** Whether clients have given up what they still wanted, so that the logs stay as they are. */
  boolean quiet;

  Cell(World world) {
    this.world = world;
    this.network = new Network(world);
    this.history = new History(world);
    for (int i = 1; i <= NODES; i++) {
      nodes.add(new Node(this, "n" + i));
    }
  }

  SimulatedReplicas replicasFor(World.Host host) {
    return new SimulatedReplicas(world, host, network, replicas);
  }

  Node node(String name) {
    return nodes.stream().filter(node -> node.host.name.equals(name)).findFirst().orElseThrow();
  }
}
