package io.mainstem.bench;

import io.mainstem.app.cli.Cli;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;

/**
 * An mbox file of mails of 2 KB is imported into an empty mailbox, by the command that people use;
 * beside it somebody else gets a mail every 20 ms, and the time until the server has taken it tells
 * whether the import leaves others their share.
 */
final class ImportScenario implements Scenario {
  private static final int MAILS = 20_000;
  private static final int SHORT_MAILS = 4_000;
  private static final long LONGEST_NANOS = 60_000_000_000L;
  private static final Duration PACE = Duration.ofMillis(20);

  @Override
  public String name() {
    return "import";
  }

  @Override
  public void run(Lab lab) throws Exception {
    int mails = lab.runs() == 1 ? SHORT_MAILS : MAILS;
    Path mbox = lab.room().resolve("import.mbox");
    write(mbox, mails);
    var rates = new ArrayList<Double>();
    var cpu = new ArrayList<Double>();
    var p50 = new ArrayList<Double>();
    var p99 = new ArrayList<Double>();
    double fsync = lab.fsyncPerSecond();
    for (int i = 0; i < lab.runs(); i++) {
      try (var server = lab.server("import", Lab.QUICK_LOGIN)) {
        Lab.addUsers(server, "u", 3);
        load(server, mbox, "u0"); // warms up
        Duration before = server.cpu();
        long began = System.nanoTime();
        load(server, mbox, "u1");
        rates.add(mails / ((System.nanoTime() - began) / 1e9));
        cpu.add(server.cpu().minus(before).toNanos() / 1e9 / mails * 1000);
        Histogram others = othersWhile(server, () -> load(server, mbox, "u2"));
        p50.add(others.getValueAtPercentile(50) / 1e6);
        p99.add(others.getValueAtPercentile(99) / 1e6);
      }
    }
    Files.delete(mbox);
    cpu.sort(null);
    var params = Map.of("messages", mails, "sizeBytes", 2048);
    lab.figures()
        .add(
            "import",
            "messages_per_s",
            "1/s",
            params,
            rates,
            Map.of("cpu_s_per_1000", cpu.get(cpu.size() / 2), "fsync_per_s", fsync));
    lab.figures().add("import", "others_p50_ms", "ms", params, p50, Map.of());
    lab.figures().add("import", "others_p99_ms", "ms", params, p99, Map.of());
  }

  private interface Load {
    void run() throws IOException;
  }

  /** How long somebody else's mail takes until it is durable, while this goes on. */
  private static Histogram othersWhile(ServerProcess server, Load load) throws Exception {
    var latency = new Histogram(LONGEST_NANOS, 3);
    var done = new AtomicBoolean();
    var failure = new AtomicReference<Exception>();
    Thread other =
        Thread.startVirtualThread(
            () -> {
              try (var smtp = new IngestScenario.SmtpClient(server.endpoint("smtp"))) {
                for (int n = 0; !done.get(); n++) {
                  long start = System.nanoTime();
                  smtp.send("a@elsewhere.example", "u0@mainstem.test", IngestScenario.mail(n));
                  latency.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - start));
                  TimeUnit.NANOSECONDS.sleep(PACE.toNanos());
                }
              } catch (IOException | InterruptedException e) {
                failure.set(e);
              }
            });
    load.run();
    done.set(true);
    other.join();
    if (failure.get() != null) {
      throw new IllegalStateException("somebody else's mail was refused", failure.get());
    }
    return latency;
  }

  private static void load(ServerProcess server, Path mbox, String user) throws IOException {
    int code =
        Cli.run(
            "import", "mbox", mbox.toString(), "--user", user, "--data", server.data().toString());
    if (code != 0) {
      throw new IOException("the import ended with " + code);
    }
  }

  private static void write(Path mbox, int mails) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(mbox)) {
      for (int n = 0; n < mails; n++) {
        out.write("From dora@elsewhere.example Sat Nov 21 10:00:00 2020\nStatus: RO\n");
        out.write(IngestScenario.mail(n).replace("\r\n", "\n"));
        out.write("\n");
      }
    }
  }
}
