package io.mainstem.directory;

import io.mainstem.message.UserId;

/**
 * A logged-in device.
 *
 * @param id names it when it is ended; tells nothing of its token
 * @param label what it calls itself (a browser's User-Agent), for its owner
 * @param lifetimeSeconds how long it lives without being used
 */
public record Session(
    String id,
    UserId user,
    Kind kind,
    String label,
    long createdMillis,
    long lastUsedMillis,
    long lifetimeSeconds) {

  /** How it came to be. */
  public enum Kind {
    /** A browser, with a cookie. */
    WEB,
    /** A program, with its token in a header. */
    TOKEN
  }

  /** When it ends unless it is used before. */
  public long expiresMillis() {
    return lastUsedMillis + lifetimeSeconds * 1000;
  }

  Session usedAt(long nowMillis) {
    return new Session(
        id, user, kind, label, createdMillis, Math.max(lastUsedMillis, nowMillis), lifetimeSeconds);
  }
}
