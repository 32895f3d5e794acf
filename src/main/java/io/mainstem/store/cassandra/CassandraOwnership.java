package io.mainstem.store.cassandra;

import io.mainstem.store.MailboxStore.StaleOwner;
import io.mainstem.store.Ownership;
import io.mainstem.store.cassandra.Replicas.Holding;
import io.mainstem.store.cassandra.Replicas.Incarnation;
import io.mainstem.store.cassandra.Replicas.Move;
import io.mainstem.store.cassandra.Replicas.NoAnswer;
import io.mainstem.store.cassandra.Replicas.Registry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which partition, by lightweight transactions, which here do nothing but change owners.
 *
 * <p>A transaction without an answer may have been applied, or be applied later. It is never
 * guessed about: the tables are read serially, and the next transaction names what was read, so
 * that a late one finds its condition gone.
 *
 * <p>Confined to the turns; takes and releases run one after another.
 */
public final class CassandraOwnership implements Ownership {
  /** Partitions that one transaction moves. */
  private static final int BATCH = 256;

  private final Replicas replicas;
  private final Turns turns;
  private final Tuning tuning;
  private final Patience patience;
  private final Incarnations incarnations;
  private final Map<Integer, Grant> grants = new HashMap<>();
  private final List<Release> releases = new ArrayList<>();
  private Future<?> lane = Future.succeededFuture();
  private Consumer<Grant> onEnd = grant -> {};
  private LongConsumer onFenced = incarnation -> {};
  private boolean closed;

  private record Release(Grant grant, Promise<Void> done) {}

  /**
   * @param nonces texts that never come twice, of any process
   */
  public CassandraOwnership(
      Replicas replicas, Turns turns, Tuning tuning, Supplier<String> nonces) {
    this.replicas = replicas;
    this.turns = turns;
    this.tuning = tuning;
    this.patience = new Patience(turns, tuning);
    this.incarnations = new Incarnations(replicas, turns, tuning, nonces, this::fenced);
  }

  // ---- incarnations

  @Override
  public Future<Long> join(String node, int level) {
    return incarnations.join(node, level);
  }

  @Override
  public Future<Integer> level() {
    return incarnations.level();
  }

  @Override
  public Future<Void> fence(long incarnation) {
    return incarnations.fence(incarnation);
  }

  @Override
  public Future<Void> confirm(long incarnation) {
    return incarnations.confirm(incarnation);
  }

  @Override
  public Future<Map<String, Long>> standing() {
    return incarnations.standing();
  }

  /** All incarnations of the cell, read serially. */
  public Future<List<Incarnation>> incarnations() {
    return incarnations.all();
  }

  @Override
  public long staleMillis() {
    return incarnations.staleMillis();
  }

  /** Whom to tell, in a turn. */
  @Override
  public void onStale(Consumer<Boolean> listener) {
    incarnations.onStale(listener);
  }

  /**
   * When the last quorum read began that showed this incarnation standing, by {@link
   * Turns#nowMillis}. To be asked in a turn.
   */
  public long goodMillis(long incarnation) {
    return incarnations.goodMillis(incarnation);
  }

  /** How long ago the last good read of the own incarnation began. From any thread. */
  public Duration silence() {
    return incarnations.silence();
  }

  /** Whom to tell, in a turn, that an incarnation of this process was fenced. */
  @Override
  public void onFenced(LongConsumer listener) {
    turns.run(() -> onFenced = listener);
  }

  private void fenced(long incarnation) {
    for (Grant grant : List.copyOf(grants.values())) {
      if (grant.incarnation() == incarnation) {
        end(grant);
      }
    }
    onFenced.accept(incarnation);
  }

  // ---- partitions

  @Override
  public Future<Map<Integer, Long>> take(long incarnation, Set<Integer> partitions) {
    Set<Integer> wanted = Set.copyOf(partitions);
    return inLane(
        () ->
            incarnations.isFenced(incarnation)
                ? Future.failedFuture(stale(incarnation))
                : take(incarnation, wanted, new HashMap<>(), new HashMap<>(), 1));
  }

  /**
   * @param tried epochs that an earlier round has asked for without getting to know the outcome
   * @param taken what the earlier rounds got
   */
  private Future<Map<Integer, Long>> take(
      long incarnation,
      Set<Integer> wanted,
      Map<Integer, Long> tried,
      Map<Integer, Long> taken,
      int round) {
    if (wanted.isEmpty()) {
      return Future.succeededFuture(Map.copyOf(taken));
    }
    if (round > tuning.attempts()) {
      return taken.isEmpty()
          ? Future.failedFuture(new NoAnswer("partitions could not be taken: no answer in time"))
          : Future.succeededFuture(Map.copyOf(taken));
    }
    Future<Registry> registry = incarnations.registry();
    Future<List<Holding>> holdings = patience.patiently(() -> replicas.holdings(wanted));
    return Future.all(registry, holdings)
        .compose(read -> takeable(incarnation, registry.result(), holdings.result(), wanted))
        .compose(
            free ->
                patience.onTurn(
                    () -> {
                      var moves = new ArrayList<Move>();
                      for (Holding holding : free) {
                        int p = holding.partition();
                        if (holding.incarnation() == incarnation
                            && tried.getOrDefault(p, 0L) == holding.epoch()
                            && holding.epoch() != 0) {
                          grant(holding, taken);
                        } else {
                          moves.add(
                              new Move(holding, new Holding(p, incarnation, holding.epoch() + 1)));
                        }
                      }
                      return move(moves, tried, taken, 0);
                    }))
        .compose(
            all -> {
              if (all) {
                return Future.succeededFuture(Map.copyOf(taken));
              }
              var left = new HashSet<>(wanted);
              left.removeAll(taken.keySet());
              return patience
                  .pause(round)
                  .compose(again -> take(incarnation, left, tried, taken, round + 1));
            });
  }

  private static StaleOwner stale(long incarnation) {
    return new StaleOwner("incarnation " + incarnation + " is fenced");
  }

  /** Those that are unheld, held by a fenced incarnation, or one's own. */
  private Future<List<Holding>> takeable(
      long incarnation, Registry registry, List<Holding> holdings, Set<Integer> wanted) {
    Set<Long> standing =
        registry.incarnations().stream()
            .filter(one -> !one.fenced())
            .map(Incarnation::id)
            .collect(Collectors.toSet());
    if (!standing.contains(incarnation) || incarnations.of(incarnation).isFenced()) {
      return Future.failedFuture(stale(incarnation));
    }
    var byPartition = new HashMap<Integer, Holding>();
    holdings.forEach(holding -> byPartition.put(holding.partition(), holding));
    var free = new ArrayList<Holding>();
    var fenced = new HashMap<Long, Future<Boolean>>();
    for (int p : new TreeSet<>(wanted)) {
      Holding holding = byPartition.getOrDefault(p, new Holding(p, 0, 0));
      long holder = holding.incarnation();
      if (holder == 0 || holder == incarnation) {
        free.add(holding);
      } else if (!standing.contains(holder)) {
        // The fence may have been committed on one replica only: it counts when a quorum shows it.
        fenced.computeIfAbsent(
            holder, id -> patience.patiently(() -> replicas.stands(id)).map(stands -> !stands));
        free.add(holding);
      }
    }
    return Future.all(List.copyOf(fenced.values()))
        .map(
            read -> {
              free.removeIf(
                  holding -> {
                    Future<Boolean> shown = fenced.get(holding.incarnation());
                    return shown != null && !shown.result();
                  });
              return free;
            });
  }

  /** Moves batch after batch; tells whether all were applied. */
  private Future<Boolean> move(
      List<Move> moves, Map<Integer, Long> tried, Map<Integer, Long> taken, int from) {
    if (from >= moves.size()) {
      return Future.succeededFuture(true);
    }
    List<Move> batch = moves.subList(from, Math.min(moves.size(), from + BATCH));
    for (Move move : batch) {
      Grant old = grants.get(move.next().partition());
      if (old != null) {
        // What is under way under the old epoch is acknowledged no more, whatever comes of this.
        end(old);
      }
      tried.put(move.next().partition(), move.next().epoch());
    }
    return replicas
        .move(List.copyOf(batch))
        .recover(
            cause ->
                cause instanceof NoAnswer
                    ? Future.succeededFuture(false)
                    : Future.failedFuture(cause))
        .compose(
            applied ->
                patience.onTurn(
                    () -> {
                      if (applied) {
                        batch.forEach(move -> grant(move.next(), taken));
                      }
                      return move(moves, tried, taken, from + BATCH).map(rest -> rest && applied);
                    }));
  }

  private void grant(Holding holding, Map<Integer, Long> taken) {
    if (closed) {
      return;
    }
    Grant old = grants.get(holding.partition());
    long since = holding.epoch();
    if (old != null) {
      end(old);
      if (old.incarnation() == holding.incarnation() && old.epoch() + 1 == holding.epoch()) {
        since = old.since();
      }
    }
    grants.put(
        holding.partition(),
        new Grant(holding.partition(), holding.incarnation(), holding.epoch(), since));
    taken.put(holding.partition(), holding.epoch());
  }

  /**
   * Gives a partition back. From now on nothing is acknowledged under its epoch, also when the
   * answer never comes.
   */
  @Override
  public Future<Void> release(long incarnation, int partition, long epoch) {
    Promise<Void> done = Promise.promise();
    turns.run(
        () -> {
          Grant grant = grants.get(partition);
          if (grant == null || grant.incarnation() != incarnation || grant.epoch() != epoch) {
            done.fail(
                new StaleOwner("partition " + partition + " is not held under epoch " + epoch));
            return;
          }
          end(grant);
          releases.add(new Release(grant, done));
          if (releases.size() == 1) {
            // Those that come in the same turns go into one transaction.
            inLane(() -> patience.onTurn(this::releaseAll)).onComplete(ended -> {});
          }
        });
    return done.future();
  }

  private Future<Void> releaseAll() {
    var all = List.copyOf(releases);
    releases.clear();
    return releaseAll(all, 1);
  }

  private Future<Void> releaseAll(List<Release> all, int round) {
    if (all.isEmpty()) {
      return Future.succeededFuture();
    }
    if (round > tuning.attempts()) {
      all.forEach(one -> one.done().fail(new NoAnswer("the release has no answer")));
      return Future.succeededFuture();
    }
    List<Release> batch = all.subList(0, Math.min(BATCH, all.size()));
    List<Release> rest = all.subList(batch.size(), all.size());
    var moves = new ArrayList<Move>();
    for (Release one : batch) {
      Grant grant = one.grant();
      moves.add(
          new Move(
              new Holding(grant.partition(), grant.incarnation(), grant.epoch()),
              new Holding(grant.partition(), 0, grant.epoch())));
    }
    return replicas
        .move(moves)
        .recover(
            cause ->
                cause instanceof NoAnswer
                    ? Future.succeededFuture(false)
                    : Future.failedFuture(cause))
        .compose(
            applied -> {
              if (applied) {
                return patience.onTurn(
                    () -> {
                      batch.forEach(this::released);
                      return Future.succeededFuture(List.<Release>of());
                    });
              }
              return sortOut(batch);
            })
        .compose(
            left -> left.isEmpty() ? Future.succeededFuture(left) : patience.pause(round).map(left))
        .compose(
            left -> {
              var next = new ArrayList<>(left);
              next.addAll(rest);
              return releaseAll(next, left.isEmpty() ? 1 : round + 1);
            })
        .recover(
            cause -> {
              all.forEach(one -> one.done().tryFail(cause));
              return Future.succeededFuture();
            });
  }

  /** What came of releases that were not applied together: gives back those to try again. */
  private Future<List<Release>> sortOut(List<Release> batch) {
    Set<Integer> partitions =
        batch.stream().map(one -> one.grant().partition()).collect(Collectors.toSet());
    return patience
        .patiently(() -> replicas.holdings(partitions))
        .compose(
            holdings ->
                patience.onTurn(
                    () -> {
                      var left = new ArrayList<Release>();
                      for (Release one : batch) {
                        Grant grant = one.grant();
                        long holder = 0;
                        long epoch = 0;
                        for (Holding holding : holdings) {
                          if (holding.partition() == grant.partition()) {
                            holder = holding.incarnation();
                            epoch = holding.epoch();
                          }
                        }
                        if (holder == grant.incarnation() && epoch == grant.epoch()) {
                          left.add(one);
                        } else if (holder == 0 && epoch == grant.epoch()) {
                          released(one);
                        } else {
                          one.done()
                              .tryFail(
                                  new StaleOwner(
                                      "partition " + grant.partition() + " has another owner"));
                        }
                      }
                      return Future.succeededFuture(left);
                    }));
  }

  private void released(Release one) {
    grants.remove(one.grant().partition(), one.grant());
    one.done().tryComplete();
  }

  private void end(Grant grant) {
    if (grant.isOpen()) {
      grant.close();
      onEnd.accept(grant);
    }
  }

  // ---- for the store, in turns

  /** The grant of a partition under this epoch, if it is open. */
  @Nullable Grant open(int partition, long epoch) {
    Grant grant = grants.get(partition);
    return grant != null && grant.isOpen() && grant.epoch() == epoch ? grant : null;
  }

  /** The open grant of a partition. */
  @Nullable Grant open(int partition) {
    Grant grant = grants.get(partition);
    return grant != null && grant.isOpen() ? grant : null;
  }

  Standing standing(long incarnation) {
    return incarnations.of(incarnation);
  }

  void onEnd(Consumer<Grant> listener) {
    onEnd = listener;
  }

  void close() {
    closed = true;
    List.copyOf(grants.values()).forEach(this::end);
    incarnations.close();
  }

  /** Runs after all that was asked for before. */
  private <T> Future<T> inLane(Supplier<Future<T>> task) {
    Promise<T> done = Promise.promise();
    turns.run(
        () -> {
          Future<T> mine = lane.transform(before -> task.get());
          lane = mine;
          mine.onComplete(done);
        });
    return done.future();
  }
}
