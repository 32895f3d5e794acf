package io.mainstem.store.cassandra;

import io.mainstem.store.FeatureLevel;
import io.mainstem.store.cassandra.Replicas.Incarnation;
import io.mainstem.store.cassandra.Replicas.NoAnswer;
import io.mainstem.store.cassandra.Replicas.Registry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The incarnations of the cell's nodes: how one is joined, which of them stand, which feature level
 * all of them read, how one is fenced, and how sure this process is that its own stands. Confined
 * to the turns.
 */
final class Incarnations {
  private final Replicas replicas;
  private final Turns turns;
  private final Tuning tuning;
  private final Patience patience;
  private final Supplier<String> nonces;
  private final LongConsumer onFenced;
  private final Map<Long, Standing> standings = new HashMap<>();
  private Consumer<Boolean> onStale = stale -> {};
  private boolean toldStale;
  private boolean closed;

  /** The incarnation that was joined last; read from any thread. */
  private volatile @Nullable Standing current;

  /**
   * @param nonces texts that never come twice, of any process
   * @param onFenced is told, in a turn, that an incarnation of this process was fenced
   */
  Incarnations(
      Replicas replicas,
      Turns turns,
      Tuning tuning,
      Supplier<String> nonces,
      LongConsumer onFenced) {
    this.replicas = replicas;
    this.turns = turns;
    this.tuning = tuning;
    this.patience = new Patience(turns, tuning);
    this.nonces = nonces;
    this.onFenced = onFenced;
  }

  Future<Long> join(String node, int level) {
    String nonce = nonces.get();
    return patience
        .patiently(
            () -> replicas.registry().compose(registry -> join(registry, node, level, nonce)))
        .compose(
            id -> {
              Promise<Long> joined = Promise.promise();
              turns.run(
                  () -> {
                    Standing standing = of(id);
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

  Future<Integer> level() {
    return patience.patiently(() -> replicas.registry().compose(this::level));
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
  Future<Void> fence(long incarnation) {
    return patience
        .patiently(
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
                patience.onTurn(
                    () -> {
                      Standing own = standings.get(incarnation);
                      if (own != null) {
                        own.onLeft();
                      }
                      return Future.succeededFuture();
                    }));
  }

  Future<Void> confirm(long incarnation) {
    return patience.onTurn(() -> of(incarnation).confirm());
  }

  long staleMillis() {
    Standing now = current;
    return now == null ? 0 : now.staleMillis();
  }

  /** Whom to tell, in a turn. */
  void onStale(Consumer<Boolean> listener) {
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

  Future<Map<String, Long>> standing() {
    return all()
        .map(
            all ->
                all.stream()
                    .filter(one -> !one.fenced())
                    .collect(Collectors.toMap(Incarnation::node, Incarnation::id, Math::max)));
  }

  /** All incarnations of the cell, read serially. */
  Future<List<Incarnation>> all() {
    return registry().map(Registry::incarnations);
  }

  /** The same with the last id that was given. */
  Future<Registry> registry() {
    return patience.patiently(replicas::registry);
  }

  /**
   * When the last quorum read began that showed this incarnation standing, by {@link
   * Turns#nowMillis}. To be asked in a turn.
   */
  long goodMillis(long incarnation) {
    return of(incarnation).goodMillis();
  }

  /** How long ago the last good read of the own incarnation began. From any thread. */
  Duration silence() {
    Standing now = current;
    return Duration.ofMillis(now == null ? 0 : Math.max(0, turns.nowMillis() - now.goodMillis()));
  }

  // ---- those of this process

  Standing of(long incarnation) {
    return standings.computeIfAbsent(
        incarnation,
        id -> new Standing(replicas, turns, tuning, id, () -> onFenced.accept(id), this::look));
  }

  /** Whether it is known here to be fenced. */
  boolean isFenced(long incarnation) {
    Standing own = standings.get(incarnation);
    return own != null && own.isFenced();
  }

  void close() {
    closed = true;
    standings.values().forEach(Standing::close);
  }
}
