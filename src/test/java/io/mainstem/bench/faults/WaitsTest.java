package io.mainstem.bench.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mainstem.bench.faults.Waits.Quantiles;
import org.junit.jupiter.api.Test;

/** How long people were without service. */
class WaitsTest {
  private static final long MILLI = 1_000_000;

  private final Waits waits = new Waits(100 * MILLI);

  @Test
  void theLongestWaitOfEachPersonCounts() {
    for (int p = 1; p <= 100; p++) {
      waits.waited("p" + p, 100 * MILLI, (100 + p) * MILLI);
      waits.waited("p" + p, 100 * MILLI, 101 * MILLI);
    }
    assertEquals(new Quantiles(50, 99, 100), waits.quantiles());
  }

  @Test
  void aWaitThatBeganEarlierCountsWhole() {
    waits.waited("ann", 40 * MILLI, 110 * MILLI);
    assertEquals(new Quantiles(70, 70, 70), waits.quantiles());
  }

  @Test
  void aWaitThatEndedEarlierDoesNotCount() {
    waits.person("ann");
    waits.waited("ann", 40 * MILLI, 99 * MILLI);
    assertEquals(new Quantiles(0, 0, 0), waits.quantiles());
  }

  @Test
  void whoNeverWaitedIsOneOfThePeople() {
    waits.person("ann");
    waits.person("ben");
    waits.waited("ben", 100 * MILLI, 130 * MILLI);
    assertEquals(new Quantiles(0, 30, 30), waits.quantiles());
  }
}
