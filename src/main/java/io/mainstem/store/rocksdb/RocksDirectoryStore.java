package io.mainstem.store.rocksdb;

import io.mainstem.message.Rejected;
import io.mainstem.store.DirectoryStore;
import io.mainstem.store.MailboxStore.StoreFull;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The directory in a column family of the node's RocksDB. One thread decides all conditional
 * writes, so a condition needs no lock, and groups those that wait into one synced batch; others
 * read.
 *
 * <p>Key: {@code table code, group, NUL, name}. Value: {@code version (8 bytes), value}.
 */
public final class RocksDirectoryStore implements DirectoryStore, AutoCloseable {
  private static final int MAX_BATCH = 256;

  private final RocksDB db;
  private final ColumnFamilyHandle family;
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final ArrayBlockingQueue<Change> changes;
  private final ThreadPoolExecutor readers;
  private final Thread writer;
  private volatile boolean closing;

  /**
   * @param family the column family {@code directory}; the caller closes it, after this store
   * @param queue how many reads, and how many writes, may wait
   */
  public RocksDirectoryStore(RocksDB db, ColumnFamilyHandle family, int queue) {
    this.db = db;
    this.family = family;
    this.changes = new ArrayBlockingQueue<>(queue);
    this.readers =
        new ThreadPoolExecutor(
            2,
            2,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(queue),
            Thread.ofPlatform().name("directory-read-", 0).daemon().factory());
    this.writer = Thread.ofPlatform().name("directory-write").daemon().start(this::writeForever);
  }

  private record Change(
      byte[] key, long expected, byte @Nullable [] value, Promise<Boolean> done) {}

  @Override
  public Future<@Nullable Row> get(Key key) {
    return read(
        () -> {
          byte[] stored = db.get(family, encode(key));
          return stored == null ? null : row(key, stored);
        });
  }

  @Override
  public Future<Boolean> write(Key key, long expected, byte[] value) {
    return change(key, expected, value.clone());
  }

  @Override
  public Future<Boolean> delete(Key key, long expected) {
    return change(key, expected, null);
  }

  @Override
  public Future<List<Row>> list(Table table, String group, @Nullable String after, int limit) {
    byte[] prefix = encode(new Key(table, group, ""));
    byte[] from = after == null ? prefix : encode(new Key(table, group, after));
    return read(() -> scan(prefix, from, after == null, limit));
  }

  @Override
  public Future<List<Row>> all(Table table, @Nullable Key after, int limit) {
    byte[] prefix = {(byte) table.code()};
    byte[] from = after == null ? prefix : encode(after);
    return read(() -> scan(prefix, from, after == null, limit));
  }

  private List<Row> scan(byte[] prefix, byte[] from, boolean inclusive, int limit)
      throws RocksDBException {
    var rows = new ArrayList<Row>();
    try (var iterator = db.newIterator(family)) {
      for (iterator.seek(from); iterator.isValid() && rows.size() < limit; iterator.next()) {
        byte[] key = iterator.key();
        if (!startsWith(key, prefix)) {
          break;
        }
        if (inclusive || !Arrays.equals(key, from)) {
          rows.add(row(decode(key), iterator.value()));
        }
      }
      iterator.status();
    }
    return List.copyOf(rows);
  }

  // ---- writing, confined to the writer thread

  private void writeForever() {
    var group = new ArrayList<Change>(MAX_BATCH);
    while (!closing || !changes.isEmpty()) {
      try {
        Change first = changes.poll(1, TimeUnit.SECONDS);
        if (first == null) {
          continue;
        }
        group.add(first);
        changes.drainTo(group, MAX_BATCH - 1);
        commit(group);
      } catch (InterruptedException e) {
        // Only close() interrupts: to look at the flag at once.
      } finally {
        group.clear();
      }
    }
  }

  /**
   * Judges the changes in their order, each upon those before it, writes what holds in one batch,
   * then answers.
   */
  private void commit(List<Change> group) {
    var holds = new boolean[group.size()];
    try (var batch = new WriteBatch()) {
      Map<ByteBuffer, Long> versions = new HashMap<>();
      for (int i = 0; i < holds.length; i++) {
        Change change = group.get(i);
        ByteBuffer key = ByteBuffer.wrap(change.key);
        Long version = versions.get(key);
        if (version == null) {
          version = versionOf(change.key);
        }
        holds[i] = version == change.expected;
        if (holds[i]) {
          versions.put(key, put(batch, change, version));
        }
      }
      if (batch.count() > 0) {
        db.write(synced, batch);
      }
    } catch (RocksDBException | RuntimeException e) {
      Throwable failure = e instanceof RocksDBException rocks ? failure(rocks) : e;
      group.forEach(change -> change.done.tryFail(failure));
      return;
    }
    for (int i = 0; i < holds.length; i++) {
      group.get(i).done.complete(holds[i]);
    }
  }

  private long put(WriteBatch batch, Change change, long version) throws RocksDBException {
    if (change.value == null) {
      if (version != ABSENT) {
        batch.delete(family, change.key);
      }
      return ABSENT;
    }
    // A row that comes again begins anywhere, so that a version read before it went never fits it.
    long next = version == ABSENT ? ThreadLocalRandom.current().nextLong(1, 1L << 62) : version + 1;
    batch.put(
        family,
        change.key,
        ByteBuffer.allocate(8 + change.value.length).putLong(next).put(change.value).array());
    return next;
  }

  private long versionOf(byte[] key) throws RocksDBException {
    byte[] stored = db.get(family, key);
    return stored == null ? ABSENT : ByteBuffer.wrap(stored).getLong();
  }

  private Future<Boolean> change(Key key, long expected, byte @Nullable [] value) {
    Promise<Boolean> done = Promise.promise();
    if (closing || !changes.offer(new Change(encode(key), expected, value, done))) {
      return Future.failedFuture(busy());
    }
    return onCaller(done);
  }

  // ---- reading

  /** What a reader does; null answers that there is nothing. */
  private interface Read<T extends @Nullable Object> extends Callable<T> {}

  private <T extends @Nullable Object> Future<T> read(Read<T> read) {
    Promise<T> done = Promise.promise();
    try {
      readers.execute(
          () -> {
            try {
              done.complete(read.call());
            } catch (RocksDBException e) {
              done.fail(failure(e));
            } catch (Exception e) {
              done.fail(e);
            }
          });
    } catch (RejectedExecutionException e) {
      return Future.failedFuture(busy());
    }
    return onCaller(done);
  }

  private static <T extends @Nullable Object> Future<T> onCaller(Promise<T> done) {
    Context caller = Vertx.currentContext();
    if (caller == null) {
      return done.future();
    }
    Promise<T> there = Promise.promise();
    done.future().onComplete(result -> caller.runOnContext(ignored -> there.handle(result)));
    return there.future();
  }

  private static Rejected busy() {
    return new Rejected(Rejected.Rule.BUSY, "Too many requests to the directory wait; try again.");
  }

  private static Exception failure(RocksDBException e) {
    var status = e.getStatus();
    boolean io = status != null && status.getCode() == org.rocksdb.Status.Code.IOError;
    boolean full = status != null && status.getSubCode() == org.rocksdb.Status.SubCode.NoSpace;
    return io || full ? new StoreFull("The directory cannot be written: " + e.getMessage()) : e;
  }

  // ---- keys

  private static byte[] encode(Key key) {
    byte[] group = key.group().getBytes(StandardCharsets.UTF_8);
    byte[] name = key.name().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 + group.length + name.length)
        .put((byte) key.table().code())
        .put(group)
        .put((byte) 0)
        .put(name)
        .array();
  }

  private static Key decode(byte[] key) {
    int end = 1;
    while (key[end] != 0) {
      end++;
    }
    for (Table table : Table.values()) {
      if (table.code() == key[0]) {
        return new Key(
            table,
            new String(key, 1, end - 1, StandardCharsets.UTF_8),
            new String(key, end + 1, key.length - end - 1, StandardCharsets.UTF_8));
      }
    }
    throw new IllegalStateException("a row of the directory is of no known table: " + key[0]);
  }

  private static Row row(Key key, byte[] stored) {
    ByteBuffer buffer = ByteBuffer.wrap(stored);
    long version = buffer.getLong();
    byte[] value = new byte[buffer.remaining()];
    buffer.get(value);
    return new Row(key, version, value);
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** Finishes what waits, then stops. */
  @Override
  public void close() {
    closing = true;
    writer.interrupt();
    readers.shutdown();
    boolean interrupted = false;
    while (writer.isAlive()) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    try {
      if (!readers.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a reader of the directory did not stop");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    synced.close();
    for (Change late = changes.poll(); late != null; late = changes.poll()) {
      late.done.tryFail(busy());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
