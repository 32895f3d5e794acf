package io.mainstem.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** SELECT of a large folder that is in memory, with all that the client must be told. */
final class ImapOpenScenario implements Scenario {
  private static final int OPENS = 200;

  @Override
  public String name() {
    return "imap-open";
  }

  @Override
  public void run(Lab lab) throws Exception {
    for (int messages : lab.runs() == 1 ? List.of(1_000, 5_000) : List.of(1_000, 100_000)) {
      var p50 = new ArrayList<Double>();
      var p99 = new ArrayList<Double>();
      try (var server = lab.server("imap-open", Lab.QUICK_LOGIN)) {
        Lab.addUsers(server, "u", 1);
        ImapLab.fill(server, "u0", "INBOX", messages, 2048);
        try (var client = new ImapClient(server.endpoint("imap"), "u0")) {
          for (int run = -1; run < lab.runs(); run++) {
            var times = new Histogram(3);
            for (int i = 0; i < OPENS; i++) {
              times.recordValue((long) (1e6 * ImapLab.millis(client, "SELECT INBOX")));
            }
            if (run >= 0) {
              p50.add(times.getValueAtPercentile(50) / 1e6);
              p99.add(times.getValueAtPercentile(99) / 1e6);
            }
          }
        }
      }
      var params = Map.of("messages", messages);
      lab.figures().add("imap-open", "p50_ms", "ms", params, p50, Map.of());
      lab.figures().add("imap-open", "p99_ms", "ms", params, p99, Map.of());
    }
  }
}
