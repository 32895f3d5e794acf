package io.mainstem.gateway.smtp.intake;

import io.mainstem.message.Hlc;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Stamps mails from outside in the order of their acceptance at this node, each once for all its
 * recipients. Thread-safe.
 */
final class StampClock {
  private final AtomicLong last = new AtomicLong();
  private final LongSupplier nowMillis;

  StampClock(LongSupplier nowMillis) {
    this.nowMillis = nowMillis;
  }

  Hlc next() {
    long now = nowMillis.getAsLong();
    return new Hlc(last.updateAndGet(before -> new Hlc(before).next(now).packed()));
  }
}
