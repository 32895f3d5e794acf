package io.mainstem.store.rocksdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mainstem.config.Config;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.MailboxStore.StoreFull;
import io.mainstem.store.Partition;
import io.mainstem.store.StageMeter;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real disk that is full, and a real sync that fails: nothing acknowledged is lost, nothing is
 * written behind what was refused.
 */
class StoreFaultTest {
  private static final Mailbox ANN = new Mailbox(new UserId("ann"), 1);
  private static final int PARTITION = Partition.of(ANN.user());
  private static final long DISK_BYTES = 48L << 20;

  /** What takes longer than this does not happen, however slow the machine is. */
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path directory;
  private @Nullable Path mounted;

  @AfterEach
  void unmount() throws Exception {
    if (mounted != null) {
      assertEquals(0, run(List.of("umount", mounted.toString())));
    }
  }

  @Test
  void aFullDiskRefusesAppendsAndReadsGoOnUntilThereIsSpace() throws Exception {
    Path disk = mountSmallDisk();
    Path ballast = disk.resolve("ballast");
    Files.write(ballast, new byte[16 << 20]);
    var config =
        Config.of(Map.of("store.writeBufferBytes", "4m", "store.maxWalBytes", "4m")).store();
    long settled;
    long beforeRefusal;
    try (var database = RocksDatabase.open(disk, config, StageMeter.NONE)) {
      var store = new RocksMailboxStore(database);
      long epoch = own(store);
      get(store.append(ANN, epoch, new Row(1, 1, epoch, 0, 0, new byte[] {1}, null), false));
      var random = new Random(7);
      long seq = 2;
      Throwable refusal = null;
      for (; refusal == null && seq < 100_000; seq++) {
        refusal = outcome(store.append(ANN, epoch, row(seq, epoch, random, 16 << 10), false));
      }
      assertInstanceOf(StoreFull.class, refusal);
      // A flush or a compaction that ends now gives space back, and appends go on, rightly: the
      // disk is full when a foreign file has taken that, too, and nothing is left to tidy.
      Path rest = disk.resolve("rest");
      long end = System.nanoTime() + LONG.toNanos();
      for (int refused = 0; refused < 3; ) {
        assertTrue(System.nanoTime() < end, "the store found space again and again");
        fill(rest);
        refusal = outcome(store.append(ANN, epoch, row(seq - 1, epoch, random, 10), false));
        seq += refusal == null ? 1 : 0;
        refused = refusal != null && database.commits().problem() != null ? refused + 1 : 0;
      }
      assertInstanceOf(StoreFull.class, refusal);
      beforeRefusal = seq - 2;
      assertTrue(beforeRefusal > 200, "only " + beforeRefusal + " appends fitted");
      assertEquals(beforeRefusal, count(store, 0), "reads go on");

      Files.delete(rest);
      Files.delete(ballast);
      long next = beforeRefusal + 1;
      Awaitility.await()
          .atMost(LONG)
          .until(
              () ->
                  outcome(store.append(ANN, epoch, row(next, epoch, new Random(next), 100), false))
                      == null);
      assertNull(database.commits().problem());
      for (settled = next; settled < next + 50; settled++) {
        get(store.append(ANN, epoch, row(settled + 1, epoch, random, 1000), false));
      }
    }
    try (var database = RocksDatabase.open(disk, config, StageMeter.NONE)) {
      assertEquals(
          settled,
          count(new RocksMailboxStore(database), 0),
          "all that was acknowledged, and nothing else");
    }
  }

  @Test
  void aWriteThatMeetsTheEndOfTheDiskLeavesNothingBehind() throws Exception {
    Path disk = mountSmallDisk();
    var config =
        Config.of(Map.of("store.writeBufferBytes", "4m", "store.maxWalBytes", "64m")).store();
    long last = 0;
    try (var database = RocksDatabase.open(disk, config, StageMeter.NONE)) {
      var store = new RocksMailboxStore(database);
      long epoch = own(store);
      get(store.append(ANN, epoch, new Row(1, 1, epoch, 0, 0, new byte[] {1}, null), false));
      var random = new Random(7);
      for (last = 1; last < 21; last++) {
        get(store.append(ANN, epoch, row(last + 1, epoch, random, 1000), false));
      }
      Path ballast = disk.resolve("ballast");
      long free = disk.toFile().getUsableSpace();
      Files.write(ballast, new byte[(int) (free - (3 << 20))]);
      // Above the reserve, so that it is tried, and larger than what is left: the write-ahead log
      // itself meets the end.
      assertInstanceOf(
          StoreFull.class,
          outcome(store.append(ANN, epoch, row(last + 1, epoch, random, 6 << 20), false)));
      assertInstanceOf(
          StoreFull.class,
          outcome(store.append(ANN, epoch, row(last + 2, epoch, random, 10), false)));
      assertEquals(last, count(store, 0));
      Files.delete(ballast);
      long next = last + 1;
      Awaitility.await()
          .atMost(LONG)
          .until(
              () ->
                  outcome(store.append(ANN, epoch, row(next, epoch, new Random(1), 100), false))
                      == null);
      last = next;
      get(store.append(ANN, epoch, row(++last, epoch, random, 100), false));
    }
    try (var database = RocksDatabase.open(disk, config, StageMeter.NONE)) {
      assertEquals(last, count(new RocksMailboxStore(database), 0));
    }
  }

  @Test
  void afterAFailedSyncNothingIsAcknowledgedAndARestartShowsAllThatWas() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "strace is not installed");
    for (String when : List.of("40", "25+")) {
      Path data = directory.resolve("eio" + when.replace("+", "p"));
      Files.createDirectories(data);
      var command =
          new ArrayList<>(
              List.of(
                  "strace",
                  "-f",
                  "-qq",
                  "-o",
                  "/dev/null",
                  "-e",
                  "trace=fdatasync",
                  "-e",
                  "inject=fdatasync:error=EIO:when=" + when));
      command.addAll(appender(data));
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      List<String> lines;
      try (var reader = process.inputReader()) {
        lines = reader.lines().toList();
      }
      assertTrue(process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS));
      long acknowledged =
          lines.stream()
              .filter(l -> l.startsWith("ok "))
              .mapToLong(l -> Long.parseLong(l.substring(3)))
              .max()
              .orElse(0);
      int firstRefusal = lines.indexOf("refused");
      assertTrue(firstRefusal > 0, String.join("\n", lines));
      assertTrue(acknowledged >= 5, String.join("\n", lines));
      assertFalse(
          lines.subList(firstRefusal, lines.size()).stream().anyMatch(l -> l.startsWith("ok ")),
          "a later sync counted for earlier bytes");
      assertTrue(
          lines.contains("read " + acknowledged), "reads go on: " + String.join("\n", lines));
      try (var database = RocksDatabase.open(data, Config.defaults().store(), StageMeter.NONE)) {
        assertTrue(count(new RocksMailboxStore(database), 0) >= acknowledged);
      }
    }
  }

  /** Appends one by one for a while, whatever comes of it, and tells. */
  static final class Appender {
    public static void main(String[] arguments) throws Exception {
      try (var database =
          RocksDatabase.open(Path.of(arguments[0]), Config.defaults().store(), StageMeter.NONE)) {
        var store = new RocksMailboxStore(database);
        long epoch = own(store);
        long last = 0;
        for (int i = 0; i < 100; i++) {
          Row row =
              last == 0
                  ? new Row(1, 1, epoch, 0, 0, new byte[] {1}, null)
                  : row(last + 1, epoch, new Random(1), 100);
          if (outcome(store.append(ANN, epoch, row, true)) == null) {
            last++;
            System.out.println("ok " + last);
          } else {
            System.out.println("refused");
          }
        }
        System.out.println("read " + count(store, 0));
        System.out.flush();
        Runtime.getRuntime().halt(0);
      }
    }
  }

  private static List<String> appender(Path data) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        Appender.class.getName(),
        data.toString());
  }

  private Path mountSmallDisk() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    assumeTrue(
        run(List.of("mount", "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "tmpfs", disk.toString()))
            == 0,
        "mounting a small disk is not permitted");
    mounted = disk;
    return disk;
  }

  /** Writes zeros behind what a file has, until the disk takes no more. */
  private static void fill(Path file) {
    var zeros = new byte[4096];
    try (var out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (; ; ) {
        out.write(zeros);
      }
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("No space left"), e::toString);
    }
  }

  private static int run(List<String> command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private static long own(RocksMailboxStore store) {
    long incarnation = get(store.ownership().join("node"));
    return get(store.ownership().take(incarnation, Set.of(PARTITION))).getOrDefault(PARTITION, 0L);
  }

  private static Row row(long seq, long epoch, Random random, int bodyBytes) {
    var body = new byte[bodyBytes];
    random.nextBytes(body);
    return new Row(seq, seq, epoch, seq - 1, -1, new byte[] {2}, body);
  }

  /** How many rows the chain has after a number; each follows the one before it. */
  private static long count(MailboxStore store, long after) {
    long count = 0;
    for (; ; ) {
      var rows = get(store.read(ANN, after, 500));
      for (Row row : rows.rows()) {
        assertEquals(after + 1, row.seq());
        after = row.last();
        count++;
      }
      if (!rows.more()) {
        return count;
      }
    }
  }

  private static @Nullable Throwable outcome(Future<?> future) {
    try {
      future.toCompletionStage().toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T get(Future<T> future) {
    Throwable failure = outcome(future);
    if (failure != null) {
      throw new AssertionError(failure);
    }
    return future.result();
  }
}
