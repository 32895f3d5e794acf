package io.mainstem.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a mail program fetches of a folder at first, and all of its mails. */
final class ImapFetchScenario implements Scenario {
  private static final int BODY_BYTES = 50_000;
  private static final int WARM_UPS = 10;

  @Override
  public String name() {
    return "imap-fetch";
  }

  @Override
  public void run(Lab lab) throws Exception {
    boolean brief = lab.runs() == 1;
    int messages = brief ? 1_000 : 10_000;
    int bodies = brief ? 100 : 2_000;
    Map<String, String> commands = new LinkedHashMap<>();
    commands.put("flags_envelope_ms", "FETCH 1:* (FLAGS ENVELOPE)");
    commands.put("uid_flags_ms", "UID FETCH 1:* (FLAGS)");
    commands.put("bodystructure_ms", "FETCH 1:* (BODYSTRUCTURE)");
    commands.put("header_fields_ms", "FETCH 1:* (BODY.PEEK[HEADER.FIELDS (From To Subject Date)])");
    Map<String, List<Double>> times = new LinkedHashMap<>();
    var rate = new ArrayList<Double>();
    try (var server = lab.server("imap-fetch", Lab.QUICK_LOGIN)) {
      Lab.addUsers(server, "u", 1);
      ImapLab.fill(server, "u0", "INBOX", messages, 2048);
      ImapLab.fill(server, "u0", "Archive", bodies, BODY_BYTES);
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
          times.put(command.getKey(), measured);
        }
        client.ok("EXAMINE Archive");
        for (int run = -2; run < lab.runs(); run++) {
          long before = client.bytes();
          double millis = ImapLab.millis(client, "FETCH 1:* (BODY.PEEK[])");
          if (run >= 0) {
            rate.add((client.bytes() - before) / millis / 1e3);
          }
        }
      }
    }
    for (var time : times.entrySet()) {
      lab.figures()
          .add(
              "imap-fetch",
              time.getKey(),
              "ms",
              Map.of("messages", messages),
              time.getValue(),
              Map.of());
    }
    lab.figures()
        .add(
            "imap-fetch",
            "body_mb_per_s",
            "MB/s",
            Map.of("messages", bodies, "sizeBytes", BODY_BYTES),
            rate,
            Map.of());
  }
}
