package io.mainstem.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.config.Directory.Login;
import java.time.Duration;

/**
 * Counts wrong passwords. Three counts refuse: of one account from one address (the configured
 * maximum), of one address over all accounts and of one account over all addresses (ten times as
 * much, so that neither many accounts nor many addresses make guessing cheap). An address from
 * which the account's right password came lately is not hindered by what others try on that
 * account.
 *
 * <p>Kept in memory, each count for a window from its first failure.
 */
public final class Throttle {
  private static final int WIDE = 10;

  private final Cache<String, Failures> failures;
  private final Cache<String, Boolean> known;
  private final int max;
  private final long windowNanos;
  private final Ticker clock;

  /**
   * @param clock nanoseconds that only grow
   */
  public Throttle(Login config, Ticker clock) {
    this.max = config.maxFailures();
    this.windowNanos = Duration.ofSeconds(config.windowSeconds()).toNanos();
    this.clock = clock;
    this.failures =
        Caffeine.newBuilder()
            .maximumSize(config.throttleEntries())
            .ticker(clock)
            .expireAfterWrite(Duration.ofSeconds(config.windowSeconds()))
            .build();
    this.known =
        Caffeine.newBuilder()
            .maximumSize(config.throttleEntries())
            .ticker(clock)
            .expireAfterWrite(
                Duration.ofSeconds(Math.max(config.windowSeconds(), config.rememberSeconds())))
            .build();
  }

  private record Failures(int count, long sinceNanos) {}

  /** How long to wait before the next attempt; zero: none. */
  public Duration wait(String account, String address) {
    long wait = Math.max(left(pair(account, address), max), left("@" + address, max * WIDE));
    if (known.getIfPresent(pair(account, address)) == null) {
      wait = Math.max(wait, left("#" + account, max * WIDE));
    }
    return Duration.ofNanos(wait);
  }

  /** The password was wrong. */
  public void onWrong(String account, String address) {
    count(pair(account, address));
    count("@" + address);
    count("#" + account);
  }

  /** The password was right. */
  public void onRight(String account, String address) {
    failures.invalidate(pair(account, address));
    known.put(pair(account, address), true);
  }

  private void count(String key) {
    long now = clock.read();
    failures
        .asMap()
        .compute(
            key,
            (k, before) ->
                before == null || now - before.sinceNanos >= windowNanos
                    ? new Failures(1, now)
                    : new Failures(before.count + 1, before.sinceNanos));
  }

  private long left(String key, int limit) {
    Failures counted = failures.getIfPresent(key);
    if (counted == null || counted.count < limit) {
      return 0;
    }
    return Math.max(0, counted.sinceNanos + windowNanos - clock.read());
  }

  private static String pair(String account, String address) {
    return account + "@" + address;
  }
}
