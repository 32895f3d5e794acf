package io.mainstem.simulation;

import java.util.List;

/** What goes wrong, for a while: one thing after another, several at once. */
final class Trouble {
  private static final long SECOND = 1_000_000;

  private final SimulatedCell cell;
  private final World world;
  private final long until;

  Trouble(SimulatedCell cell, long until) {
    this.cell = cell;
    this.world = cell.world;
    this.until = until;
  }

  void start() {
    // Each run has its own weather: some are quiet but for the blows, some are stormy throughout.
    cell.network.setWeather(
        world.chance(0.5) ? 0.002 : 0.15 * world.random.nextDouble(),
        world.chance(0.5) ? 0.002 : 0.10 * world.random.nextDouble());
    world.setPauses(world.chance(0.5) ? 0 : 0.06 * world.random.nextDouble());
    world.after(2 * SECOND, this::next);
    world.after(until, this::end);
  }

  private void next() {
    if (world.now() >= until) {
      return;
    }
    strike();
    world.after(world.between(SECOND / 4, 5 * SECOND), this::next);
  }

  private void strike() {
    Node node = cell.nodes.get(world.random.nextInt(cell.nodes.size()));
    switch (world.random.nextInt(8)) {
      case 0, 1 -> {
        if (node.host.isUp()) {
          world.freeze(node.host, world.between(SECOND / 5, 7 * SECOND));
        }
      }
      case 2 -> kill(node);
      case 6 -> node.stop(world.between(SECOND / 5, 5 * SECOND));
      case 3 -> isolate(node, true);
      case 4 -> isolate(node, false);
      case 5 -> stopACopy();
      default -> splitCopies(node);
    }
  }

  private void kill(Node node) {
    if (node.host.isUp()) {
      node.die(world.between(SECOND / 5, 5 * SECOND));
    }
  }

  /**
   * Cuts a node off from the others; also from the copies, or not: then only they believe it gone.
   */
  private void isolate(Node node, boolean fromCopiesToo) {
    world.note("%s is cut off%s", node.host.name, fromCopiesToo ? " from the copies too" : "");
    for (Node other : cell.nodes) {
      if (other != node) {
        cell.network.cut(node.host.name, other.host.name);
      }
    }
    if (fromCopiesToo) {
      cell.replicas.replicas.forEach(copy -> cell.network.cut(node.host.name, copy.name));
    }
    healLater();
  }

  private void splitCopies(Node node) {
    Replica copy = anyCopy();
    world.note("%s does not reach %s", node.host.name, copy.name);
    cell.network.cut(node.host.name, copy.name);
    healLater();
  }

  private void healLater() {
    world.after(world.between(SECOND / 2, 6 * SECOND), cell.network::heal);
  }

  private void stopACopy() {
    Replica copy = anyCopy();
    world.note("%s stops", copy.name);
    copy.up = false;
    world.after(world.between(SECOND / 5, 5 * SECOND), () -> copy.up = true);
  }

  private Replica anyCopy() {
    List<Replica> copies = cell.replicas.replicas;
    return copies.get(world.random.nextInt(copies.size()));
  }

  private void end() {
    world.note("peace");
    cell.network.heal();
    cell.network.setWeather(0, 0);
    world.setPauses(0);
    cell.replicas.replicas.forEach(copy -> copy.up = true);
    cell.nodes.forEach(Node::startIfDown);
  }
}
