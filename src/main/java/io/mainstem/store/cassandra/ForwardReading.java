package io.mainstem.store.cassandra;

import io.mainstem.store.MailboxStore.Damaged;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.MailboxStore.Rows;
import io.mainstem.store.cassandra.Replicas.Place;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** One reading of a log from some number on, in order, bucket after bucket. */
final class ForwardReading {
  private static final int MOST_ROWS = 512;

  private final Replicas replicas;
  private final Mailbox mailbox;
  private final Chain chain;
  private final long afterSeq;
  private final int limit;
  private final int page;
  private final List<Row> rows = new ArrayList<>();
  private long expected = -1;
  private long settled;
  private boolean ended;
  private boolean more;

  ForwardReading(Replicas replicas, Mailbox mailbox, Chain chain, long afterSeq, int limit) {
    this.replicas = replicas;
    this.mailbox = mailbox;
    this.chain = chain;
    this.afterSeq = afterSeq;
    this.limit = limit;
    this.page = Math.min(limit, MOST_ROWS) + 2;
  }

  Future<Rows> from(Place start) {
    return from(Buckets.of(start.seq()), start);
  }

  private Future<Rows> from(long bucket, Place after) {
    return replicas
        .rowsAfter(mailbox, bucket, after, page)
        .compose(
            found -> {
              for (Row row : found) {
                take(row);
                if (more) {
                  return Future.succeededFuture(new Rows(rows, true));
                }
              }
              if (found.size() == page) {
                Row last = found.get(found.size() - 1);
                return from(bucket, new Place(last.seq(), last.epoch()));
              }
              if (goesOnBehind(bucket)) {
                return from(bucket + 1, Place.FIRST);
              }
              finish();
              return Future.succeededFuture(new Rows(rows, false));
            });
  }

  private boolean goesOnBehind(long bucket) {
    return bucket < Buckets.of(chain.newestFence())
        || expected >= 0 && !ended && Buckets.of(expected) > bucket;
  }

  private void take(Row row) {
    settled = Math.max(settled, row.settled());
    if (ended || row.epoch() != chain.epochAt(row.seq())) {
      return;
    }
    if (expected >= 0 && row.seq() != expected) {
      if (row.seq() > expected
          && row.epoch() == chain.newestEpoch()
          && expected > chain.newestFence()) {
        ended = true;
        return;
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
      return;
    }
    if (expectedFirst(row)) {
      throw new Damaged("numbers " + (afterSeq + 1) + " to " + (row.seq() - 1) + " are missing");
    }
    if (rows.size() == limit) {
      more = true;
    } else {
      rows.add(row);
    }
  }

  /** Whether the first row that is given begins too late to follow what was asked for. */
  private boolean expectedFirst(Row row) {
    return rows.isEmpty()
        && row.seq() > afterSeq + 1
        && (row.seq() <= chain.newestFence() || row.settled() > afterSeq);
  }

  private void finish() {
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
}
