package io.mainstem.stage;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * All stages of one node, and the checks that are no stage (a failed store, a disk near its end).
 * Thread-safe.
 */
public final class Stages {
  private final MeterRegistry registry;
  private final LongSupplier nanoClock;
  private final Map<String, Stage> stages = new ConcurrentSkipListMap<>();
  private final Map<String, Supplier<Optional<String>>> checks = new ConcurrentSkipListMap<>();

  public Stages(MeterRegistry registry, LongSupplier nanoClock) {
    this.registry = registry;
    this.nanoClock = nanoClock;
  }

  /** Stages that nobody looks at, for a part that runs alone, as in a test of its own. */
  public static Stages unobserved() {
    return new Stages(new SimpleMeterRegistry(), System::nanoTime);
  }

  /**
   * Opens a stage, or gives the one of this name, so that several listeners may share it.
   *
   * @param name a fixed word in lower case, with dots
   * @param capacity the passages at which its owner refuses more
   */
  public Stage stage(String name, int capacity) {
    return stages.computeIfAbsent(
        name, key -> new Stage(key, capacity, false, registry, nanoClock));
  }

  /**
   * As {@link #stage}, for work that others do: another cell, say, that answers nobody. It is
   * measured, and no trouble of this node, which serves its own all the same.
   */
  public Stage outward(String name, int capacity) {
    return stages.computeIfAbsent(name, key -> new Stage(key, capacity, true, registry, nanoClock));
  }

  /**
   * Adds something that must be well for this node to be ready.
   *
   * @param check gives what is wrong, in words that hold nothing of a user; must neither block nor
   *     throw
   */
  public void check(String name, Supplier<Optional<String>> check) {
    checks.put(name, check);
  }

  /** For meters that are no stage. */
  public MeterRegistry registry() {
    return registry;
  }

  /** Everything that is wrong now; empty when all is well. */
  public List<String> troubles(Duration stuckAfter) {
    var troubles = new ArrayList<String>();
    stages.values().forEach(stage -> stage.trouble(stuckAfter).ifPresent(troubles::add));
    new TreeMap<>(checks).forEach((name, check) -> check.get().ifPresent(troubles::add));
    return troubles;
  }
}
