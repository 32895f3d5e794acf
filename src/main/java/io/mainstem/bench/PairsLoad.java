package io.mainstem.bench;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Future;
import io.vertx.core.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.jspecify.annotations.Nullable;

/**
 * Chat between pairs over WebSockets, at one server or at several of a cell. A message counts when
 * the recipient's device has its frame, which is after it is durable in both logs.
 */
final class PairsLoad {
  static final int PAIRS = 50;
  static final int WINDOW = 16;
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Marks the text of our messages; the due time (nanoseconds of this process) follows. */
  private static final String MARK = "due=";

  /**
   * @param cpuPer1000 CPU seconds of all servers for 1,000 messages
   */
  record Measured(double perSecond, double cpuPer1000) {}

  private final List<ServerProcess> servers;
  private final List<ChatClient> clients;
  private final List<Pair> pairs = new ArrayList<>();
  private final LongAdder delivered = new LongAdder();
  private volatile ConcurrentHistogram latency = new ConcurrentHistogram(LONGEST_NANOS, 3);
  private volatile boolean saturating;

  /** Two people and the servers that their devices are at. */
  record Couple(String sender, int senderAt, String recipient, int recipientAt) {}

  /** The senders' devices are at one server, the recipients' at the next. */
  static List<Couple> spread(int servers) {
    var couples = new ArrayList<Couple>();
    for (int i = 0; i < PAIRS; i++) {
      couples.add(new Couple("a" + i, i % servers, "b" + i, (i + 1) % servers));
    }
    return couples;
  }

  PairsLoad(Lab lab, List<ServerProcess> servers, List<Couple> couples) throws Exception {
    this.servers = List.copyOf(servers);
    this.clients =
        servers.stream().map(s -> new ChatClient(lab.vertx(), s.endpoint("http"))).toList();
    var opened = new ArrayList<Future<?>>();
    for (Couple couple : couples) {
      var pair = new Pair(couple.recipient());
      pairs.add(pair);
      ChatClient sending = clients.get(couple.senderAt());
      ChatClient receiving = clients.get(couple.recipientAt());
      opened.add(
          sending
              .login(couple.sender(), Lab.PASSWORD)
              .compose(token -> sending.stream(token, "", pair::onSenderFrame))
              .onSuccess(socket -> pair.sender = socket));
      opened.add(
          receiving
              .login(couple.recipient(), Lab.PASSWORD)
              .compose(token -> receiving.stream(token, "", pair::onRecipientFrame)));
    }
    Future.join(opened).toCompletionStage().toCompletableFuture().get(3, TimeUnit.MINUTES);
  }

  /** CPU time of all servers so far. */
  private Duration cpu() {
    return servers.stream().map(ServerProcess::cpu).reduce(Duration.ZERO, Duration::plus);
  }

  @CanIgnoreReturnValue
  Measured saturate(Duration time) throws InterruptedException {
    delivered.reset();
    saturating = true;
    Duration cpuBefore = cpu();
    long began = System.nanoTime();
    pairs.forEach(Pair::fill);
    Thread.sleep(time.toMillis());
    long count = delivered.sum();
    double seconds = (System.nanoTime() - began) / 1e9;
    Duration cpu = cpu().minus(cpuBefore);
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
      pairs.get(next++ % pairs.size()).send(due);
    }
    settle();
    return latency;
  }

  void close() throws Exception {
    for (ChatClient client : clients) {
      client.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
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
