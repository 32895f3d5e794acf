package io.mainstem.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * A cell keeps what it acknowledged, whatever becomes of its nodes, their network and their store.
 *
 * <pre>
 *   -Dsimulation.seeds=20000    tries so many seeds
 *   -Dsimulation.from=1001      the first of them
 *   -Dsimulation.seed=5         replays one, and prints what happened in it
 * </pre>
 */
class SimulationTest {
  private static final String REPLAY = "simulation.seed";
  private static final long SEEDS = Long.getLong("simulation.seeds", 600);
  private static final long FROM = Long.getLong("simulation.from", 1);

  private static Program program;
  private static Run simulation;

  @BeforeAll
  static void load() {
    quiet();
    program = new Program(List.of());
    simulation = program.simulation();
  }

  /** What the protocol logs stands in the traces; what others log is of no interest here. */
  static void quiet() {
    ((Logger) LoggerFactory.getLogger("org.infinispan")).setLevel(Level.OFF);
  }

  @Test
  void nothingAcknowledgedIsLostDoubledOrReordered() {
    if (Long.getLong(REPLAY) != null) {
      replay(Long.getLong(REPLAY));
      return;
    }
    var acknowledged = new AtomicLong();
    var owners = new AtomicLong();
    var marked = new AtomicLong();
    var wrong = new TreeMap<Long, String>();
    long begun = System.nanoTime();
    LongStream.range(FROM, FROM + SEEDS)
        .parallel()
        .forEach(
            seed -> {
              Run.Verdict verdict = simulation.run(seed, false);
              acknowledged.addAndGet(verdict.acknowledged());
              owners.addAndGet(verdict.owners());
              marked.addAndGet(verdict.marked());
              if (verdict.wrong() != null) {
                synchronized (wrong) {
                  wrong.put(seed, verdict.wrong());
                }
              }
            });
    System.out.printf(
        "Simulation: %d seeds from %d on, %d messages acknowledged, %d changes of an owner, %d"
            + " answers marked, %d s%n",
        SEEDS,
        FROM,
        acknowledged.get(),
        owners.get(),
        marked.get(),
        (System.nanoTime() - begun) / 1_000_000_000);
    if (!wrong.isEmpty()) {
      var report = new StringBuilder();
      wrong.forEach(
          (seed, what) ->
              report.append(
                  "%nseed %d: %s (mvn test -Dtest=SimulationTest -D%s=%d replays it)"
                      .formatted(seed, what, REPLAY, seed)));
      throw new AssertionError(wrong.size() + " of " + SEEDS + " seeds found something:" + report);
    }
    assertEquals(List.of(), program.missed(), "what is simulated is in the program");
    assertTrue(acknowledged.get() > 20 * SEEDS, "clients got through: " + acknowledged);
    assertTrue(owners.get() > 4 * SEEDS, "owners changed: " + owners);
    assertTrue(marked.get() >= SEEDS / 20, "answers were marked as stale: " + marked);
  }

  /**
   * Also in a program that was loaded anew: then nothing that is made once in a process decides.
   */
  @Test
  void oneSeedIsOneRun() {
    Run again = new Program(List.of()).simulation();
    for (long seed : Set.of(1L, 2L, 3L)) {
      String first = simulation.run(seed, true).trace();
      assertTrue(first.length() > 1000, "a run leaves a trace");
      assertEquals(first, again.run(seed, true).trace());
    }
  }

  private static void replay(long seed) {
    Run.Verdict verdict = simulation.run(seed, true);
    System.out.println(verdict.trace());
    assertEquals(null, verdict.wrong());
  }
}
