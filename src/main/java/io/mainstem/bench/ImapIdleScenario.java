package io.mainstem.bench;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * From a mail's first byte over SMTP to the word of it in a session that waits in IDLE; and the
 * resident bytes of a server for each such session.
 */
final class ImapIdleScenario implements Scenario {
  private static final int USERS = 100;
  private static final int WANTED = 10_000;
  private static final int BATCH = 500;

  /** Descriptors that the two processes need beside the connections. */
  static final int OTHER_DESCRIPTORS = 1_000;

  @Override
  public String name() {
    return "imap-idle";
  }

  @Override
  public void run(Lab lab) throws Exception {
    boolean brief = lab.runs() == 1;
    int mails = brief ? 200 : 2_000;
    int wanted = Math.min(WANTED, Machine.openFileLimit() - OTHER_DESCRIPTORS);
    int connections = brief ? Math.min(1_000, wanted) : wanted;
    var p50 = new ArrayList<Double>();
    var p99 = new ArrayList<Double>();
    var bytes = new ArrayList<Double>();
    for (int run = 0; run < lab.runs(); run++) {
      try (var server = lab.server("imap-idle", Lab.QUICK_LOGIN)) {
        Lab.addUsers(server, "u", 1);
        told(server, mails / 4);
        Histogram times = told(server, mails);
        p50.add(times.getValueAtPercentile(50) / 1e6);
        p99.add(times.getValueAtPercentile(99) / 1e6);
      }
      bytes.add(bytesPerSession(lab, connections));
    }
    lab.figures().add("imap-idle", "p50_ms", "ms", Map.of(), p50, Map.of());
    lab.figures().add("imap-idle", "p99_ms", "ms", Map.of(), p99, Map.of());
    lab.figures()
        .add(
            "imap-idle",
            "bytes_per_connection",
            "B",
            Map.of("connections", connections),
            bytes,
            Map.of());
  }

  @CanIgnoreReturnValue
  private static Histogram told(ServerProcess server, int mails) throws Exception {
    var times = new Histogram(3);
    try (var client = new ImapClient(server.endpoint("imap"), "u0");
        var smtp = new IngestScenario.SmtpClient(server.endpoint("smtp"))) {
      client.ok("SELECT INBOX");
      client.idle();
      for (int n = 0; n < mails; n++) {
        long before = System.nanoTime();
        smtp.send("load@elsewhere.example", "u0@mainstem.test", IngestScenario.mail(n));
        client.await(" EXISTS");
        times.recordValue(System.nanoTime() - before);
      }
    }
    return times;
  }

  private static double bytesPerSession(Lab lab, int connections) throws Exception {
    var how =
        Lab.QUICK_LOGIN
            .java("-XX:+UseSerialGC", "-Xmx2g")
            .with("--set", "mailbox.watchersPerUser=" + (connections / USERS + 1));
    List<ImapClient> sessions = new ArrayList<>();
    try (var server = lab.server("imap-idle", how)) {
      Lab.addUsers(server, "u", USERS);
      open(server, sessions, BATCH);
      long before = IdleScenario.rested(server);
      open(server, sessions, connections - BATCH);
      return (double) (IdleScenario.rested(server) - before) / (connections - BATCH);
    } finally {
      for (ImapClient session : sessions) {
        session.close();
      }
    }
  }

  private static void open(ServerProcess server, List<ImapClient> sessions, int count)
      throws Exception {
    for (int i = 0; i < count; i++) {
      var session = new ImapClient(server.endpoint("imap"), "u" + sessions.size() % USERS);
      sessions.add(session);
      session.ok("SELECT INBOX");
      session.idle();
    }
  }
}
