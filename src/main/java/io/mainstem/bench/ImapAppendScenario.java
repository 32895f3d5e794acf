package io.mainstem.bench;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** APPEND of mails of 2 KB, each durable before it is answered; one after another a connection. */
final class ImapAppendScenario implements Scenario {
  private static final int CONNECTIONS = 10;

  @Override
  public String name() {
    return "imap-append";
  }

  @Override
  public void run(Lab lab) throws Exception {
    var rates = new ArrayList<Double>();
    var cpu = new ArrayList<Double>();
    double fsync = lab.fsyncPerSecond();
    for (int run = 0; run < lab.runs(); run++) {
      try (var server = lab.server("imap-append", Lab.QUICK_LOGIN)) {
        Lab.addUsers(server, "u", CONNECTIONS);
        load(server, lab.warmUp());
        Duration before = server.cpu();
        double seconds = lab.measured().toNanos() / 1e9;
        long count = load(server, lab.measured());
        rates.add(count / seconds);
        cpu.add(server.cpu().minus(before).toNanos() / 1e9 / count * 1000);
      }
    }
    cpu.sort(null);
    lab.figures()
        .add(
            "imap-append",
            "appends_per_s",
            "1/s",
            Map.of("connections", CONNECTIONS, "sizeBytes", 2048),
            rates,
            Map.of("cpu_s_per_1000", cpu.get(cpu.size() / 2), "fsync_per_s", fsync));
  }

  /** How many were answered in that time. */
  @CanIgnoreReturnValue
  private static long load(ServerProcess server, Duration time) throws Exception {
    var count = new LongAdder();
    var stop = new AtomicBoolean();
    List<Callable<Void>> parts = new ArrayList<>();
    for (int c = 0; c < CONNECTIONS; c++) {
      int from = c;
      parts.add(
          () -> {
            try (var client = new ImapClient(server.endpoint("imap"), "u" + from)) {
              for (int n = from; !stop.get(); n += CONNECTIONS) {
                client.append("INBOX", ImapLab.mail(n, 2048));
                client.answered();
                if (!stop.get()) {
                  count.increment();
                }
              }
            }
            return null;
          });
    }
    parts.add(
        () -> {
          Thread.sleep(time.toMillis());
          stop.set(true);
          return null;
        });
    ImapLab.all(parts);
    return count.sum();
  }
}
