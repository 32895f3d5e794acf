package io.mainstem.store.rocksdb;

import io.mainstem.store.FeatureLevel;
import io.mainstem.store.MailboxStore.StaleOwner;
import io.mainstem.store.Ownership;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Owners of partitions in one process. The lock of the data directory proves that whoever held a
 * partition before this process started is gone, so only incarnations that joined since then can
 * stand; epochs are kept, because rows name them. What is in memory is changed at once; if the
 * commit then fails, numbers have been skipped, which harms nobody.
 *
 * <p>Confined to the commit thread.
 */
final class RocksOwnership implements Ownership {
  private static final byte[] COUNTER = {'n'};

  private final RocksDatabase database;
  private final int partitions;
  private static final byte[] LEVEL = {'l'};

  /** A node that stands, with the highest feature level that it reads. */
  private record Node(String name, int level) {}

  private final Map<Long, Node> standing = new HashMap<>();
  private int level;
  private long counter;
  private final long[] holders;
  private final long[] epochs;

  RocksOwnership(RocksDatabase database, int partitions) throws RocksDBException {
    this.database = database;
    this.partitions = partitions;
    this.holders = new long[partitions];
    this.epochs = new long[partitions];
    byte[] count = database.db().get(database.meta(), COUNTER);
    this.counter = count == null ? 0 : ByteBuffer.wrap(count).getLong();
    byte[] known = database.db().get(database.meta(), LEVEL);
    this.level = known == null ? FeatureLevel.FIRST : ByteBuffer.wrap(known).getInt();
    for (int p = 0; p < partitions; p++) {
      byte[] value = database.db().get(database.meta(), key(p));
      if (value != null) {
        holders[p] = ByteBuffer.wrap(value).getLong();
        epochs[p] = ByteBuffer.wrap(value).getLong(8);
      }
    }
  }

  @Override
  public Future<Long> join(String node, int reads) {
    return database
        .commits()
        .transactBlindly(
            batch -> {
              if (reads < level) {
                throw new FeatureLevel.TooOld(level, reads);
              }
              long incarnation = ++counter;
              batch.put(
                  database.meta(), COUNTER, ByteBuffer.allocate(8).putLong(incarnation).array());
              standing.values().removeIf(other -> other.name().equals(node));
              standing.put(incarnation, new Node(node, reads));
              return incarnation;
            });
  }

  @Override
  public Future<Integer> level() {
    return database
        .commits()
        .transactBlindly(
            batch -> {
              int lowest = standing.values().stream().mapToInt(Node::level).min().orElse(level);
              if (lowest > level) {
                batch.put(database.meta(), LEVEL, ByteBuffer.allocate(4).putInt(lowest).array());
                level = lowest;
              }
              return level;
            });
  }

  @Override
  public Future<Map<String, Long>> standing() {
    return database
        .commits()
        .transactBlindly(
            batch -> {
              var nodes = new HashMap<String, Long>();
              standing.forEach((incarnation, node) -> nodes.put(node.name(), incarnation));
              return Map.copyOf(nodes);
            });
  }

  @Override
  public Future<Void> fence(long incarnation) {
    return database
        .commits()
        .transactBlindly(
            batch -> {
              standing.remove(incarnation);
              return null;
            });
  }

  @Override
  public Future<Void> confirm(long incarnation) {
    return database
        .commits()
        .transactBlindly(
            batch -> {
              if (!standing.containsKey(incarnation)) {
                throw new StaleOwner("incarnation " + incarnation + " is fenced");
              }
              return null;
            });
  }

  @Override
  public Future<Map<Integer, Long>> take(long incarnation, Set<Integer> wanted) {
    var all = new HashSet<>(wanted);
    return database
        .commits()
        .transactBlindly(
            batch -> {
              if (!standing.containsKey(incarnation)) {
                throw new StaleOwner("incarnation " + incarnation + " is fenced");
              }
              var taken = new HashMap<Integer, Long>();
              for (int p : all) {
                if (holders[p] == incarnation || !standing.containsKey(holders[p])) {
                  taken.put(p, epochs[p] + 1);
                  put(batch, p, incarnation, epochs[p] + 1);
                }
              }
              // Kept in memory at once: a batch that fails leaves epochs too high, never too low,
              // and nothing was appended under them.
              taken.forEach(
                  (p, epoch) -> {
                    holders[p] = incarnation;
                    epochs[p] = epoch;
                  });
              return Map.copyOf(taken);
            });
  }

  @Override
  public Future<Void> release(long incarnation, int partition, long epoch) {
    return database
        .commits()
        .transactBlindly(
            batch -> {
              if (holders[partition] != incarnation || epochs[partition] != epoch) {
                throw new StaleOwner(
                    "partition " + partition + " is not held under epoch " + epoch);
              }
              holders[partition] = 0;
              put(batch, partition, 0, epoch);
              return null;
            });
  }

  /** Whether an append under this epoch may be made. */
  void check(int partition, long epoch) {
    if (epochs[partition] != epoch || !standing.containsKey(holders[partition])) {
      throw new StaleOwner(
          "epoch "
              + epoch
              + " of partition "
              + partition
              + " does not stand (now "
              + epochs[partition]
              + ")");
    }
  }

  private void put(WriteBatch batch, int partition, long holder, long epoch)
      throws RocksDBException {
    batch.put(
        database.meta(),
        key(partition),
        ByteBuffer.allocate(16).putLong(holder).putLong(epoch).array());
  }

  private byte[] key(int partition) {
    if (partition < 0 || partition >= partitions) {
      throw new IllegalArgumentException("partition " + partition + " of " + partitions);
    }
    return new byte[] {'p', (byte) (partition >>> 8), (byte) partition};
  }
}
