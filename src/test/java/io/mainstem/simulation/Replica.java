package io.mainstem.simulation;

import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.cassandra.Replicas.Fence;
import io.mainstem.store.cassandra.Replicas.Incarnation;
import io.mainstem.store.cassandra.Replicas.Place;
import io.mainstem.store.cassandra.Replicas.Register;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One copy of the data. Whatever order writes come in, it ends the same: each value carries what
 * decides between it and another of its key.
 */
final class Replica {
  static final Comparator<Place> ORDER =
      Comparator.comparingLong(Place::seq).thenComparingLong(Place::epoch);

  /** A row of the log, or a removal of a body that came before its row. */
  record LogCell(@Nullable Row row, boolean redacted) {
    LogCell merge(LogCell other) {
      boolean bodyGone = redacted || other.redacted;
      Row winner = row == null ? other.row : other.row == null ? row : greater(row, other.row);
      if (winner != null && bodyGone && winner.body() != null) {
        winner =
            new Row(
                winner.seq(),
                winner.last(),
                winner.epoch(),
                winner.settled(),
                winner.previousEpoch(),
                winner.entry(),
                null);
      }
      return new LogCell(winner, bodyGone);
    }

    /** Two values of one key and one timestamp: the greater bytes win, as they do in Cassandra. */
    private static Row greater(Row one, Row other) {
      return Arrays.compareUnsigned(one.entry(), other.entry()) >= 0 ? one : other;
    }
  }

  /** A value, or a removal when it is null. */
  record Stamped<T>(@Nullable T value, long timestamp) {
    Stamped<T> merge(Stamped<T> other) {
      if (timestamp != other.timestamp) {
        return timestamp > other.timestamp ? this : other;
      }
      return value == null ? this : other;
    }
  }

  record Bucket(Mailbox mailbox, long number) {}

  record RegisterKey(Register register, int partition) {}

  final String name;
  final Map<Bucket, NavigableMap<Place, LogCell>> log = new HashMap<>();
  final Map<Mailbox, NavigableMap<Long, Fence>> fences = new HashMap<>();
  final Map<Long, Stamped<Incarnation>> incarnations = new HashMap<>();
  final Map<Mailbox, NavigableMap<String, Stamped<byte[]>>> objects = new HashMap<>();
  final Map<RegisterKey, NavigableMap<String, Stamped<Mailbox>>> registers = new HashMap<>();
  boolean up = true;

  Replica(String name) {
    this.name = name;
  }

  NavigableMap<Place, LogCell> bucket(Bucket bucket) {
    return log.computeIfAbsent(bucket, b -> new TreeMap<>(ORDER));
  }

  void put(Bucket bucket, Place place, LogCell cell) {
    bucket(bucket).merge(place, cell, LogCell::merge);
  }

  NavigableMap<Long, Fence> fences(Mailbox mailbox) {
    return fences.computeIfAbsent(mailbox, m -> new TreeMap<>());
  }

  void put(Mailbox mailbox, Fence fence) {
    // Two fences of one epoch are one fence, or the greater wins as any value of one timestamp.
    fences(mailbox).merge(fence.epoch(), fence, (a, b) -> a.seq() >= b.seq() ? a : b);
  }

  void put(Incarnation incarnation, long ballot) {
    incarnations.merge(incarnation.id(), new Stamped<>(incarnation, ballot), Stamped::merge);
  }

  NavigableMap<String, Stamped<byte[]>> objects(Mailbox mailbox) {
    return objects.computeIfAbsent(mailbox, m -> new TreeMap<>());
  }

  void put(Mailbox mailbox, String name, Stamped<byte[]> value) {
    objects(mailbox).merge(name, value, Stamped::merge);
  }

  NavigableMap<String, Stamped<Mailbox>> register(RegisterKey key) {
    return registers.computeIfAbsent(key, k -> new TreeMap<>());
  }

  void put(RegisterKey key, String member, Stamped<Mailbox> value) {
    register(key).merge(member, value, Stamped::merge);
  }
}
