package io.mainstem.bench;

import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.config.Config;
import io.mainstem.directory.Directory;
import io.mainstem.store.DirectoryStore;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksDirectoryStore;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/**
 * Whose is this address, and where does he live: asked by every mail and every first message. In
 * this process, without sockets: cold, when each address is asked for the first time and its rows
 * are read from the store; cached, when the node has the account in memory.
 */
final class DirectoryScenario implements Scenario {
  private static final int ACCOUNTS = 10_000;
  private static final int UNDER_WAY = 64;

  @Override
  public String name() {
    return "directory";
  }

  @Override
  public void run(Lab lab) throws Exception {
    Config config = Config.defaults();
    Path data = lab.room().resolve("directory");
    Lab.delete(data);
    Files.createDirectories(data);
    var vertx = Vertx.vertx();
    try (var database = RocksDatabase.open(data, config.store(), StageMeter.NONE)) {
      measure(lab, vertx, new RocksDirectoryStore(database), "rocksdb");
    } finally {
      Engine.get(vertx.close());
    }
  }

  /** Fills a store and asks it; for any store. */
  static void measure(Lab lab, Vertx vertx, DirectoryStore store, String kind) throws Exception {
    Config config = Config.defaults();
    Context context = vertx.getOrCreateContext();
    Directory filling = open(store, config);
    fill(filling);
    var cold = new ArrayList<Double>();
    var cached = new ArrayList<Double>();
    var coldCpu = new ArrayList<Double>();
    var cachedCpu = new ArrayList<Double>();
    for (int run = 0; run < lab.runs(); run++) {
      try (Directory directory = open(store, config)) {
        var next = new int[1];
        Rate first =
            ask(context, directory, () -> next[0] < ACCOUNTS ? next[0]++ : -1, Duration.ofHours(1));
        cold.add(first.perSecond());
        coldCpu.add(first.cpuPer1000());
        Rate again =
            ask(
                context,
                directory,
                () -> ThreadLocalRandom.current().nextInt(ACCOUNTS),
                lab.measured());
        cached.add(again.perSecond());
        cachedCpu.add(again.cpuPer1000());
      }
    }
    filling.close();
    report(lab, kind, false, cold, coldCpu);
    report(lab, kind, true, cached, cachedCpu);
  }

  private static Directory open(DirectoryStore store, Config config) {
    return Engine.get(
        new Directory(
                store, config.directory(), "bench", 10, Clock.systemUTC(), Ticker.systemTicker())
            .start());
  }

  private static void fill(Directory directory) throws InterruptedException {
    var places = new Semaphore(UNDER_WAY);
    var failures = new AtomicLong();
    for (int i = 0; i < ACCOUNTS; i++) {
      places.acquire();
      directory
          .createUser("person" + i, null, null)
          .onComplete(
              made -> {
                if (made.failed()) {
                  failures.incrementAndGet();
                }
                places.release();
              });
    }
    places.acquire(UNDER_WAY);
    if (failures.get() > 0) {
      throw new IllegalStateException(failures + " accounts could not be made");
    }
  }

  private record Rate(double perSecond, double cpuPer1000) {}

  /** Asks from one event loop, several at once, until there is no next one or the time is over. */
  private static Rate ask(Context context, Directory directory, IntSupplier next, Duration time)
      throws InterruptedException {
    long cpu = Engine.cpuNanos();
    long began = System.nanoTime();
    long end = began + time.toNanos();
    var ended = new CountDownLatch(UNDER_WAY);
    var answered = new AtomicLong();
    var wrong = new AtomicLong();
    for (int i = 0; i < UNDER_WAY; i++) {
      context.runOnContext(
          v -> askOn(new Asker(context, directory, next, end, ended, answered, wrong)));
    }
    ended.await(10, TimeUnit.MINUTES);
    if (wrong.get() > 0) {
      throw new IllegalStateException(wrong + " addresses were not found");
    }
    long count = answered.get();
    return new Rate(
        count * 1e9 / (System.nanoTime() - began), (Engine.cpuNanos() - cpu) / 1e9 / count * 1000);
  }

  private record Asker(
      Context context,
      Directory directory,
      IntSupplier next,
      long end,
      CountDownLatch ended,
      AtomicLong answered,
      AtomicLong wrong) {}

  private static void askOn(Asker asker) {
    int number = System.nanoTime() < asker.end() ? asker.next().getAsInt() : -1;
    if (number < 0) {
      asker.ended().countDown();
      return;
    }
    asker
        .directory()
        .accounts()
        .find("person" + number)
        .onComplete(
            found -> {
              asker.answered().incrementAndGet();
              if (found.result() == null) {
                asker.wrong().incrementAndGet();
              }
              // Another turn of the loop, so that answers from memory do not pile up on the stack.
              asker.context().runOnContext(v -> askOn(asker));
            });
  }

  private static void report(
      Lab lab, String kind, boolean cached, List<Double> runs, List<Double> cpu) throws Exception {
    cpu.sort(null);
    lab.figures()
        .add(
            "directory",
            "lookups_per_s",
            "1/s",
            Map.of("store", kind, "cached", cached, "accounts", ACCOUNTS),
            runs,
            Map.of("cpu_s_per_1000", cpu.get(cpu.size() / 2)));
  }
}
