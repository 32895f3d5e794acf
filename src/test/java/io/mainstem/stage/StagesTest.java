package io.mainstem.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StagesTest {
  private static final Duration STUCK_AFTER = Duration.ofSeconds(10);

  private final AtomicLong nanos = new AtomicLong();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Stages stages = new Stages(registry, nanos::get);

  @Test
  void passageIsTimedAndCounted() {
    Stage stage = stages.stage("store.append", 10);
    Stage.Passage passage = stage.enter();
    assertEquals(1, stage.depth());
    advance(3);
    passage.leave();
    passage.leave();
    assertEquals(0, stage.depth());
    var timer = registry.get("mainstem.stage").tag("stage", "store.append").timer();
    assertEquals(1, timer.count());
    assertEquals(3, timer.totalTime(TimeUnit.SECONDS));
  }

  @Test
  void futureLeavesTheStageWhenItEnds() {
    Stage stage = stages.stage("mime", 10);
    Promise<String> work = Promise.promise();
    stage.pass(work::future);
    assertEquals(1, stage.depth());
    work.fail("broken");
    assertEquals(0, stage.depth());
    assertThrows(
        IllegalStateException.class,
        () ->
            stage.<Future<Void>>pass(
                () -> {
                  throw new IllegalStateException();
                }));
    assertEquals(0, stage.depth());
  }

  @Test
  void workThatOthersDoNotDoIsNoTroubleOfThisNode() {
    Stage stage = stages.outward("to-others", 1);
    stage.enter();
    advance(100);
    assertEquals(1, stage.depth());
    assertEquals(List.of(), stages.troubles(STUCK_AFTER));
  }

  @Test
  void refusalsAreCountedByReason() {
    Stage stage = stages.stage("smtp", 10);
    stage.refused("busy");
    stage.refused("busy");
    assertEquals(
        2,
        registry
            .get("mainstem.stage.refused")
            .tags("stage", "smtp", "reason", "busy")
            .counter()
            .count());
  }

  @Test
  void fullStageIsTrouble() {
    Stage stage = stages.stage("blob", 2);
    Stage.Passage first = stage.enter();
    assertFalse(stage.isFull());
    stage.enter();
    assertTrue(stage.isFull());
    assertEquals(List.of("stage blob is full: 2 of 2"), stages.troubles(STUCK_AFTER));
    first.leave();
    assertEquals(List.of(), stages.troubles(STUCK_AFTER));
  }

  @Test
  void stageIsStuckOnlyWhenWorkWaitsAndNoneGetsDone() {
    Stage stage = stages.stage("delivery", 100);
    advance(60);
    assertEquals(List.of(), stages.troubles(STUCK_AFTER));
    Stage.Passage first = stage.enter();
    stage.enter();
    advance(10);
    assertEquals(List.of(), stages.troubles(STUCK_AFTER));
    advance(1);
    assertEquals(
        List.of("stage delivery is stuck: 2 waiting, none done for 11.0 s"),
        stages.troubles(STUCK_AFTER));
    first.leave();
    assertEquals(List.of(), stages.troubles(STUCK_AFTER));
  }

  @Test
  void checksAreToldToo() {
    stages.check("store", () -> Optional.of("store refuses writes"));
    stages.check("disk", Optional::empty);
    assertEquals(List.of("store refuses writes"), stages.troubles(STUCK_AFTER));
  }

  private void advance(long seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }
}
