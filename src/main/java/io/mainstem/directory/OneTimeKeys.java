package io.mainstem.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.message.UserId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keys that log a user in once, for the links that a demo prints. In memory only: a restart forgets
 * them. The gateway takes them from loopback alone.
 */
public final class OneTimeKeys {
  private static final int MAX = 1000;
  private static final int LETTERS = 32;

  private final Cache<String, UserId> keys;

  OneTimeKeys(Ticker ticker) {
    this.keys =
        Caffeine.newBuilder()
            .maximumSize(MAX)
            .ticker(ticker)
            .expireAfterWrite(Duration.ofMinutes(10))
            .build();
  }

  /** A key of 160 random bits that works once, within ten minutes. */
  public String create(UserId user) {
    String key = Secret.letters(LETTERS);
    keys.put(Secret.sha256(key), user);
    return key;
  }

  /** Whom the key logs in; null when it was used, is over, or never was. */
  public @Nullable UserId redeem(String key) {
    return key.length() == LETTERS ? keys.asMap().remove(Secret.sha256(key)) : null;
  }
}
