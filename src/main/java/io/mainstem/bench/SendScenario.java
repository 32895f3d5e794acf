package io.mainstem.bench;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Future;
import io.vertx.core.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.jspecify.annotations.Nullable;

/**
 * Chat between pairs over WebSockets. A message counts when the recipient's device has its frame,
 * which is after it is durable in both logs. First at saturation (each pair keeps a window of
 * messages under way), then at half of that rate by the clock: latency runs from the moment at
 * which a message was due, so that a stall counts for all that it delayed.
 */
final class SendScenario implements Scenario {
  private static final int PAIRS = 50;
  private static final int WINDOW = 16;
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Marks the text of our messages; the due time (nanoseconds of this process) follows. */
  private static final String MARK = "due=";

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
        Lab.addUsers(server, "a", PAIRS);
        Lab.addUsers(server, "b", PAIRS);
        var load = new Load(lab, server);
        try {
          load.saturate(lab.warmUp());
          Measured full = load.saturate(lab.measured());
          rates.add(full.perSecond);
          cpu.add(full.cpuPer1000);
          atRate = (int) (full.perSecond / 2);
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
    var params = Map.of("pairs", PAIRS, "window", WINDOW);
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
              Map.of("pairs", PAIRS, "rate", atRate),
              q.getValue(),
              Map.of("fsync_per_s", fsync));
    }
  }

  private record Measured(double perSecond, double cpuPer1000) {}

  /** The devices of all pairs. */
  private static final class Load {
    private final ServerProcess server;
    private final ChatClient client;
    private final List<Pair> pairs = new ArrayList<>();
    private final LongAdder delivered = new LongAdder();
    private volatile ConcurrentHistogram latency = new ConcurrentHistogram(LONGEST_NANOS, 3);
    private volatile boolean saturating;

    Load(Lab lab, ServerProcess server) throws Exception {
      this.server = server;
      this.client = new ChatClient(lab.vertx(), server.endpoint("http"));
      var opened = new ArrayList<Future<?>>();
      for (int i = 0; i < PAIRS; i++) {
        var pair = new Pair("b" + i);
        pairs.add(pair);
        opened.add(
            client
                .login("a" + i, Lab.PASSWORD)
                .compose(token -> client.stream(token, "", pair::onSenderFrame))
                .onSuccess(socket -> pair.sender = socket));
        opened.add(
            client
                .login("b" + i, Lab.PASSWORD)
                .compose(token -> client.stream(token, "", pair::onRecipientFrame)));
      }
      Future.join(opened).toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @CanIgnoreReturnValue
    Measured saturate(Duration time) throws InterruptedException {
      delivered.reset();
      saturating = true;
      Duration cpuBefore = server.cpu();
      long began = System.nanoTime();
      pairs.forEach(Pair::fill);
      Thread.sleep(time.toMillis());
      long count = delivered.sum();
      double seconds = (System.nanoTime() - began) / 1e9;
      Duration cpu = server.cpu().minus(cpuBefore);
      saturating = false;
      settle();
      return new Measured(count / seconds, cpu.toNanos() / 1e9 / count * 1000);
    }

    /** Waits until everything under way has arrived. */
    private void settle() throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (pairs.stream().anyMatch(p -> p.underWay.get() > 0)) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException(
              "messages were accepted but never delivered: "
                  + pairs.stream().mapToLong(p -> p.underWay.get()).sum());
        }
        Thread.sleep(5);
      }
    }

    ConcurrentHistogram paced(int perSecond, Duration time) throws InterruptedException {
      latency = new ConcurrentHistogram(LONGEST_NANOS, 3);
      long interval = 1_000_000_000L / Math.max(1, perSecond);
      long began = System.nanoTime();
      long end = began + time.toNanos();
      int next = 0;
      for (long due = began; due < end; due += interval) {
        long wait = due - System.nanoTime();
        if (wait > 200_000) {
          Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
        }
        pairs.get(next++ % PAIRS).send(due);
      }
      settle();
      return latency;
    }

    void close() throws Exception {
      client.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private final class Pair {
      private final String to;
      private final AtomicLong underWay = new AtomicLong();
      private volatile @Nullable WebSocket sender = null;

      Pair(String to) {
        this.to = to;
      }

      void fill() {
        for (int i = 0; i < WINDOW; i++) {
          send(System.nanoTime());
        }
      }

      void send(long due) {
        underWay.incrementAndGet();
        Objects.requireNonNull(sender)
            .writeTextMessage(
                "{\"op\":\"send\",\"ref\":\"1\",\"id\":\""
                    + Ulids.next()
                    + "\",\"to\":[\""
                    + to
                    + "\"],\"channel\":\"chat\",\"text\":\"Shall we meet at the station at eight? "
                    + MARK
                    + due
                    + ";\"}");
      }

      void onSenderFrame(String frame) {
        if (frame.contains("\"error\"")) {
          throw new IllegalStateException("refused: " + frame);
        }
      }

      void onRecipientFrame(String frame) {
        int at = frame.indexOf(MARK);
        while (at >= 0) {
          int end = frame.indexOf(';', at);
          long due = Long.parseLong(frame, at + MARK.length(), end, 10);
          if (frame.startsWith("{\"seq\"") || frame.contains("\"type\":\"message\"")) {
            latency.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - due));
            delivered.increment();
            underWay.decrementAndGet();
            if (saturating) {
              send(System.nanoTime());
            }
          }
          at = nextMessage(frame, end);
        }
      }

      /**
       * The next message of the frame: the text of a thread's {@code last} repeats the one that we
       * have counted.
       */
      private int nextMessage(String frame, int from) {
        int message = frame.indexOf("\"type\":\"message\"", from);
        return message < 0 ? -1 : frame.indexOf(MARK, message);
      }
    }
  }
}
