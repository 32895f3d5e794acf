package io.mainstem.ops;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Notices an event loop that is blocked: each loop notes the time every quarter of a second. */
final class LoopWatch implements AutoCloseable {
  private static final long BEAT_MILLIS = 250;

  private final long blockedAfterNanos;
  private final List<AtomicLong> beats = new ArrayList<>();
  private final List<ScheduledFuture<?>> timers = new ArrayList<>();

  LoopWatch(Vertx vertx, Duration blockedAfter) {
    this.blockedAfterNanos = blockedAfter.plusMillis(BEAT_MILLIS).toNanos();
    for (EventExecutor loop : ((VertxInternal) vertx).eventLoopGroup()) {
      var beat = new AtomicLong(System.nanoTime());
      beats.add(beat);
      timers.add(
          loop.scheduleAtFixedRate(
              () -> beat.set(System.nanoTime()), BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS));
    }
  }

  Optional<String> trouble() {
    long now = System.nanoTime();
    for (int i = 0; i < beats.size(); i++) {
      long stillNanos = now - beats.get(i).get();
      if (stillNanos > blockedAfterNanos) {
        return Optional.of("event loop %d is blocked for %.1f s".formatted(i, stillNanos / 1e9));
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    timers.forEach(timer -> timer.cancel(false));
  }
}
