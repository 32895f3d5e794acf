package io.mainstem.store.rocksdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.config.Config;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.MailboxStoreContract;
import io.mainstem.store.Ownership;
import io.mainstem.store.StageMeter;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksMailboxStoreTest extends MailboxStoreContract {
  @TempDir Path directory;
  private RocksDatabase database;
  private RocksMailboxStore store;

  @BeforeEach
  void open() {
    make(directory.resolve("data"));
    database =
        RocksDatabase.open(
            directory.resolve("data"),
            Config.of(Map.of("store.commitMaxEntries", "64")).store(),
            StageMeter.NONE);
    store = new RocksMailboxStore(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static void make(Path path) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  protected MailboxStore store() {
    return store;
  }

  @Override
  protected Ownership ownership() {
    return store.ownership();
  }

  @Override
  protected void plant(MailboxStore.Mailbox mailbox, MailboxStore.Row row) {
    var keys = new Keys(1024);
    get(
        database
            .commits()
            .commit(
                batch -> {
                  batch.put(
                      database.log(),
                      keys.row(mailbox, row.seq(), row.epoch()),
                      RowFormat.encode(row));
                  if (row.isFence()) {
                    var value =
                        ByteBuffer.allocate(16)
                            .putLong(row.seq())
                            .putLong(row.previousEpoch())
                            .array();
                    batch.put(database.fences(), keys.fence(mailbox, row.epoch()), value);
                  }
                }));
  }

  @Test
  void epochsGrowOverRestarts() {
    long before = own(ANN);
    close();
    open();
    assertTrue(own(ANN) > before);
  }

  @Test
  void aSecondOpenIsKeptOut() {
    var refusal =
        assertThrows(
            CannotOpen.class,
            () ->
                RocksDatabase.open(
                        directory.resolve("data"), Config.defaults().store(), StageMeter.NONE)
                    .close());
    assertTrue(refusal.getMessage().contains("Another process"), refusal.getMessage());
  }

  @Test
  void aTornLastRecordIsDroppedAndWhatWasAcknowledgedBeforeItIsRead() throws IOException {
    Path copy = crashedCopyWith(20);
    Path wal = onlyWal(copy);
    try (var file = new RandomAccessFile(wal.toFile(), "rw")) {
      file.setLength(file.length() - 20);
    }
    try (var reopened = RocksDatabase.open(copy, Config.defaults().store(), StageMeter.NONE)) {
      var rows = get(new RocksMailboxStore(reopened).read(ANN, 0, 100)).rows();
      assertEquals(20, rows.size(), "all but the torn one");
    }
  }

  @Test
  void damageInTheMiddleOfTheWalStopsTheStartAndSaysWhatToDo() throws IOException {
    Path copy = crashedCopyWith(50);
    Path wal = onlyWal(copy);
    try (var file = new RandomAccessFile(wal.toFile(), "rw")) {
      file.seek(file.length() / 2);
      file.write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    }
    var refusal =
        assertThrows(
            CannotOpen.class,
            () -> RocksDatabase.open(copy, Config.defaults().store(), StageMeter.NONE).close());
    assertTrue(refusal.getMessage().contains("damaged"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(wal.getFileName().toString()), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("backup"), refusal.getMessage());
  }

  @Test
  void whatIsAcknowledgedSurvivesACrashAtAnyMoment() throws Exception {
    long epoch = own(ANN);
    var settled = new java.util.concurrent.atomic.AtomicLong();
    var futures = new ArrayList<Future<?>>();
    futures.add(store.append(ANN, epoch, fence(1, epoch, 0), false));
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 200; i++) {
        long seq = 2 + round * 200L + i;
        futures.add(
            store
                .append(ANN, epoch, row(seq, seq, epoch), true)
                .onSuccess(done -> settled.accumulateAndGet(seq, Math::max)));
      }
      long known = settled.get();
      Path copy = copyOf("crash" + round);
      try (var reopened = RocksDatabase.open(copy, Config.defaults().store(), StageMeter.NONE)) {
        var rows = get(new RocksMailboxStore(reopened).read(ANN, 0, 10_000)).rows();
        assertTrue(
            rows.isEmpty() ? known == 0 : rows.get(rows.size() - 1).last() >= known,
            "settled " + known);
      }
    }
    futures.forEach(MailboxStoreContract::get);
  }

  private Path crashedCopyWith(int entries) throws IOException {
    long epoch = own(ANN);
    get(store.append(ANN, epoch, fence(1, epoch, 0), false));
    for (long seq = 2; seq < 2 + entries; seq++) {
      get(store.append(ANN, epoch, row(seq, seq, epoch), false));
    }
    return copyOf("crashed");
  }

  /**
   * The files as a killed process leaves them. The write-ahead log is copied last, so that it is
   * not older than what refers to it.
   */
  private Path copyOf(String name) throws IOException {
    Path copy = directory.resolve(name);
    Files.createDirectories(copy.resolve("store"));
    try (var files = Files.list(directory.resolve("data/store"))) {
      List<Path> sorted =
          files
              .filter(Files::isRegularFile)
              .sorted((a, b) -> Boolean.compare(isWal(a), isWal(b)))
              .toList();
      for (Path file : sorted) {
        if (!file.endsWith("LOCK")) {
          Files.copy(file, copy.resolve("store").resolve(file.getFileName()));
        }
      }
    }
    return copy;
  }

  private static boolean isWal(Path file) {
    return file.toString().endsWith(".log");
  }

  private static Path onlyWal(Path copy) throws IOException {
    try (var files = Files.list(copy.resolve("store"))) {
      return files.filter(f -> isWal(f) && f.toFile().length() > 0).findFirst().orElseThrow();
    }
  }
}
