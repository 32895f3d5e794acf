package io.mainstem.simulation;

import io.mainstem.message.UserId;
import io.mainstem.simulation.Replica.Bucket;
import io.mainstem.simulation.Replica.LogCell;
import io.mainstem.simulation.Replica.RegisterKey;
import io.mainstem.simulation.Replica.Stamped;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.cassandra.Replicas;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One node's way to the copies. A copy may hear of a write late or never; an answer may be lost
 * though all was done; a transaction may be decided after its caller has given up, and the copies
 * may not know of it.
 */
final class SimulatedReplicas implements Replicas {
  private static final long PATIENCE_MICROS = 2_000_000;

  private final World world;
  private final World.Host host;
  private final int life;
  private final Network network;
  private final ReplicaSet set;

  SimulatedReplicas(World world, World.Host host, Network network, ReplicaSet set) {
    this.world = world;
    this.host = host;
    this.life = world.lifeOf(host);
    this.network = network;
    this.set = set;
  }

  // ---- log

  @Override
  public Future<Void> append(Mailbox mailbox, long bucket, List<Row> rows) {
    var key = new Bucket(mailbox, bucket);
    for (Row row : rows) {
      world.note(
          "%s appends %d-%d of epoch %d to %s%s",
          host.name,
          row.seq(),
          row.last(),
          row.epoch(),
          mailbox.user(),
          row.isFence() ? ", a fence after epoch " + row.previousEpoch() : "");
    }
    return write(
        copy ->
            rows.forEach(
                row -> copy.put(key, new Place(row.seq(), row.epoch()), new LogCell(row, false))));
  }

  @Override
  public Future<Void> writeFence(Mailbox mailbox, Fence fence) {
    return write(copy -> copy.put(mailbox, fence));
  }

  @Override
  public Future<List<Fence>> fences(Mailbox mailbox, long belowEpoch, int limit) {
    return this.<Long, Fence>readMap(
            copy -> first(copy.fences(mailbox).headMap(belowEpoch, false).descendingMap(), limit),
            (a, b) -> a.seq() >= b.seq() ? a : b,
            (copy, missing) -> missing.values().forEach(fence -> copy.put(mailbox, fence)))
        .map(
            found -> {
              // The rows are read after the fences, and much may happen between.
              world.mayPause(host);
              var newestFirst = new TreeMap<Long, Fence>(found).descendingMap();
              return newestFirst.values().stream().limit(limit).toList();
            });
  }

  @Override
  public Future<List<Row>> rowsAfter(Mailbox mailbox, long bucket, Place after, int limit) {
    return rows(new Bucket(mailbox, bucket), cells -> cells.tailMap(after, false), false, limit);
  }

  @Override
  public Future<List<Row>> rowsBefore(Mailbox mailbox, long bucket, Place before, int limit) {
    return rows(
        new Bucket(mailbox, bucket),
        cells -> cells.headMap(before, false).descendingMap(),
        true,
        limit);
  }

  private Future<List<Row>> rows(
      Bucket bucket,
      Function<NavigableMap<Place, LogCell>, NavigableMap<Place, LogCell>> range,
      boolean backwards,
      int limit) {
    return this.<Place, LogCell>readMap(
            copy -> first(range.apply(copy.bucket(bucket)), limit),
            LogCell::merge,
            (copy, missing) -> missing.forEach((place, cell) -> copy.put(bucket, place, cell)))
        .map(
            found -> {
              var sorted =
                  new TreeMap<Place, LogCell>(backwards ? Replica.ORDER.reversed() : Replica.ORDER);
              sorted.putAll(found);
              return sorted.values().stream()
                  .map(LogCell::row)
                  .filter(Objects::nonNull)
                  .limit(limit)
                  .toList();
            });
  }

  @Override
  public Future<Void> redact(Mailbox mailbox, long bucket, Place row) {
    var key = new Bucket(mailbox, bucket);
    return write(copy -> copy.put(key, row, new LogCell(null, true)));
  }

  // ---- who owns what

  @Override
  public Future<Registry> registry() {
    return serialRead(() -> new Registry(set.lastIncarnation, set.level, set.registered()));
  }

  @Override
  public Future<Boolean> register(long expectedLast, Incarnation fresh, Set<Long> fenced) {
    return transact(
        () -> {
          if (set.lastIncarnation != expectedLast) {
            return null;
          }
          set.lastIncarnation = fresh.id();
          set.incarnations.put(fresh.id(), fresh);
          var changed = new ArrayList<Incarnation>(List.of(fresh));
          new TreeSet<>(fenced).forEach(id -> fenceNow(id, changed));
          return changed;
        });
  }

  @Override
  public Future<Boolean> raise(long expectedLast, int level) {
    return transact(
        () -> {
          if (set.lastIncarnation != expectedLast) {
            return null;
          }
          set.lastIncarnation++;
          set.level = level;
          return List.of();
        });
  }

  @Override
  public Future<Void> fence(long incarnation) {
    return transact(
            () -> {
              var changed = new ArrayList<Incarnation>();
              fenceNow(incarnation, changed);
              return changed;
            })
        .mapEmpty();
  }

  private void fenceNow(long id, List<Incarnation> changed) {
    Incarnation standing = set.incarnations.get(id);
    if (standing != null) {
      var fenced = new Incarnation(id, standing.node(), standing.nonce(), true, standing.level());
      set.incarnations.put(id, fenced);
      changed.add(fenced);
      world.note("%s has incarnation %d fenced", host.name, id);
    }
  }

  @Override
  public Future<Boolean> stands(long incarnation) {
    return this.<Long, Stamped<Incarnation>>readMap(
            copy -> {
              Stamped<Incarnation> one = copy.incarnations.get(incarnation);
              return one == null ? Map.of() : Map.of(incarnation, one);
            },
            Stamped::merge,
            (copy, missing) ->
                missing.forEach(
                    (id, one) -> copy.put(Objects.requireNonNull(one.value()), one.timestamp())))
        .map(
            found -> {
              Stamped<Incarnation> one = found.get(incarnation);
              return one != null && one.value() != null && !one.value().fenced();
            });
  }

  @Override
  public Future<List<Holding>> holdings(Set<Integer> partitions) {
    return serialRead(
        () ->
            set.holdings.values().stream()
                .filter(holding -> partitions.contains(holding.partition()))
                .toList());
  }

  @Override
  public Future<Boolean> move(List<Move> moves) {
    return transact(
        () -> {
          for (Move move : moves) {
            Holding expected = move.expected();
            Holding now =
                set.holdings.getOrDefault(
                    expected.partition(), new Holding(expected.partition(), 0, 0));
            if (!now.equals(expected)) {
              return null;
            }
          }
          for (Move move : moves) {
            set.holdings.put(move.next().partition(), move.next());
            set.moved.add(new ReplicaSet.Moved(move.next(), world.now()));
            world.note("%s moves %s", host.name, move);
          }
          return List.of();
        });
  }

  // ---- objects and registers

  @Override
  public Future<Void> writeObjects(
      Mailbox mailbox, long timestamp, Map<String, byte @Nullable []> objects) {
    world.note("%s saves %s of %s at %d", host.name, objects.keySet(), mailbox.user(), timestamp);
    return write(
        copy ->
            objects.forEach(
                (name, value) -> copy.put(mailbox, name, new Stamped<>(value, timestamp))));
  }

  @Override
  public Future<Map<String, byte[]>> objects(Mailbox mailbox, List<String> names) {
    var wanted = Set.copyOf(names);
    return this.<String, Stamped<byte[]>>readMap(
            copy ->
                copy.objects(mailbox).entrySet().stream()
                    .filter(object -> wanted.contains(object.getKey()))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
            Stamped::merge,
            (copy, missing) -> missing.forEach((name, value) -> copy.put(mailbox, name, value)))
        .map(
            found -> {
              var present = new TreeMap<String, byte[]>();
              found.forEach(
                  (name, value) -> {
                    if (value.value() != null) {
                      present.put(name, value.value());
                    }
                  });
              return present;
            });
  }

  @Override
  public Future<List<String>> objectNames(
      Mailbox mailbox, String prefix, @Nullable String after, int limit) {
    return this.<String, Stamped<byte[]>>readMap(
            copy ->
                copy.objects(mailbox).entrySet().stream()
                    .filter(object -> object.getKey().startsWith(prefix))
                    .filter(object -> after == null || object.getKey().compareTo(after) > 0)
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
            Stamped::merge,
            (copy, missing) -> missing.forEach((name, value) -> copy.put(mailbox, name, value)))
        .map(
            found ->
                new TreeMap<>(found)
                    .entrySet().stream()
                        .filter(object -> object.getValue().value() != null)
                        .map(Map.Entry::getKey)
                        .limit(limit)
                        .toList());
  }

  @Override
  public Future<Void> mark(
      Register register, int partition, Mailbox mailbox, boolean present, long timestamp) {
    var key = new RegisterKey(register, partition);
    String member = mailbox.user().value() + "/" + mailbox.generation();
    return write(copy -> copy.put(key, member, new Stamped<>(present ? mailbox : null, timestamp)));
  }

  @Override
  public Future<List<Mailbox>> marked(
      Register register, int partition, @Nullable UserId after, int limit) {
    var key = new RegisterKey(register, partition);
    return this.<String, Stamped<Mailbox>>readMap(
            copy -> new TreeMap<>(copy.register(key)),
            Stamped::merge,
            (copy, missing) -> missing.forEach((member, value) -> copy.put(key, member, value)))
        .map(
            found ->
                new TreeMap<>(found)
                    .values().stream()
                        .map(Stamped::value)
                        .filter(Objects::nonNull)
                        .filter(
                            box -> after == null || box.user().value().compareTo(after.value()) > 0)
                        .limit(limit)
                        .toList());
  }

  // ---- how copies are asked

  private static <K, V> Map<K, V> first(NavigableMap<K, V> all, int limit) {
    var some = new HashMap<K, V>();
    for (var one : all.entrySet()) {
      if (some.size() == limit) {
        break;
      }
      some.put(one.getKey(), one.getValue());
    }
    return some;
  }

  private Future<Void> write(Consumer<Replica> change) {
    Promise<Void> answer = Promise.promise();
    int[] done = {0};
    for (Replica copy : set.replicas) {
      ask(
          copy,
          change,
          () -> {
            if (++done[0] == ReplicaSet.QUORUM) {
              answer.tryComplete();
            }
          });
    }
    return bounded(answer);
  }

  /** Merges the first quorum of answers, and writes back to those of them what they lacked. */
  private <K, V> Future<Map<K, V>> readMap(
      Function<Replica, Map<K, V>> look,
      BinaryOperator<V> merge,
      BiConsumer<Replica, Map<K, V>> repair) {
    Promise<Map<K, V>> answer = Promise.promise();
    var seen = new TreeMap<String, Map<K, V>>();
    for (Replica copy : set.replicas) {
      var looked = new ArrayList<Map<K, V>>(1);
      ask(
          copy,
          asked -> looked.add(look.apply(asked)),
          () -> {
            if (seen.size() < ReplicaSet.QUORUM) {
              seen.put(copy.name, looked.get(0));
              if (seen.size() == ReplicaSet.QUORUM) {
                onQuorum(seen, merge, repair, answer);
              }
            }
          });
    }
    return bounded(answer);
  }

  private <K, V> void onQuorum(
      Map<String, Map<K, V>> seen,
      BinaryOperator<V> merge,
      BiConsumer<Replica, Map<K, V>> repair,
      Promise<Map<K, V>> answer) {
    var merged = new HashMap<K, V>();
    seen.values().forEach(one -> one.forEach((key, value) -> merged.merge(key, value, merge)));
    List<Replica> behind =
        set.replicas.stream()
            .filter(copy -> seen.containsKey(copy.name) && !merged.equals(seen.get(copy.name)))
            .toList();
    if (behind.isEmpty()) {
      answer.tryComplete(merged);
      return;
    }
    int[] left = {behind.size()};
    for (Replica copy : behind) {
      ask(
          copy,
          asked -> repair.accept(asked, merged),
          () -> {
            if (--left[0] == 0) {
              answer.tryComplete(merged);
            }
          });
    }
  }

  /** A message to a copy, and one back. */
  private void ask(Replica copy, Consumer<Replica> work, Runnable back) {
    network.carry(
        host.name,
        copy.name,
        () -> {
          if (copy.up) {
            work.accept(copy);
            network.carry(copy.name, host, life, back);
          }
        });
  }

  /**
   * Decides in the one order of all transactions, then tells the copies.
   *
   * @param decide returns what the copies are to be told, or null when it is not applied
   */
  private Future<Boolean> transact(Supplier<@Nullable List<Incarnation>> decide) {
    Promise<Boolean> answer = Promise.promise();
    atDecision(
        () -> {
          List<Incarnation> changed = decide.get();
          if (changed == null) {
            network.carry("cell", host, life, () -> answer.tryComplete(false));
          } else if (changed.isEmpty()) {
            network.carry("cell", host, life, () -> answer.tryComplete(true));
          } else {
            commit(changed, answer);
          }
        });
    return bounded(answer);
  }

  private void commit(List<Incarnation> changed, Promise<Boolean> answer) {
    long ballot = set.nextBallot();
    int[] done = {0};
    List<Replica> soon = toldSoon(set.replicas);
    int enough = Math.min(ReplicaSet.QUORUM, soon.size());
    for (Replica copy : soon) {
      ask(
          copy,
          told -> changed.forEach(one -> told.put(one, ballot)),
          () -> {
            if (++done[0] == enough) {
              answer.tryComplete(true);
            }
          });
    }
  }

  /** The copies that hear of a decision: all, as far as the network carries it. */
  private static List<Replica> toldSoon(List<Replica> copies) {
    return copies;
  }

  /** For a broken rule: a decision that is on one copy only. */
  public static List<Replica> oneOf(List<Replica> copies) {
    return copies.subList(0, 1);
  }

  private <T> Future<T> serialRead(Supplier<T> look) {
    Promise<T> answer = Promise.promise();
    atDecision(
        () -> {
          T seen = look.get();
          network.carry("cell", host, life, () -> answer.tryComplete(seen));
        });
    return bounded(answer);
  }

  /** A decision needs a quorum of copies that the host can reach and that run. */
  private void atDecision(Runnable task) {
    network.carry(
        host.name,
        "cell",
        () -> {
          long reached =
              set.replicas.stream()
                  .filter(copy -> copy.up && network.connects(host.name, copy.name))
                  .count();
          if (reached >= ReplicaSet.QUORUM) {
            task.run();
          }
        });
  }

  private <T> Future<T> bounded(Promise<T> answer) {
    world.after(
        host,
        PATIENCE_MICROS,
        () -> answer.tryFail(new NoAnswer("no answer of enough copies in time")));
    return answer.future();
  }
}
