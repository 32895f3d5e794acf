package io.mainstem.bench;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Mail of 2 KB over SMTP, each for one of 100 people; counted at the 250 that says it is durable.
 */
final class IngestScenario implements Scenario {
  private static final int USERS = 100;
  private static final long LONGEST_NANOS = 60_000_000_000L;

  @Override
  public String name() {
    return "ingest";
  }

  @Override
  public void run(Lab lab) throws Exception {
    for (int connections : List.of(1, 10, 50)) {
      var rates = new ArrayList<Double>();
      var p50 = new ArrayList<Double>();
      var p99 = new ArrayList<Double>();
      var cpu = new ArrayList<Double>();
      double fsync = lab.fsyncPerSecond();
      for (int i = 0; i < lab.runs(); i++) {
        try (var server = lab.server("ingest", Lab.QUICK_LOGIN)) {
          Lab.addUsers(server, "u", USERS);
          load(server, connections, lab.warmUp());
          Duration before = server.cpu();
          Result result = load(server, connections, lab.measured());
          rates.add(result.perSecond);
          p50.add(result.latency.getValueAtPercentile(50) / 1e6);
          p99.add(result.latency.getValueAtPercentile(99) / 1e6);
          cpu.add(server.cpu().minus(before).toNanos() / 1e9 / result.count * 1000);
        }
      }
      cpu.sort(null);
      var params = Map.of("connections", connections, "sizeBytes", 2048);
      lab.figures()
          .add(
              "ingest",
              "delivered_per_s",
              "1/s",
              params,
              rates,
              Map.of("cpu_s_per_1000", cpu.get(cpu.size() / 2), "fsync_per_s", fsync));
      lab.figures().add("ingest", "p50_ms", "ms", params, p50, Map.of());
      lab.figures().add("ingest", "p99_ms", "ms", params, p99, Map.of());
    }
  }

  private record Result(long count, double perSecond, ConcurrentHistogram latency) {}

  @CanIgnoreReturnValue
  private static Result load(ServerProcess server, int connections, Duration time)
      throws InterruptedException {
    var latency = new ConcurrentHistogram(LONGEST_NANOS, 3);
    var count = new LongAdder();
    var stop = new AtomicBoolean();
    var failure = new java.util.concurrent.atomic.AtomicReference<Exception>();
    var threads = new ArrayList<Thread>();
    long began = System.nanoTime();
    for (int c = 0; c < connections; c++) {
      int from = c;
      threads.add(
          Thread.startVirtualThread(
              () -> {
                try (var smtp = new SmtpClient(server.endpoint("smtp"))) {
                  for (int n = from; !stop.get(); n += connections) {
                    long start = System.nanoTime();
                    smtp.send(
                        "load@elsewhere.example", "u" + n % USERS + "@mainstem.test", mail(n));
                    latency.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - start));
                    count.increment();
                  }
                } catch (IOException e) {
                  failure.compareAndSet(null, e);
                }
              }));
    }
    Thread.sleep(time.toMillis());
    long counted = count.sum();
    double seconds = (System.nanoTime() - began) / 1e9;
    stop.set(true);
    for (Thread t : threads) {
      t.join();
    }
    if (failure.get() != null) {
      throw new IllegalStateException("a mail was refused", failure.get());
    }
    return new Result(counted, counted / seconds, latency);
  }

  /** A mail of about 2 KB, another each time. */
  static String mail(long n) {
    var text = new StringBuilder();
    text.append("From: Dora <dora")
        .append(n % 50)
        .append("@elsewhere.example>\r\nTo: you@mainstem.test\r\nSubject: Report ")
        .append(n % 20);
    text.append("\r\nMessage-ID: <").append(Ulids.next()).append("@elsewhere.example>\r\n");
    text.append(
        "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n"
            + "MIME-Version: 1.0\r\n"
            + "Content-Type: text/plain; charset=utf-8\r\n\r\n");
    while (text.length() < 2048) {
      text.append("The quick brown fox jumps over the lazy dog, for the ")
          .append(n)
          .append("th time.\r\n");
    }
    return text.toString();
  }

  /**
   * As little of an SMTP client as a load needs (RFC 5321): one transaction after another,
   * pipelined envelope.
   */
  static final class SmtpClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    SmtpClient(ServerProcess.Endpoint at) throws IOException {
      socket = new Socket(at.host(), at.port());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(60_000);
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
      expect(220);
      write("EHLO load.example\r\n");
      expect(250);
    }

    void send(String from, String to, String mail) throws IOException {
      write("MAIL FROM:<" + from + ">\r\nRCPT TO:<" + to + ">\r\nDATA\r\n");
      expect(250);
      expect(250);
      expect(354);
      write(mail + ".\r\n");
      expect(250);
    }

    private void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }

    private void expect(int code) throws IOException {
      String line;
      do {
        line = line();
        if (!line.startsWith(Integer.toString(code))) {
          throw new IOException("expected " + code + ", got: " + line);
        }
      } while (line.length() > 3 && line.charAt(3) == '-');
    }

    private String line() throws IOException {
      var line = new StringBuilder();
      int c;
      while ((c = in.read()) != '\n') {
        if (c < 0) {
          throw new IOException("the server closed the connection");
        }
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
