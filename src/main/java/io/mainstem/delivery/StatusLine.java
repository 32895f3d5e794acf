package io.mainstem.delivery;

import io.mainstem.mailbox.Command.Progress;
import io.mainstem.message.Rejected;
import io.mainstem.message.ThreadId;
import io.mainstem.stage.Stage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Merges watermarks for one listener and tells him at most once in an interval. Thread-safe: the
 * ends of a line are owned by different contexts.
 *
 * @param <K> who is told about whom
 */
final class StatusLine<K> {
  /** Tells one batch; a failure other than a refusal is tried again. */
  interface Sink<K> {
    Future<?> tell(K key, List<Progress> progress);
  }

  private final Vertx vertx;
  private final long intervalMillis;
  private final int capacity;
  private final Backoff backoff;
  private final Stage stage;
  private final Function<K, String> routeOf;
  private final Sink<K> sink;
  private final BiConsumer<K, List<Progress>> onTold;
  private final Map<K, Pending> pending = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Keys of each route: one whose mailboxes do not answer fills no other's room. */
  private final Map<String, AtomicInteger> keys = new ConcurrentHashMap<>();

  /**
   * @param capacity keys of one route at once; beyond it watermarks are dropped, and come again
   *     with the next load of the mailbox
   * @param routeOf where the mailbox is that is told
   * @param onTold is called with what was told, once that is durable
   */
  StatusLine(
      Vertx vertx,
      long intervalMillis,
      int capacity,
      Backoff backoff,
      Stage stage,
      Function<K, String> routeOf,
      Sink<K> sink,
      BiConsumer<K, List<Progress>> onTold) {
    this.vertx = vertx;
    this.intervalMillis = intervalMillis;
    this.capacity = capacity;
    this.backoff = backoff;
    this.stage = stage;
    this.routeOf = routeOf;
    this.sink = sink;
    this.onTold = onTold;
  }

  /** Everything not yet told of one key; guarded by itself. */
  private static final class Pending {
    final AtomicInteger ofRoute;
    final Map<ThreadId, Progress> merged = new HashMap<>();

    /** The timer that runs; -1 for none. */
    long timer = -1;

    /** Whether it was told within the interval. */
    boolean resting;

    boolean telling;
    boolean gone;
    int failures;

    Pending(AtomicInteger ofRoute) {
      this.ofRoute = ofRoute;
    }
  }

  /**
   * Takes a watermark.
   *
   * @param soon tell at once, unless it was told within the interval; otherwise it may wait for one
   *     interval
   * @param slower an interval for this one, when it may wait longer than usual
   */
  void add(K key, Progress progress, boolean soon, long slower) {
    while (!closed) {
      Pending line = pending.get(key);
      if (line == null) {
        var ofRoute = keys.computeIfAbsent(routeOf.apply(key), name -> new AtomicInteger());
        if (ofRoute.get() >= capacity) {
          stage.refused("full");
          return;
        }
        line =
            pending.computeIfAbsent(
                key,
                ignored -> {
                  ofRoute.incrementAndGet();
                  return new Pending(ofRoute);
                });
      }
      synchronized (line) {
        if (line.gone) {
          continue;
        }
        line.merged.merge(progress.thread(), progress, StatusLine::max);
        if (line.telling) {
          return;
        }
        if (line.timer < 0) {
          arm(key, line, soon ? 0 : Math.max(slower, intervalMillis));
        } else if (soon && !line.resting && vertx.cancelTimer(line.timer)) {
          arm(key, line, 0);
        }
        return;
      }
    }
  }

  private static Progress max(Progress a, Progress b) {
    return new Progress(
        a.thread(),
        Math.max(a.handed(), b.handed()),
        Math.max(a.delivered(), b.delivered()),
        Math.max(a.read(), b.read()));
  }

  private void arm(K key, Pending line, long millis) {
    line.timer = vertx.setTimer(Math.max(1, millis), ignored -> fire(key, line));
  }

  private void fire(K key, Pending line) {
    List<Progress> batch;
    synchronized (line) {
      line.timer = -1;
      line.resting = false;
      if (line.merged.isEmpty() || closed) {
        line.gone = true;
        if (pending.remove(key, line)) {
          line.ofRoute.decrementAndGet();
        }
        return;
      }
      batch = List.copyOf(line.merged.values());
      line.merged.clear();
      line.telling = true;
    }
    stage
        .pass(() -> sink.tell(key, batch))
        .onSuccess(done -> told(key, line, batch))
        .onFailure(failure -> failed(key, line, batch, failure));
  }

  private void told(K key, Pending line, List<Progress> batch) {
    synchronized (line) {
      line.telling = false;
      line.failures = 0;
      line.resting = true;
      arm(key, line, intervalMillis);
    }
    onTold.accept(key, batch);
  }

  private void failed(K key, Pending line, List<Progress> batch, Throwable failure) {
    if (failure instanceof Rejected rejected && isFinal(rejected.rule())) {
      // Whom it concerns is gone (the thread was erased, the account removed): nobody is left to be
      // told.
      told(key, line, batch);
      return;
    }
    stage.refused("retry");
    synchronized (line) {
      line.telling = false;
      batch.forEach(progress -> line.merged.merge(progress.thread(), progress, StatusLine::max));
      line.failures++;
      line.resting = true;
      arm(key, line, Math.max(intervalMillis, backoff.millis(line.failures)));
    }
  }

  private static boolean isFinal(Rejected.Rule rule) {
    return switch (rule) {
      case RATE_LIMITED, BUSY, STORE_FULL, STORE_FAILED, OVER_QUOTA -> false;
      case CONFLICT,
          NOT_FOUND,
          INVALID,
          UNKNOWN_RECIPIENT,
          TOO_LARGE,
          NOT_PERMITTED,
          NOT_UNDOABLE,
          RESET ->
          true;
    };
  }

  /** Tells nobody any more; what waits is in the logs. */
  void close() {
    closed = true;
    pending.clear();
  }
}
