package io.mainstem.bench;

import java.util.ArrayList;
import java.util.Map;

/**
 * From the start of the process to ready, on an empty directory and again on the one that it left.
 */
final class StartScenario implements Scenario {
  @Override
  public String name() {
    return "start";
  }

  @Override
  public void run(Lab lab) throws Exception {
    var first = new ArrayList<Double>();
    var again = new ArrayList<Double>();
    for (int i = 0; i < lab.runs(); i++) {
      try (var server = lab.server("start", ServerProcess.Start.PLAIN)) {
        first.add(server.readyIn().toNanos() / 1e6);
      }
      try (var server =
          ServerProcess.start(lab.room().resolve("start"), ServerProcess.Start.PLAIN)) {
        again.add(server.readyIn().toNanos() / 1e6);
      }
    }
    lab.figures().add("start", "ready_ms", "ms", Map.of("data", "empty"), first, Map.of());
    lab.figures().add("start", "ready_ms", "ms", Map.of("data", "kept"), again, Map.of());
  }
}
