package io.mainstem.store.rocksdb;

import io.mainstem.store.DirectoryStore;
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
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * The directory in a column family of the node's RocksDB. Conditional writes are judged on the
 * commit thread, so a condition needs no lock, and those that wait share one sync with whatever
 * else does; the reading threads read.
 *
 * <p>Key: {@code table code, group, NUL, name}. Value: {@code version (8 bytes), value}.
 */
public final class RocksDirectoryStore implements DirectoryStore {
  private final RocksDatabase database;
  private final ColumnFamilyHandle family;

  /**
   * The versions that the batch under way will bring, for the changes behind in it. Confined to the
   * commit thread.
   */
  private final Map<ByteBuffer, Long> coming = new HashMap<>();

  public RocksDirectoryStore(RocksDatabase database) {
    this.database = database;
    this.family = database.directory();
  }

  @Override
  public Future<@Nullable Row> get(Key key) {
    return onCaller(
        database.read(
            () -> {
              byte[] stored = database.db().get(family, encode(key));
              return stored == null ? null : row(key, stored);
            }));
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
    return onCaller(database.read(() -> scan(prefix, from, after == null, limit)));
  }

  @Override
  public Future<List<Row>> all(Table table, @Nullable Key after, int limit) {
    byte[] prefix = {(byte) table.code()};
    byte[] from = after == null ? prefix : encode(after);
    return onCaller(database.read(() -> scan(prefix, from, after == null, limit)));
  }

  private List<Row> scan(byte[] prefix, byte[] from, boolean inclusive, int limit)
      throws RocksDBException {
    var rows = new ArrayList<Row>();
    try (var iterator = database.db().newIterator(family)) {
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

  // ---- writing

  private Future<Boolean> change(Key key, long expected, byte @Nullable [] value) {
    var change = new Change(encode(key), expected, value);
    database.commits().submit(change);
    return onCaller(change.done.future());
  }

  /** Written if the row has the expected version, counting what stands before it in the batch. */
  private final class Change extends CommitThread.Job {
    private final byte[] key;
    private final long expected;
    private final byte @Nullable [] value;
    private final Promise<Boolean> done = Promise.promise();
    private boolean holds;

    Change(byte[] key, long expected, byte @Nullable [] value) {
      this.key = key;
      this.expected = expected;
      this.value = value;
    }

    @Override
    boolean needsSync() {
      return holds;
    }

    @Override
    int sizeBytes() {
      return 64 + key.length + (value == null ? 0 : value.length);
    }

    @Override
    void fill(WriteBatch batch) throws RocksDBException {
      Long near = coming.get(ByteBuffer.wrap(key));
      long version = near != null ? near : versionOf(key);
      holds = version == expected;
      if (holds) {
        coming.put(ByteBuffer.wrap(key), put(batch, version));
      }
    }

    private long put(WriteBatch batch, long version) throws RocksDBException {
      if (value == null) {
        if (version != ABSENT) {
          batch.delete(family, key);
        }
        return ABSENT;
      }
      // A row that comes again begins anywhere, so that a version read before it went never fits
      // it.
      long next =
          version == ABSENT ? ThreadLocalRandom.current().nextLong(1, 1L << 62) : version + 1;
      batch.put(
          family, key, ByteBuffer.allocate(8 + value.length).putLong(next).put(value).array());
      return next;
    }

    @Override
    void succeed() {
      coming.remove(ByteBuffer.wrap(key));
      done.complete(holds);
    }

    @Override
    void fail(Throwable cause) {
      done.fail(cause);
    }

    @Override
    void undo() {
      coming.remove(ByteBuffer.wrap(key));
    }
  }

  private long versionOf(byte[] key) throws RocksDBException {
    byte[] stored = database.db().get(family, key);
    return stored == null ? ABSENT : ByteBuffer.wrap(stored).getLong();
  }

  /** The answer goes to the asker's context, if he has one. */
  private static <T extends @Nullable Object> Future<T> onCaller(Future<T> answer) {
    Context caller = Vertx.currentContext();
    if (caller == null) {
      return answer;
    }
    Promise<T> there = Promise.promise();
    answer.onComplete(result -> caller.runOnContext(ignored -> there.handle(result)));
    return there.future();
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
}
