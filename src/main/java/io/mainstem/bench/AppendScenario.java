package io.mainstem.bench;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.config.Config;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.UserId;
import io.vertx.core.AsyncResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Commands decided, applied, encoded and settled a second, in this process and without sockets: of
 * one user, whose appends follow one another, and of many.
 */
public final class AppendScenario implements Scenario {
  private static final int UNDER_WAY = 1024;
  private static final int[] USERS = {1, 1000};

  @Override
  public String name() {
    return "append";
  }

  @Override
  public void run(Lab lab) throws Exception {
    for (int users : USERS) {
      var rates = new ArrayList<Double>();
      double cpu = 0;
      for (int run = 0; run < lab.runs(); run++) {
        var data = lab.room().resolve("append");
        Lab.delete(data);
        try (var engine = Engine.open(data, Config.of(Map.of("mailbox.queue", "4096")))) {
          var load = new Load(engine, users);
          load.run(lab.warmUp());
          long cpuBefore = Engine.cpuNanos();
          long before = System.nanoTime();
          long done = load.run(lab.measured());
          double seconds = (System.nanoTime() - before) / 1e9;
          rates.add(done / seconds);
          cpu = (Engine.cpuNanos() - cpuBefore) / 1e9 / done * 1000;
        }
      }
      lab.figures()
          .add(
              name(),
              "appends_per_s",
              "1/s",
              Map.of("users", users, "underWay", UNDER_WAY),
              rates,
              Map.of("cpu_s_per_1000", cpu, "fsync_per_s", lab.fsyncPerSecond()));
    }
  }

  /** So many commands under way at any time: each answer sends the next. */
  private static final class Load {
    private final Engine engine;
    private final List<UserId> users;
    private final AtomicInteger next = new AtomicInteger();

    Load(Engine engine, int users) {
      this.engine = engine;
      this.users = IntStream.range(0, users).mapToObj(i -> new UserId("user-" + i)).toList();
    }

    /** Loads for a while; how many commands were answered well. */
    @CanIgnoreReturnValue
    long run(Duration time) throws InterruptedException {
      long until = System.nanoTime() + time.toNanos();
      var done = new AtomicLong();
      var ended = new CountDownLatch(UNDER_WAY);
      for (int i = 0; i < UNDER_WAY; i++) {
        send(until, done, ended);
      }
      if (!ended.await(time.toSeconds() + 60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("appends do not end");
      }
      return done.get();
    }

    private void send(long until, AtomicLong done, CountDownLatch ended) {
      int number = next.getAndIncrement();
      UserId user = users.get(number % users.size());
      engine
          .mailboxes()
          .submit(user, Engine.chat(user, number))
          .onComplete(outcome -> onAnswer(outcome, until, done, ended));
    }

    private void onAnswer(
        AsyncResult<Reply.Delivered> outcome, long until, AtomicLong done, CountDownLatch ended) {
      if (outcome.failed()) {
        throw new IllegalStateException("an append failed", outcome.cause());
      }
      done.incrementAndGet();
      if (System.nanoTime() < until) {
        send(until, done, ended);
      } else {
        ended.countDown();
      }
    }
  }
}
