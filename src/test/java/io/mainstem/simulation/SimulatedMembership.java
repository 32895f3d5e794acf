package io.mainstem.simulation;

import io.mainstem.cell.Membership;
import io.mainstem.cell.NodeCard;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A node hears of the others by their heartbeats, and takes for gone whom it hears no more. */
final class SimulatedMembership implements Membership {
  private static final long BEAT_MICROS = 300_000;
  private static final long SILENCE_MICROS = 1_500_000;

  private record Heard(NodeCard card, long at) {}

  private final SimulatedCell cell;
  private final World.Host host;
  private final Map<String, Heard> heard = new TreeMap<>();
  private @Nullable NodeCard own;
  private List<NodeCard> last = List.of();
  private Runnable listener = () -> {};

  SimulatedMembership(SimulatedCell cell, World.Host host) {
    this.cell = cell;
    this.host = host;
    beat();
  }

  private void beat() {
    tell();
    look();
    cell.world.after(host, BEAT_MICROS, this::beat);
  }

  private void tell() {
    NodeCard card = own;
    if (card == null) {
      return;
    }
    for (Node other : cell.nodes) {
      if (other.host != host) {
        cell.network.carry(
            host.name,
            other.host,
            () -> {
              SimulatedMembership there = other.membership();
              if (there != null) {
                there.onCard(card);
              }
            });
      }
    }
  }

  private void onCard(NodeCard card) {
    heard.put(card.name(), new Heard(card, cell.world.now()));
    look();
  }

  private void look() {
    List<NodeCard> now = nodes();
    if (!now.equals(last)) {
      last = now;
      listener.run();
    }
  }

  @Override
  public Future<Void> publish(NodeCard card) {
    own = card;
    tell();
    look();
    return Future.succeededFuture();
  }

  @Override
  public List<NodeCard> nodes() {
    var nodes = new TreeMap<String, NodeCard>();
    heard.forEach(
        (name, one) -> {
          if (cell.world.now() - one.at() < SILENCE_MICROS) {
            nodes.put(name, one.card());
          }
        });
    NodeCard card = own;
    if (card != null) {
      nodes.put(card.name(), card);
    }
    return new ArrayList<>(nodes.values());
  }

  @Override
  public void onChange(Runnable whenChanged) {
    listener = whenChanged;
  }

  @Override
  public Future<Void> leave() {
    own = null;
    look();
    return Future.succeededFuture();
  }
}
