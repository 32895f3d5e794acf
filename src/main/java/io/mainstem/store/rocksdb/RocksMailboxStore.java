package io.mainstem.store.rocksdb;

import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.Ownership;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;

/**
 * Log and objects in RocksDB. What is written goes through the commit thread, what is read through
 * the reading threads.
 */
public final class RocksMailboxStore implements MailboxStore {
  private static final int KNOWN_TAILS = 65_536;

  private final RocksDatabase database;
  private final Keys keys;
  private final RocksOwnership ownership;

  /** The last number of recently appended logs. Confined to the commit thread. */
  private final Map<Mailbox, Long> tails =
      new LinkedHashMap<>(1024, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Mailbox, Long> eldest) {
          return size() > KNOWN_TAILS;
        }
      };

  public RocksMailboxStore(RocksDatabase database) {
    this.database = database;
    this.keys = new Keys(database.config().partitions());
    try {
      this.ownership = new RocksOwnership(database, database.config().partitions());
    } catch (RocksDBException e) {
      throw new CannotOpen("The store cannot be read: " + e.getMessage());
    }
  }

  /** Who owns which partition, in the same database. */
  public Ownership ownership() {
    return ownership;
  }

  @Override
  public Future<Void> append(Mailbox mailbox, long epoch, Row row, boolean agenda) {
    if (row.epoch() != epoch) {
      return Future.failedFuture(
          new IllegalArgumentException("a row is appended under its own epoch"));
    }
    var append = new Append(mailbox, row, agenda);
    database.commits().submit(append);
    return append.promise.future();
  }

  @Override
  public Future<Rows> read(Mailbox mailbox, long afterSeq, int limit) {
    return database.read(
        () -> {
          try (var reader = new ChainReader(database, keys, mailbox)) {
            return reader.read(afterSeq, limit);
          }
        });
  }

  @Override
  public Future<List<Row>> rows(Mailbox mailbox, List<Long> seqs) {
    var wanted = List.copyOf(seqs);
    return database.read(
        () -> {
          try (var reader = new ChainReader(database, keys, mailbox)) {
            return reader.rows(wanted);
          }
        });
  }

  @Override
  public Future<@Nullable Row> last(Mailbox mailbox) {
    return database.read(
        () -> {
          try (var reader = new ChainReader(database, keys, mailbox)) {
            return reader.last();
          }
        });
  }

  @Override
  public Future<Void> redact(Mailbox mailbox, long seq) {
    return database
        .read(
            () -> {
              try (var reader = new ChainReader(database, keys, mailbox)) {
                return reader.epochAt(seq);
              }
            })
        .compose(
            epoch ->
                database
                    .commits()
                    .commit(batch -> batch.delete(database.body(), keys.row(mailbox, seq, epoch))));
  }

  @Override
  public Future<Map<String, byte[]>> objects(Mailbox mailbox, List<String> names) {
    var wanted = List.copyOf(names);
    return database.read(
        () -> {
          var found = new HashMap<String, byte[]>();
          var keyed = new ArrayList<byte[]>(wanted.size());
          var families = new ArrayList<ColumnFamilyHandle>(wanted.size());
          for (String name : wanted) {
            keyed.add(keys.object(mailbox, name));
            families.add(database.objects());
          }
          List<byte @Nullable []> values =
              keyed.isEmpty() ? List.of() : database.db().multiGetAsList(families, keyed);
          for (int i = 0; i < wanted.size(); i++) {
            byte[] value = values.get(i);
            if (value != null) {
              found.put(wanted.get(i), value);
            }
          }
          return Map.copyOf(found);
        });
  }

  @Override
  public Future<List<String>> scan(
      Mailbox mailbox, String prefix, @Nullable String after, int limit) {
    return database.read(
        () -> {
          byte[] mine = keys.mailbox(mailbox);
          byte[] from = keys.object(mailbox, prefix);
          var names = new ArrayList<String>();
          try (var end = new Slice(Keys.end(from));
              var options = new ReadOptions().setIterateUpperBound(end);
              var iterator = database.db().newIterator(database.objects(), options)) {
            for (iterator.seek(after == null ? from : keys.object(mailbox, after));
                iterator.isValid();
                iterator.next()) {
              byte[] key = iterator.key();
              var name =
                  new String(key, mine.length, key.length - mine.length, StandardCharsets.UTF_8);
              if (name.equals(after)) {
                continue;
              }
              if (names.size() == limit) {
                break;
              }
              names.add(name);
            }
            iterator.status();
          }
          return names;
        });
  }

  @Override
  public Future<Void> save(Mailbox mailbox, long epoch, Map<String, byte @Nullable []> objects) {
    var save = new Save(mailbox, epoch, new HashMap<>(objects));
    database.commits().submit(save);
    return save.promise.future();
  }

  @Override
  public Future<List<Mailbox>> agenda(int partition, @Nullable UserId after, int limit) {
    return database.read(() -> walk(database.agenda(), partition, after, limit));
  }

  @Override
  public Future<Void> clearAgenda(Mailbox mailbox) {
    return database
        .commits()
        .commit(batch -> batch.delete(database.agenda(), keys.mailbox(mailbox)));
  }

  @Override
  public Future<List<Mailbox>> mailboxes(int partition, @Nullable UserId after, int limit) {
    return database.read(() -> walk(database.log(), partition, after, limit));
  }

  /** The mailboxes of a partition that have a key in this column family; one seek a mailbox. */
  private List<Mailbox> walk(
      ColumnFamilyHandle family, int partition, @Nullable UserId after, int limit)
      throws RocksDBException {
    var found = new ArrayList<Mailbox>();
    try (var iterator = database.db().newIterator(family)) {
      iterator.seek(keys.afterUser(partition, after));
      while (iterator.isValid()
          && found.size() < limit
          && Keys.isOfPartition(iterator.key(), partition)) {
        Mailbox mailbox = Keys.mailboxOf(iterator.key());
        found.add(mailbox);
        iterator.seek(Keys.end(keys.mailbox(mailbox)));
      }
      iterator.status();
    }
    return found;
  }

  /** One append: row, body, fence and agenda mark in the one batch. */
  private final class Append extends CommitThread.Job {
    private final Mailbox mailbox;
    private final Row row;
    private final boolean agenda;
    private final Promise<Void> promise = Promise.promise();

    Append(Mailbox mailbox, Row row, boolean agenda) {
      this.mailbox = mailbox;
      this.row = row;
      this.agenda = agenda;
    }

    @Override
    int sizeBytes() {
      byte[] body = row.body();
      return 128 + row.entry().length + (body == null ? 0 : body.length);
    }

    @Override
    void fill(WriteBatch batch) throws RocksDBException {
      ownership.check(keys.partition(mailbox.user()), row.epoch());
      long tail = tail();
      if (row.seq() != tail + 1 && !isRepeat(tail)) {
        throw new StoreFull(
            "number "
                + row.seq()
                + " does not follow "
                + tail
                + ": an append before it was refused");
      }
      byte[] key = keys.row(mailbox, row.seq(), row.epoch());
      batch.put(database.log(), key, RowFormat.encode(row));
      byte[] body = row.body();
      if (body != null) {
        batch.put(database.body(), key, body);
      }
      if (row.isFence()) {
        var value = ByteBuffer.allocate(16).putLong(row.seq()).putLong(row.previousEpoch()).array();
        batch.put(database.fences(), keys.fence(mailbox, row.epoch()), value);
      }
      if (agenda) {
        batch.put(database.agenda(), keys.mailbox(mailbox), new byte[0]);
      }
      tails.put(mailbox, Math.max(tail, row.last()));
    }

    /**
     * Whether this very row stands in the log: an append whose outcome was unknown is made again
     * unchanged.
     */
    private boolean isRepeat(long tail) throws RocksDBException {
      if (row.last() > tail) {
        return false;
      }
      byte[] stored = database.db().get(database.log(), keys.row(mailbox, row.seq(), row.epoch()));
      return stored != null && Arrays.equals(stored, RowFormat.encode(row));
    }

    /** The end of the log: from memory, or read once. */
    private long tail() throws RocksDBException {
      Long known = tails.get(mailbox);
      if (known != null) {
        return known;
      }
      try (var reader = new ChainReader(database, keys, mailbox)) {
        Row last = reader.last();
        return last == null ? 0 : last.last();
      }
    }

    @Override
    void succeed() {
      promise.complete();
    }

    @Override
    void fail(Throwable cause) {
      promise.fail(cause);
    }

    @Override
    void undo() {
      tails.remove(mailbox);
    }
  }

  /**
   * Saved objects. They are derived, so they wait for the next append's sync: the write-ahead log
   * keeps their order.
   */
  private final class Save extends CommitThread.Job {
    private final Mailbox mailbox;
    private final long epoch;
    private final Map<String, byte @Nullable []> objects;
    private final Promise<Void> promise = Promise.promise();

    Save(Mailbox mailbox, long epoch, Map<String, byte @Nullable []> objects) {
      this.mailbox = mailbox;
      this.epoch = epoch;
      this.objects = objects;
    }

    @Override
    boolean needsSync() {
      return false;
    }

    @Override
    int sizeBytes() {
      int size = 0;
      for (byte @Nullable [] value : objects.values()) {
        size += 64 + (value == null ? 0 : value.length);
      }
      return size;
    }

    @Override
    void fill(WriteBatch batch) throws RocksDBException {
      ownership.check(keys.partition(mailbox.user()), epoch);
      for (var object : objects.entrySet()) {
        byte[] key = keys.object(mailbox, object.getKey());
        byte[] value = object.getValue();
        if (value == null) {
          batch.delete(database.objects(), key);
        } else {
          batch.put(database.objects(), key, value);
        }
      }
    }

    @Override
    void succeed() {
      promise.complete();
    }

    @Override
    void fail(Throwable cause) {
      promise.fail(cause);
    }
  }
}
