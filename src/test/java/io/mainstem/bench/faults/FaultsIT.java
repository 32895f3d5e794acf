package io.mainstem.bench.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mainstem.bench.Lab;
import io.mainstem.bench.Ports;
import io.mainstem.bench.cluster.Cluster;
import io.mainstem.bench.cluster.Tools;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short form of the faults on real processes: nothing that was acknowledged is lost, doubled,
 * invented or out of order, and every count is right afterwards. One node is struck during at least
 * 500 messages a second; a cell during as many as two processors carry with all that belongs to it,
 * while its programs are still being compiled.
 */
class FaultsIT {
  private static final int PEOPLE = 40;
  private static final int PER_SECOND = 550;
  private static final int PEOPLE_OF_A_CELL = 20;
  private static final int PER_SECOND_IN_A_CELL = 150;
  private static final double LEAST = 0.9;

  private final Vertx vertx = Vertx.vertx();

  @TempDir Path room;

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void oneNodeThatIsKilledFrozenOrDrainedLosesNothing() throws Exception {
    try (var rig = OneNode.start(room, Lab.QUICK_LOGIN)) {
      var load = FaultRun.Setting.brief(PEOPLE, PER_SECOND);
      strike(rig, load, named(List.of("kill", "freeze", "drain")));
    }
  }

  /** Some minutes on a machine of its own; servers that start slowly make it longer. */
  @Test
  @Timeout(value = 40, unit = TimeUnit.MINUTES)
  void aCellWhoseNodesAndStoreAreStruckLosesNothing() throws Exception {
    String missing = Cluster.missing(Tools.HERE);
    assumeTrue(missing == null, missing);
    var layout = Cluster.Layout.ofOneCell(3, Ports.hundred(), Lab.QUICK_LOGIN);
    try (var cluster =
        Cluster.start(room.resolve("cluster"), layout, Tools.HERE, System.out::println)) {
      var faults = new ArrayList<>(named(Fault.BRIEF));
      faults.addFirst(Fault.killLast());
      var load = FaultRun.Setting.brief(PEOPLE_OF_A_CELL, PER_SECOND_IN_A_CELL);
      strike(new ClusterRig(cluster, "a"), load, faults);
    }
  }

  private static List<Fault> named(List<String> names) {
    return names.stream()
        .map(
            name -> Fault.ALL.stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow())
        .toList();
  }

  private void strike(Rig rig, FaultRun.Setting load, List<Fault> faults) throws Exception {
    var run = new FaultRun(vertx, rig, load);
    int number = 0;
    for (Fault fault : faults) {
      FaultReport report = run.strike(fault, "f" + number++);
      System.out.println(report.toText());
      System.out.println(report.toJson());
      assertTrue(report.isGood(), report::toText);
      // Written by the clock; how many of them a slow machine acknowledges at once is printed.
      assertTrue(report.askedPerSecond() >= LEAST * load.perSecond(), report::toText);
      assertTrue(
          report.outOfService().max() > report.before().p50(), "the fault was felt by somebody");
    }
  }
}
