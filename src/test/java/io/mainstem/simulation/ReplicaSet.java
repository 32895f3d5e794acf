package io.mainstem.simulation;

import io.mainstem.store.FeatureLevel;
import io.mainstem.store.cassandra.Replicas.Holding;
import io.mainstem.store.cassandra.Replicas.Incarnation;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * All copies, and what lightweight transactions have decided: one total order, whether or not the
 * copies have heard of it.
 */
final class ReplicaSet {
  static final int COPIES = 3;
  static final int QUORUM = 2;

  /** A change of an owner, and when it was decided. */
  record Moved(Holding holding, long at) {}

  final List<Replica> replicas =
      IntStream.range(0, COPIES).mapToObj(i -> new Replica("copy" + i)).toList();

  final NavigableMap<Long, Incarnation> incarnations = new TreeMap<>();
  final NavigableMap<Integer, Holding> holdings = new TreeMap<>();

  /** Every change of an owner, in the order in which they were decided. */
  final List<Moved> moved = new ArrayList<>();

  long lastIncarnation;
  int level = FeatureLevel.FIRST;
  private long ballot;

  /** Whether an incarnation held a partition at any time between these two. */
  boolean held(int partition, long incarnation, long from, long to) {
    long holder = 0;
    for (Moved move : moved) {
      if (move.holding().partition() != partition) {
        continue;
      }
      if (move.at() > from && holder == incarnation) {
        return true;
      }
      if (move.at() > to) {
        return false;
      }
      holder = move.holding().incarnation();
    }
    return holder == incarnation;
  }

  long nextBallot() {
    return ++ballot;
  }

  List<Incarnation> registered() {
    return new ArrayList<>(incarnations.values());
  }
}
