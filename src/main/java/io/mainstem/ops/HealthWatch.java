package io.mainstem.ops;

import io.mainstem.config.Health;
import io.mainstem.stage.Stages;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Knows whether this node should be sent work, and why not: a stuck or full stage, whatever a part
 * registered as a check, a blocked event loop, a disk near its end, a stop under way.
 */
public final class HealthWatch implements AutoCloseable {
  private final Stages stages;
  private final Duration stuckAfter;
  private final LoopWatch loops;
  private final AtomicBoolean draining = new AtomicBoolean();

  /**
   * Starts to watch.
   *
   * @param data the directory whose disk must keep some free space
   */
  public HealthWatch(Vertx vertx, Stages stages, Health settings, Path data) throws IOException {
    this.stages = stages;
    this.stuckAfter = Duration.ofSeconds(settings.stuckSeconds());
    this.loops = new LoopWatch(vertx, Duration.ofMillis(settings.blockedLoopMillis()));
    FileStore disk = Files.getFileStore(data);
    stages.check("event-loops", loops::trouble);
    stages.check("disk", () -> diskTrouble(disk, settings.minFreeBytes()));
    stages.check(
        "drain", () -> draining.get() ? Optional.of("this node is stopping") : Optional.empty());
  }

  /**
   * What is wrong; empty when this node is ready. Asks the file system, so it is not called on an
   * event loop.
   */
  public List<String> troubles() {
    return stages.troubles(stuckAfter);
  }

  /** From now on this node is not ready, so that nobody sends it more work while it stops. */
  public void drain() {
    draining.set(true);
  }

  private static Optional<String> diskTrouble(FileStore disk, long minFreeBytes) {
    try {
      long free = disk.getUsableSpace();
      return free >= minFreeBytes
          ? Optional.empty()
          : Optional.of(
              "disk of the data directory is near its end: %d MiB free, health.minFreeBytes is %d MiB"
                  .formatted(free >> 20, minFreeBytes >> 20));
    } catch (IOException e) {
      return Optional.of("disk of the data directory does not answer");
    }
  }

  @Override
  public void close() {
    loops.close();
  }
}
