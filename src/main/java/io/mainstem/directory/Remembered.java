package io.mainstem.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Rows that were read before, for a while: another node may change them. What is older is read
 * anew; when that fails the old answer stands, so that whoever is known is served while the
 * directory cannot be reached. Absence is not remembered. Thread-safe.
 */
final class Remembered<K, V> {
  private record Known<V>(Future<@Nullable V> answer, long atNanos) {}

  private final Cache<K, Known<V>> cache;
  private final Ticker ticker;
  private final long maxNanos;

  Remembered(int entries, Duration atMost, Ticker ticker) {
    this.cache = Caffeine.newBuilder().maximumSize(entries).build();
    this.ticker = ticker;
    this.maxNanos = atMost.toNanos();
  }

  /** What is remembered, or what the store says; on the context of the caller, when he has one. */
  Future<@Nullable V> get(K key, Supplier<Future<@Nullable V>> store) {
    Known<V> known = cache.getIfPresent(key);
    if (known == null
        || known.answer().isComplete() && ticker.read() - known.atNanos() > maxNanos) {
      known = ask(key, known, store);
    }
    return Rows.onCaller(known.answer());
  }

  /** As {@link #get}, but what the store says now. */
  Future<@Nullable V> fresh(K key, Supplier<Future<@Nullable V>> store) {
    return Rows.onCaller(ask(key, cache.getIfPresent(key), store).answer());
  }

  private Known<V> ask(K key, @Nullable Known<V> old, Supplier<Future<@Nullable V>> store) {
    V before = old == null ? null : old.answer().result();
    Future<@Nullable V> asked =
        store
            .get()
            .recover(
                cause ->
                    before == null ? Future.failedFuture(cause) : Future.succeededFuture(before));
    var known = new Known<>(asked, ticker.read());
    cache.put(key, known);
    asked.onComplete(
        answer -> {
          if (answer.result() == null) {
            cache.asMap().remove(key, known);
          }
        });
    return known;
  }

  /** The answer in memory, however old; null when there is none. */
  @Nullable V peek(K key) {
    Known<V> known = cache.getIfPresent(key);
    return known == null ? null : known.answer().result();
  }

  /** It has changed: it is read when it is asked for next. */
  void forget(K key) {
    cache.invalidate(key);
  }
}
