package io.mainstem.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Chat between pairs over WebSockets. A message counts when the recipient's device has its frame,
 * which is after it is durable in both logs. First at saturation (each pair keeps a window of
 * messages under way), then at half of that rate by the clock: latency runs from the moment at
 * which a message was due, so that a stall counts for all that it delayed.
 */
final class SendScenario implements Scenario {
  @Override
  public String name() {
    return "send";
  }

  @Override
  public void run(Lab lab) throws Exception {
    var rates = new ArrayList<Double>();
    var cpu = new ArrayList<Double>();
    var quantiles = new LinkedHashMap<String, List<Double>>();
    double fsync = lab.fsyncPerSecond();
    int atRate = 0;
    for (int i = 0; i < lab.runs(); i++) {
      try (var server = lab.server("send", Lab.QUICK_LOGIN)) {
        Lab.addUsers(server, "a", PairsLoad.PAIRS);
        Lab.addUsers(server, "b", PairsLoad.PAIRS);
        var load = new PairsLoad(lab, List.of(server), PairsLoad.spread(1));
        try {
          load.saturate(lab.warmUp());
          PairsLoad.Measured full = load.saturate(lab.measured());
          rates.add(full.perSecond());
          cpu.add(full.cpuPer1000());
          atRate = (int) (full.perSecond() / 2);
          ConcurrentHistogram half = load.paced(atRate, lab.measured());
          quantiles
              .computeIfAbsent("p50_ms", k -> new ArrayList<>())
              .add(half.getValueAtPercentile(50) / 1e6);
          quantiles
              .computeIfAbsent("p99_ms", k -> new ArrayList<>())
              .add(half.getValueAtPercentile(99) / 1e6);
          quantiles.computeIfAbsent("max_ms", k -> new ArrayList<>()).add(half.getMaxValue() / 1e6);
        } finally {
          load.close();
        }
      }
    }
    var params = Map.of("pairs", PairsLoad.PAIRS, "window", PairsLoad.WINDOW);
    cpu.sort(null);
    lab.figures()
        .add(
            "send",
            "delivered_per_s",
            "1/s",
            params,
            rates,
            Map.of("cpu_s_per_1000", cpu.get(cpu.size() / 2), "fsync_per_s", fsync));
    for (var q : quantiles.entrySet()) {
      lab.figures()
          .add(
              "send",
              q.getKey(),
              "ms",
              Map.of("pairs", PairsLoad.PAIRS, "rate", atRate),
              q.getValue(),
              Map.of("fsync_per_s", fsync));
    }
  }
}
