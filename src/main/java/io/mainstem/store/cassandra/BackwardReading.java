package io.mainstem.store.cassandra;

import io.mainstem.store.MailboxStore.Damaged;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.cassandra.Replicas.Place;
import io.vertx.core.Future;
import java.util.ArrayDeque;

/**
 * One reading of a log from its end back, to find the last row of its chain. Everything up to a
 * settled mark is whole, so only the rows after the highest mark are looked at one by one: those of
 * the newest epoch that follow each other without a hole.
 */
final class BackwardReading {
  private static final int PAGE = 32;

  private final Replicas replicas;
  private final Mailbox mailbox;
  private final Chain chain;
  private final ArrayDeque<Row> tail = new ArrayDeque<>();
  private long settled;

  BackwardReading(Replicas replicas, Mailbox mailbox, Chain chain) {
    this.replicas = replicas;
    this.mailbox = mailbox;
    this.chain = chain;
  }

  Future<Row> run() {
    return up(Buckets.of(chain.newestFence()));
  }

  /** Goes to the last bucket with rows: none before it, from the newest fence on, is empty. */
  private Future<Row> up(long bucket) {
    return replicas
        .rowsAfter(mailbox, bucket + 1, Place.FIRST, 1)
        .compose(rows -> rows.isEmpty() ? back(bucket, Place.LAST) : up(bucket + 1));
  }

  private Future<Row> back(long bucket, Place before) {
    return replicas
        .rowsBefore(mailbox, bucket, before, PAGE)
        .compose(
            rows -> {
              for (Row row : rows) {
                if (take(row)) {
                  return Future.succeededFuture(last());
                }
              }
              if (rows.size() == PAGE) {
                Row lowest = rows.get(rows.size() - 1);
                return back(bucket, new Place(lowest.seq(), lowest.epoch()));
              }
              return bucket > Buckets.of(chain.newestFence())
                  ? back(bucket - 1, Place.LAST)
                  : Future.succeededFuture(last());
            });
  }

  /** Whether enough was seen. */
  private boolean take(Row row) {
    settled = Math.max(settled, row.settled());
    if (row.seq() < chain.newestFence()) {
      return true;
    }
    if (row.epoch() != chain.newestEpoch()) {
      return false;
    }
    tail.addFirst(row);
    return row.seq() == chain.newestFence() || row.seq() <= settled;
  }

  private Row last() {
    Row first = tail.peekFirst();
    if (first == null || first.seq() != chain.newestFence() && first.seq() > settled) {
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
    return last;
  }
}
