package io.mainstem.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** SEARCH by flags, by header and by text, and SORT and THREAD, of a folder in memory. */
final class ImapSearchScenario implements Scenario {
  private static final int WARM_UPS = 5;

  @Override
  public String name() {
    return "imap-search";
  }

  @Override
  public void run(Lab lab) throws Exception {
    int messages = lab.runs() == 1 ? 1_000 : 10_000;
    Map<String, String> commands = new LinkedHashMap<>();
    commands.put("flags_ms", "SEARCH UNSEEN UNDELETED");
    commands.put("subject_ms", "SEARCH SUBJECT \"report 7\"");
    commands.put("since_ms", "SEARCH SENTSINCE 1-Jan-2026");
    commands.put("text_ms", "SEARCH TEXT \"for the 77th time\"");
    commands.put("sort_ms", "SORT (REVERSE DATE) UTF-8 ALL");
    commands.put("thread_ms", "THREAD REFERENCES UTF-8 ALL");
    try (var server = lab.server("imap-search", Lab.QUICK_LOGIN)) {
      Lab.addUsers(server, "u", 1);
      ImapLab.fill(server, "u0", "INBOX", messages, 2048);
      try (var client = new ImapClient(server.endpoint("imap"), "u0")) {
        client.ok("EXAMINE INBOX");
        for (var command : commands.entrySet()) {
          var measured = new ArrayList<Double>();
          for (int run = -WARM_UPS; run < lab.runs(); run++) {
            double millis = ImapLab.millis(client, command.getValue());
            if (run >= 0) {
              measured.add(millis);
            }
          }
          lab.figures()
              .add(
                  "imap-search",
                  command.getKey(),
                  "ms",
                  Map.of("messages", messages),
                  measured,
                  Map.of());
        }
      }
    }
  }
}
