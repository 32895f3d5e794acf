package io.mainstem.store.cassandra;

import io.mainstem.store.FeatureLevel;
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
  private final Supplier<String> nonces;
  private final Map<Integer, Grant> grants = new HashMap<>();
  private final Map<Long, Standing> standings = new HashMap<>();
  private final List<Release> releases = new ArrayList<>();
  private Future<?> lane = Future.succeededFuture();
  private Consumer<Grant> onEnd = grant -> {};
  private LongConsumer onFenced = incarnation -> {};
  private Consumer<Boolean> onStale = stale -> {};
  private boolean toldStale;
  private boolean closed;

  /** The incarnation that was joined last; read from any thread. */
  private volatile @Nullable Standing current;

  private record Release(Grant grant, Promise<Void> done) {}

  /**
   * @param nonces texts that never come twice, of any process
   */
  public CassandraOwnership(
      Replicas replicas, Turns turns, Tuning tuning, Supplier<String> nonces) {
    this.replicas = replicas;
    this.turns = turns;
    this.tuning = tuning;
    this.nonces = nonces;
  }

  // ---- incarnations

  @Override
  public Future<Long> join(String node, int level) {
    String nonce = nonces.get();
    return patiently(
            () -> replicas.registry().compose(registry -> join(registry, node, level, nonce)))
        .compose(
            id -> {
              Promise<Long> joined = Promise.promise();
              turns.run(
                  () -> {
                    Standing standing = standing(id);
                    current = standing;
                    look();
                    standing.beat();
                    joined.complete(id);
                  });
              return joined.future();
            });
  }

  private Future<Long> join(Registry registry, String node, int level, String nonce) {
    if (level < registry.level()) {
      return Future.failedFuture(new FeatureLevel.TooOld(registry.level(), level));
    }
    var older = new HashSet<Long>();
    for (Incarnation one : registry.incarnations()) {
      if (one.nonce().equals(nonce)) {
        // An earlier try was applied after all. It counts when a quorum shows it, as a fence does:
        // an incarnation without a row is a fenced one.
        return replicas
            .stands(one.id())
            .compose(
                stands ->
                    stands
                        ? Future.succeededFuture(one.id())
                        : Future.failedFuture(
                            new NoAnswer("the incarnation is not on a quorum yet")));
      }
      if (one.node().equals(node) && !one.fenced()) {
        older.add(one.id());
      }
    }
    var fresh = new Incarnation(registry.last() + 1, node, nonce, false, level);
    return replicas
        .register(registry.last(), fresh, older)
        .compose(
            applied ->
                applied
                    ? Future.succeededFuture(fresh.id())
                    : Future.failedFuture(new NoAnswer("another node joins at the same time")));
  }

  @Override
  public Future<Integer> level() {
    return patiently(() -> replicas.registry().compose(this::level));
  }

  private Future<Integer> level(Registry registry) {
    int lowest =
        registry.incarnations().stream()
            .filter(one -> !one.fenced())
            .mapToInt(Incarnation::level)
            .min()
            .orElse(registry.level());
    return lowest <= registry.level()
        ? Future.succeededFuture(registry.level())
        : replicas
            .raise(registry.last(), lowest)
            .compose(
                applied ->
                    applied
                        ? Future.succeededFuture(lowest)
                        : Future.failedFuture(new NoAnswer("another node joins at the same time")));
  }

  /**
   * Ends all that an incarnation owns. It counts when it was read at a quorum: from then on every
   * quorum read shows it.
   */
  @Override
  public Future<Void> fence(long incarnation) {
    return patiently(
            () ->
                replicas
                    .fence(incarnation)
                    .compose(done -> replicas.stands(incarnation))
                    .<Void>compose(
                        stands ->
                            stands
                                ? Future.failedFuture(
                                    new NoAnswer("the fence is not on a quorum yet"))
                                : Future.succeededFuture()))
        .compose(
            fenced ->
                onTurn(
                    () -> {
                      Standing own = standings.get(incarnation);
                      if (own != null) {
                        own.onLeft();
                      }
                      return Future.succeededFuture();
                    }));
  }

  @Override
  public Future<Void> confirm(long incarnation) {
    return onTurn(() -> standing(incarnation).confirm());
  }

  /** Whom to tell, in a turn, that an incarnation of this process was fenced. */
  @Override
  public void onFenced(LongConsumer listener) {
    turns.run(() -> onFenced = listener);
  }

  @Override
  public long staleMillis() {
    Standing now = current;
    return now == null ? 0 : now.staleMillis();
  }

  /** Whom to tell, in a turn. */
  @Override
  public void onStale(Consumer<Boolean> listener) {
    turns.run(
        () -> {
          onStale = listener;
          if (toldStale) {
            listener.accept(true);
          }
        });
  }

  /** Says so when answers begin to be old, or end to be. */
  private void look() {
    boolean stale = staleMillis() > 0;
    if (stale != toldStale && !closed) {
      toldStale = stale;
      onStale.accept(stale);
    }
  }

  private void fenced(long incarnation) {
    for (Grant grant : List.copyOf(grants.values())) {
      if (grant.incarnation() == incarnation) {
        end(grant);
      }
    }
    onFenced.accept(incarnation);
  }

  @Override
  public Future<Map<String, Long>> standing() {
    return incarnations()
        .map(
            all ->
                all.stream()
                    .filter(one -> !one.fenced())
                    .collect(Collectors.toMap(Incarnation::node, Incarnation::id, Math::max)));
  }

  /** All incarnations of the cell, read serially. */
  public Future<List<Incarnation>> incarnations() {
    return patiently(replicas::registry).map(Registry::incarnations);
  }

  /**
   * When the last quorum read began that showed this incarnation standing, by {@link
   * Turns#nowMillis}. To be asked in a turn.
   */
  public long goodMillis(long incarnation) {
    return standing(incarnation).goodMillis();
  }

  /** How long ago the last good read of the own incarnation began. From any thread. */
  public Duration silence() {
    Standing now = current;
    return Duration.ofMillis(now == null ? 0 : Math.max(0, turns.nowMillis() - now.goodMillis()));
  }

  // ---- partitions

  @Override
  public Future<Map<Integer, Long>> take(long incarnation, Set<Integer> partitions) {
    Set<Integer> wanted = Set.copyOf(partitions);
    return inLane(
        () -> {
          Standing own = standings.get(incarnation);
          return own != null && own.isFenced()
              ? Future.failedFuture(stale(incarnation))
              : take(incarnation, wanted, new HashMap<>(), new HashMap<>(), 1);
        });
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
    Future<Registry> registry = patiently(replicas::registry);
    Future<List<Holding>> holdings = patiently(() -> replicas.holdings(wanted));
    return Future.all(registry, holdings)
        .compose(read -> takeable(incarnation, registry.result(), holdings.result(), wanted))
        .compose(
            free ->
                onTurn(
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
              return pause(round)
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
    if (!standing.contains(incarnation) || standing(incarnation).isFenced()) {
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
            holder, id -> patiently(() -> replicas.stands(id)).map(stands -> !stands));
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
                onTurn(
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
            inLane(() -> onTurn(this::releaseAll)).onComplete(ended -> {});
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
                return onTurn(
                    () -> {
                      batch.forEach(this::released);
                      return Future.succeededFuture(List.<Release>of());
                    });
              }
              return sortOut(batch);
            })
        .compose(left -> left.isEmpty() ? Future.succeededFuture(left) : pause(round).map(left))
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
    return patiently(() -> replicas.holdings(partitions))
        .compose(
            holdings ->
                onTurn(
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
    return standings.computeIfAbsent(
        incarnation, id -> new Standing(replicas, turns, tuning, id, () -> fenced(id), this::look));
  }

  void onEnd(Consumer<Grant> listener) {
    onEnd = listener;
  }

  void close() {
    closed = true;
    List.copyOf(grants.values()).forEach(this::end);
    standings.values().forEach(Standing::close);
  }

  // ---- patience

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

  private <T> Future<T> onTurn(Supplier<Future<T>> task) {
    Promise<T> done = Promise.promise();
    turns.run(
        () -> {
          try {
            task.get().onComplete(done);
          } catch (RuntimeException e) {
            done.fail(e);
          }
        });
    return done.future();
  }

  /** Tries again, a bounded number of times, what has no answer. */
  private <T> Future<T> patiently(Supplier<Future<T>> task) {
    return patiently(task, 1);
  }

  private <T> Future<T> patiently(Supplier<Future<T>> task, int attempt) {
    return task.get()
        .recover(
            cause ->
                cause instanceof NoAnswer && attempt < tuning.attempts()
                    ? pause(attempt).compose(again -> patiently(task, attempt + 1))
                    : Future.failedFuture(cause));
  }

  private Future<Void> pause(int failures) {
    Promise<Void> over = Promise.promise();
    turns.after(tuning.pauseMillis(failures), over::complete);
    return over.future();
  }
}
