package io.mainstem.stage;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * One arrow on the way of a message: how long a passage takes, how many are under way, how many
 * were refused. Thread-safe; a passage may be entered on one thread and left on another.
 */
public final class Stage {
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(100_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(30)
  };

  private final String name;
  private final int capacity;
  private final boolean outward;
  private final LongSupplier nanoClock;
  private final MeterRegistry registry;
  private final Timer timer;
  private final AtomicInteger depth = new AtomicInteger();
  private final AtomicLong movedAtNanos;
  private final Map<String, Counter> refusals = new ConcurrentHashMap<>();

  /**
   * @param outward whether others do the work: that they do not is no trouble of this node
   */
  Stage(
      String name, int capacity, boolean outward, MeterRegistry registry, LongSupplier nanoClock) {
    this.name = name;
    this.capacity = capacity;
    this.outward = outward;
    this.registry = registry;
    this.nanoClock = nanoClock;
    this.movedAtNanos = new AtomicLong(nanoClock.getAsLong());
    this.timer =
        Timer.builder("mainstem.stage")
            .description("Time of one passage through a stage")
            .tag("stage", name)
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
    Gauge.builder("mainstem.stage.depth", depth, AtomicInteger::get)
        .description("Passages under way or waiting in a stage")
        .tag("stage", name)
        .register(registry);
    Gauge.builder("mainstem.stage.capacity", () -> capacity)
        .description("Passages at which a stage refuses more")
        .tag("stage", name)
        .register(registry);
  }

  public String name() {
    return name;
  }

  public int depth() {
    return depth.get();
  }

  /**
   * Whether one more passage is beyond the bound. The stage counts; its owner refuses, with {@link
   * #refused}.
   */
  public boolean isFull() {
    return depth.get() >= capacity;
  }

  /**
   * Something starts to wait or to be worked on. {@link Passage#leave} must follow, whatever comes
   * of it.
   */
  public Passage enter() {
    if (depth.getAndIncrement() == 0) {
      movedAtNanos.set(nanoClock.getAsLong());
    }
    return new Passage();
  }

  /** Passes work whose end is a Future through the stage. */
  @CanIgnoreReturnValue
  public <T> Future<T> pass(Supplier<Future<T>> work) {
    Passage passage = enter();
    Future<T> future;
    try {
      future = work.get();
    } catch (RuntimeException | Error e) {
      passage.leave();
      throw e;
    }
    return future.onComplete(done -> passage.leave());
  }

  /**
   * Counts a refusal.
   *
   * @param reason a fixed word, such as the name of a rule; it becomes a label in the metrics
   */
  public void refused(String reason) {
    refusals
        .computeIfAbsent(
            reason,
            word ->
                Counter.builder("mainstem.stage.refused")
                    .description("Passages refused by a stage")
                    .tag("stage", name)
                    .tag("reason", word)
                    .register(registry))
        .increment();
  }

  /**
   * What is wrong with this stage now, in words: full, or work waits and nothing has left for too
   * long.
   */
  Optional<String> trouble(Duration stuckAfter) {
    if (outward) {
      return Optional.empty();
    }
    int waiting = depth.get();
    if (waiting >= capacity) {
      return Optional.of("stage %s is full: %d of %d".formatted(name, waiting, capacity));
    }
    long stillMillis = TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - movedAtNanos.get());
    if (waiting > 0 && stillMillis > stuckAfter.toMillis()) {
      return Optional.of(
          "stage %s is stuck: %d waiting, none done for %.1f s"
              .formatted(name, waiting, stillMillis / 1000.0));
    }
    return Optional.empty();
  }

  /** One piece of work on its way through the stage. */
  public final class Passage {
    private final long enteredAtNanos = nanoClock.getAsLong();
    private final AtomicBoolean left = new AtomicBoolean();

    private Passage() {}

    /** The work is done, well or not. Leaving twice counts once. */
    public void leave() {
      if (left.compareAndSet(false, true)) {
        long now = nanoClock.getAsLong();
        movedAtNanos.set(now);
        depth.decrementAndGet();
        timer.record(now - enteredAtNanos, TimeUnit.NANOSECONDS);
      }
    }
  }
}
