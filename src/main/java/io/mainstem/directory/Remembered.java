package io.mainstem.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Rows that were read before, for a while: another node may change them. What is older is read
 * anew. When that fails the old answer stands, and when it takes long the old answer is given
 * meanwhile, so that whoever is known is served while the directory cannot be reached or is silent;
 * but no answer is given that the store gave too long ago. Absence is not remembered. Thread-safe.
 */
final class Remembered<K, V> {
  /** So long whoever asks waits for the store when there is an old answer. */
  private static final long PATIENCE_MILLIS = 250;

  /**
   * When answers are old.
   *
   * @param fresh so long they are given without asking the store
   * @param stale so long they are given while the store does not answer
   * @param isSilent whether it does not, as far as is known
   */
  record Age(Duration fresh, Duration stale, BooleanSupplier isSilent) {}

  /** What was asked of the store last. */
  private static final class Known<V> {
    final Future<@Nullable V> answer;
    final long askedNanos;

    /** What the store said before; null: nothing, or too long ago. */
    final @Nullable V before;

    /** When the store said what is the answer. */
    volatile long saidNanos;

    Known(Future<@Nullable V> answer, long askedNanos, @Nullable V before, long saidNanos) {
      this.answer = answer;
      this.askedNanos = askedNanos;
      this.before = before;
      this.saidNanos = saidNanos;
    }
  }

  private final Cache<K, Known<V>> cache;
  private final Ticker ticker;
  private final Age age;

  Remembered(int entries, Age age, Ticker ticker) {
    this.cache = Caffeine.newBuilder().maximumSize(entries).build();
    this.ticker = ticker;
    this.age = age;
  }

  /** What is remembered, or what the store says; on the context of the caller, when he has one. */
  Future<@Nullable V> get(K key, Supplier<Future<@Nullable V>> store) {
    Known<V> known = cache.getIfPresent(key);
    if (known == null
        || known.answer.isComplete() && ticker.read() - known.askedNanos > age.fresh().toNanos()) {
      known = ask(key, known, store);
    }
    V before = known.before;
    if (before == null || known.answer.isComplete()) {
      return Rows.onCaller(known.answer);
    }
    return age.isSilent().getAsBoolean()
        ? Future.succeededFuture(before)
        : patiently(known.answer, before);
  }

  /** What the store says, or after a moment what it said before. */
  private static <V> Future<@Nullable V> patiently(Future<@Nullable V> answer, V before) {
    Context caller = Vertx.currentContext();
    if (caller == null) {
      return answer;
    }
    Promise<@Nullable V> promise = Promise.promise();
    Vertx vertx = caller.owner();
    long timer = vertx.setTimer(PATIENCE_MILLIS, id -> promise.tryComplete(before));
    Rows.onCaller(answer)
        .onComplete(
            said -> {
              vertx.cancelTimer(timer);
              promise.tryComplete(said.failed() ? before : said.result());
            });
    return promise.future();
  }

  /** As {@link #get}, but what the store says now. */
  Future<@Nullable V> fresh(K key, Supplier<Future<@Nullable V>> store) {
    return Rows.onCaller(ask(key, cache.getIfPresent(key), store).answer);
  }

  private Known<V> ask(K key, @Nullable Known<V> old, Supplier<Future<@Nullable V>> store) {
    long now = ticker.read();
    V said = old == null ? null : old.answer.isComplete() ? old.answer.result() : old.before;
    long saidNanos = old == null ? now : old.saidNanos;
    V before = now - saidNanos > age.stale().toNanos() ? null : said;
    Promise<@Nullable V> promise = Promise.promise();
    var known = new Known<V>(promise.future(), now, before, before == null ? now : saidNanos);
    cache.put(key, known);
    store
        .get()
        .onComplete(
            answer -> {
              if (answer.succeeded()) {
                known.saidNanos = now;
              }
              if (answer.succeeded() ? answer.result() == null : before == null) {
                cache.asMap().remove(key, known);
              }
              if (answer.failed() && before == null) {
                promise.fail(answer.cause());
              } else {
                promise.complete(answer.succeeded() ? answer.result() : before);
              }
            });
    return known;
  }

  /** The answer in memory, however old; null when there is none. */
  @Nullable V peek(K key) {
    Known<V> known = cache.getIfPresent(key);
    return known == null ? null : known.answer.isComplete() ? known.answer.result() : known.before;
  }

  /** It has changed: it is read when it is asked for next. */
  void forget(K key) {
    cache.invalidate(key);
  }
}
