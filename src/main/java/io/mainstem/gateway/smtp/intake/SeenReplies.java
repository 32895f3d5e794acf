package io.mainstem.gateway.smtp.intake;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers mails without Message-ID whose senders have gone on after our 250, and so have seen it:
 * the same bytes coming once more are then no repeat after a lost reply, but a person who sends the
 * same words twice. Mails with a Message-ID say themselves that they are the same. Thread-safe; the
 * oldest is forgotten at the bound, and then a second mail is taken for a repeat.
 */
final class SeenReplies {
  private final Map<ByteBuffer, Integer> seen;

  SeenReplies(int maxEntries) {
    this.seen =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Integer> eldest) {
            return size() > maxEntries;
          }
        };
  }

  /** How often a mail of this hash came and its sender knows it. */
  synchronized int count(byte[] hash) {
    return seen.getOrDefault(ByteBuffer.wrap(hash), 0);
  }

  /** The sender of this one, the {@code repeat}th of its hash, knows that it was kept. */
  synchronized void onSeen(byte[] hash, int repeat) {
    seen.merge(ByteBuffer.wrap(hash), repeat + 1, Math::max);
  }
}
