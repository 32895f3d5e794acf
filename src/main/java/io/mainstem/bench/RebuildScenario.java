package io.mainstem.bench;

import io.mainstem.config.Config;
import io.mainstem.mailbox.Query;
import io.mainstem.message.UserId;
import java.util.ArrayList;
import java.util.Map;

/** Making all objects of a mailbox anew from its log. */
public final class RebuildScenario implements Scenario {
  private static final int SENDERS = 500;

  @Override
  public String name() {
    return "rebuild";
  }

  @Override
  public void run(Lab lab) throws Exception {
    int messages = lab.runs() == 1 ? 5_000 : 100_000;
    var user = new UserId("reader");
    var data = lab.room().resolve("rebuild");
    Lab.delete(data);
    var rates = new ArrayList<Double>();
    double cpu = 0;
    try (var engine = Engine.open(data, Config.defaults())) {
      engine.fill(user, messages, SENDERS);
      long events = Engine.get(engine.mailboxes().query(user, new Query.Head())).seq();
      Engine.get(engine.mailboxes().rebuild(user));
      for (int run = 0; run < lab.runs(); run++) {
        long cpuBefore = Engine.cpuNanos();
        long before = System.nanoTime();
        Engine.get(engine.mailboxes().rebuild(user));
        rates.add(events / ((System.nanoTime() - before) / 1e9));
        cpu = (Engine.cpuNanos() - cpuBefore) / 1e9 / events * 1000;
      }
    }
    lab.figures()
        .add(
            name(),
            "events_per_s",
            "1/s",
            Map.of("messages", messages),
            rates,
            Map.of("cpu_s_per_1000", cpu, "fsync_per_s", lab.fsyncPerSecond()));
  }
}
