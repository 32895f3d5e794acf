package io.mainstem.store.rocksdb;

import io.mainstem.store.MailboxStore.Damaged;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.MailboxStore.Rows;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/**
 * Reads one mailbox's log by the reading rule, from one snapshot of the database. Runs where
 * reading may block.
 */
final class ChainReader implements AutoCloseable {
  private final RocksDatabase database;
  private final Keys keys;
  private final Mailbox mailbox;
  private final byte[] prefix;
  private final Snapshot snapshot;
  private final Slice end;
  private final ReadOptions options;

  ChainReader(RocksDatabase database, Keys keys, Mailbox mailbox) {
    this.database = database;
    this.keys = keys;
    this.mailbox = mailbox;
    this.prefix = keys.mailbox(mailbox);
    this.snapshot = database.db().getSnapshot();
    this.end = new Slice(Keys.end(prefix));
    this.options = new ReadOptions().setSnapshot(snapshot).setIterateUpperBound(end);
  }

  @Override
  public void close() {
    options.close();
    end.close();
    database.db().releaseSnapshot(snapshot);
    snapshot.close();
  }

  Rows read(long afterSeq, int limit) throws RocksDBException {
    return present(
        () -> {
          Chain chain = chain();
          return chain.isEmpty() ? new Rows(List.of(), false) : read(chain, afterSeq, limit);
        });
  }

  @Nullable Row last() throws RocksDBException {
    return checked(
        () -> {
          Chain chain = chain();
          return chain.isEmpty() ? null : last(chain);
        });
  }

  List<Row> rows(List<Long> seqs) throws RocksDBException {
    return present(
        () -> {
          Chain chain = chain();
          var rows = new ArrayList<Row>(seqs.size());
          if (!chain.isEmpty()) {
            try (var iterator = database.db().newIterator(database.log(), options)) {
              for (long seq : seqs) {
                seekRowWith(iterator, chain, seq);
                if (iterator.isValid()) {
                  Row row = RowFormat.decode(iterator.key(), iterator.value());
                  if (row.epoch() == chain.epochAt(row.seq())
                      && row.seq() <= seq
                      && row.last() >= seq) {
                    rows.add(row);
                  }
                }
              }
              iterator.status();
            }
          }
          return withBodies(rows);
        });
  }

  /** The epoch of the chain's row that begins with this number; 0 when there is none. */
  long epochAt(long seq) throws RocksDBException {
    return present(() -> chain().epochAt(seq));
  }

  private Rows read(Chain chain, long afterSeq, int limit) throws RocksDBException {
    var rows = new ArrayList<Row>();
    try (var iterator = database.db().newIterator(database.log(), options)) {
      seekRowWith(iterator, chain, afterSeq + 1);
      long expected = -1;
      long settled = 0;
      boolean ended = false;
      for (; iterator.isValid(); iterator.next()) {
        byte[] value = iterator.value();
        Row row = RowFormat.decode(iterator.key(), value);
        settled = Math.max(settled, row.settled());
        if (ended || row.epoch() != chain.epochAt(row.seq())) {
          continue;
        }
        if (expected >= 0 && row.seq() != expected) {
          if (row.seq() > expected
              && row.epoch() == chain.newestEpoch()
              && expected > chain.newestFence()) {
            ended = true;
            continue;
          }
          throw new Damaged("numbers " + expected + " to " + (row.seq() - 1) + " are missing");
        }
        if (row.last() > chain.endOfRun(row.seq())) {
          throw new Damaged(
              "the row at number "
                  + row.seq()
                  + " reaches over the fence at "
                  + (chain.endOfRun(row.seq()) + 1));
        }
        expected = row.last() + 1;
        if (row.last() <= afterSeq) {
          continue;
        }
        if (rows.size() == limit) {
          return new Rows(withBodies(rows), true);
        }
        rows.add(row);
      }
      iterator.status();
      if (expected >= 0 && expected <= chain.newestFence()) {
        throw new Damaged(
            "it ends at number " + (expected - 1) + ", before the fence at " + chain.newestFence());
      }
      if (expected < 0 && afterSeq < chain.newestFence()) {
        throw new Damaged("its rows from number " + (afterSeq + 1) + " on are missing");
      }
      if (expected >= 0 && settled >= expected) {
        throw new Damaged(
            "it ends at number " + (expected - 1) + ", but number " + settled + " was settled");
      }
    }
    return new Rows(withBodies(rows), false);
  }

  /** Goes to the chain's row that contains this number, or else to the first one after it. */
  private void seekRowWith(RocksIterator iterator, Chain chain, long seq) {
    iterator.seekForPrev(keys.row(mailbox, seq, Long.MAX_VALUE));
    while (iterator.isValid() && Keys.startsWith(iterator.key(), prefix)) {
      byte[] key = iterator.key();
      if (chain.epochAt(Keys.seqOf(key)) == Keys.epochOf(key)) {
        return;
      }
      iterator.prev();
    }
    iterator.seek(keys.row(mailbox, seq, 0));
  }

  /**
   * The last row. Everything up to a settled mark is whole, so only the rows after the highest mark
   * are looked at one by one: those of the newest epoch that follow each other without a hole.
   */
  private Row last(Chain chain) throws RocksDBException {
    var tail = new ArrayDeque<Row>();
    long settled = 0;
    try (var iterator = database.db().newIterator(database.log(), options)) {
      for (iterator.seekToLast();
          iterator.isValid() && Keys.startsWith(iterator.key(), prefix);
          iterator.prev()) {
        Row row = RowFormat.decode(iterator.key(), iterator.value());
        settled = Math.max(settled, row.settled());
        if (row.epoch() != chain.newestEpoch() || row.seq() < chain.newestFence()) {
          continue;
        }
        tail.addFirst(row);
        if (row.seq() == chain.newestFence() || row.seq() <= settled) {
          break;
        }
      }
      iterator.status();
    }
    if (tail.isEmpty()) {
      throw new Damaged("the fence at number " + chain.newestFence() + " is missing");
    }
    Row last = tail.removeFirst();
    while (!tail.isEmpty() && tail.getFirst().seq() == last.last() + 1) {
      last = tail.removeFirst();
    }
    if (last.last() < settled) {
      throw new Damaged(
          "it ends at number " + last.last() + ", but number " + settled + " was settled");
    }
    return withBodies(List.of(last)).get(0);
  }

  private Chain chain() throws RocksDBException {
    var fences = new ArrayList<Chain.Fence>();
    try (var iterator = database.db().newIterator(database.fences(), options)) {
      for (iterator.seek(prefix); iterator.isValid(); iterator.next()) {
        var value = ByteBuffer.wrap(iterator.value());
        fences.add(new Chain.Fence(Keys.epochOf(iterator.key()), value.getLong(), value.getLong()));
      }
      iterator.status();
    }
    return Chain.of(fences);
  }

  private List<Row> withBodies(List<Row> rows) throws RocksDBException {
    var out = new ArrayList<Row>(rows.size());
    var wanted = new ArrayList<byte[]>();
    var families = new ArrayList<ColumnFamilyHandle>();
    for (Row row : rows) {
      wanted.add(keys.row(mailbox, row.seq(), row.epoch()));
      families.add(database.body());
    }
    List<byte @Nullable []> bodies =
        wanted.isEmpty() ? List.of() : database.db().multiGetAsList(options, families, wanted);
    for (int i = 0; i < rows.size(); i++) {
      out.add(RowFormat.withBody(rows.get(i), bodies.get(i)));
    }
    return out;
  }

  /** A damaged log is named: user, generation, and what is wrong with it. */
  private <T> T present(Read<T> read) throws RocksDBException {
    return Objects.requireNonNull(checked(read));
  }

  private <T> @Nullable T checked(Read<T> read) throws RocksDBException {
    try {
      return read.run();
    } catch (Damaged e) {
      throw new Damaged(
          "The log of "
              + mailbox.user()
              + " (generation "
              + mailbox.generation()
              + ") is damaged: "
              + e.getMessage());
    }
  }

  private interface Read<T> {
    @Nullable T run() throws RocksDBException;
  }
}
