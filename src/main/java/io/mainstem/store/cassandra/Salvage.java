package io.mainstem.store.cassandra;

import io.mainstem.store.LogSalvage;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.MailboxStore.Rows;
import io.mainstem.store.cassandra.Replicas.Fence;
import io.mainstem.store.cassandra.Replicas.Place;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the longest part of a broken log that the reading rule would show if it ended there. The
 * rows of each epoch, from its fence on without a hole, are a run; a run connects when the run that
 * its fence names reaches to it, and so back to number 1. The newest run that connects counts.
 *
 * <p>A fence whose row is there, but not its place in the index, is one that was never used, or one
 * whose place in the index is what was lost: it counts when it leads further.
 */
final class Salvage implements LogSalvage {
  private static final int FENCES = 64;
  private static final int PAGE = 256;

  private final Replicas replicas;

  Salvage(Replicas replicas) {
    this.replicas = replicas;
  }

  /** What follows the fence of one epoch without a hole. */
  private static final class Run {
    final long start;
    final long previousEpoch;
    Row last;

    Run(Row fence) {
      start = fence.seq();
      previousEpoch = fence.previousEpoch();
      last = fence;
    }
  }

  /** One look through a log. */
  private static final class Look {
    final TreeMap<Long, Run> runs = new TreeMap<>();
    final TreeSet<Long> indexed = new TreeSet<>();
    long lastBucket;

    void take(Fence fence) {
      indexed.add(fence.epoch());
      lastBucket = Math.max(lastBucket, Buckets.of(fence.seq()));
    }

    void take(Row row) {
      Run run = runs.get(row.epoch());
      if (run == null && row.isFence()) {
        runs.put(row.epoch(), new Run(row));
      } else if (run != null && row.seq() == run.last.last() + 1) {
        run.last = row;
      }
    }

    /** The epoch of the last run that counts; 0 for none. */
    long newest() {
      long newest = 0;
      for (long epoch : indexed.descendingSet()) {
        if (connects(epoch)) {
          newest = epoch;
          break;
        }
      }
      for (long epoch : runs.navigableKeySet().tailSet(newest, false)) {
        if (connects(epoch) && (newest == 0 || reach(epoch) > reach(newest))) {
          newest = epoch;
        }
      }
      return newest;
    }

    private long reach(long epoch) {
      Run run = runs.get(epoch);
      return run == null ? 0 : run.last.last();
    }

    private boolean connects(long newest) {
      long epoch = newest;
      long before = Long.MAX_VALUE;
      while (true) {
        Run run = runs.get(epoch);
        boolean isNewest = before == Long.MAX_VALUE;
        if (run == null || run.start >= before || !isNewest && reach(epoch) < before - 1) {
          return false;
        }
        if (run.previousEpoch == 0) {
          return run.start == 1;
        }
        if (run.previousEpoch >= epoch) {
          return false;
        }
        before = run.start;
        epoch = run.previousEpoch;
      }
    }

    Found found() {
      var counting = new TreeMap<Long, Long>();
      Row last = null;
      long newest = newest();
      for (Run run = runs.get(newest); run != null; run = runs.get(newest)) {
        last = last == null ? run.last : last;
        counting.put(run.start, newest);
        newest = run.previousEpoch;
      }
      return new Found(counting, last, 0, null);
    }
  }

  @Override
  public Future<Found> look(Mailbox mailbox) {
    var look = new Look();
    return fences(mailbox, look, Long.MAX_VALUE)
        .compose(indexed -> scan(mailbox, 0, Place.FIRST, look.lastBucket, look::take))
        .compose(looked -> behind(mailbox, look.found(), look.lastBucket));
  }

  private Future<Void> fences(Mailbox mailbox, Look look, long below) {
    return replicas
        .fences(mailbox, below, FENCES)
        .compose(
            fences -> {
              fences.forEach(look::take);
              return fences.size() < FENCES
                  ? Future.succeededFuture()
                  : fences(mailbox, look, fences.get(FENCES - 1).epoch());
            });
  }

  /**
   * Shows all rows from a place on. A whole bucket may be missing: all that a fence is known of are
   * looked into.
   */
  private Future<Void> scan(
      Mailbox mailbox, long bucket, Place after, long lastBucket, Consumer<Row> seen) {
    return replicas
        .rowsAfter(mailbox, bucket, after, PAGE)
        .compose(
            rows -> {
              rows.forEach(seen);
              if (rows.size() == PAGE) {
                Row last = rows.get(PAGE - 1);
                var place = new Place(last.seq(), last.epoch());
                return scan(mailbox, bucket, place, lastBucket, seen);
              }
              return bucket < lastBucket || !rows.isEmpty() || !after.equals(Place.FIRST)
                  ? scan(mailbox, bucket + 1, Place.FIRST, lastBucket, seen)
                  : Future.succeededFuture();
            });
  }

  /** What stands behind the gap. */
  private static final class Behind {
    private long count;
    private @Nullable Row last;

    void take(Row row) {
      count++;
      last = row;
    }
  }

  private Future<Found> behind(Mailbox mailbox, Found found, long lastBucket) {
    long next = found.keptUpTo() + 1;
    var behind = new Behind();
    return scan(
            mailbox, Buckets.of(next), new Place(next, Long.MIN_VALUE), lastBucket, behind::take)
        .map(done -> new Found(found.runs(), found.lastKept(), behind.count, behind.last));
  }

  @Override
  public Future<Rows> read(Mailbox mailbox, Found found, long afterSeq, int limit) {
    Row last = found.lastKept();
    if (last == null || last.last() <= afterSeq) {
      return Future.succeededFuture(new Rows(List.of(), false));
    }
    long next = afterSeq + 1;
    return read(
        mailbox,
        found.runs(),
        last.seq(),
        Buckets.of(next),
        new Place(next, Long.MIN_VALUE),
        limit,
        new ArrayList<>());
  }

  private Future<Rows> read(
      Mailbox mailbox,
      NavigableMap<Long, Long> runs,
      long lastSeq,
      long bucket,
      Place after,
      int limit,
      List<Row> kept) {
    return replicas
        .rowsAfter(mailbox, bucket, after, PAGE)
        .compose(
            rows -> {
              for (Row row : rows) {
                if (counts(runs, row)) {
                  kept.add(row);
                }
                boolean isLast = row.seq() == lastSeq && counts(runs, row);
                if (isLast || kept.size() == limit) {
                  return Future.succeededFuture(new Rows(kept, !isLast));
                }
              }
              if (rows.size() == PAGE) {
                Row end = rows.get(PAGE - 1);
                var place = new Place(end.seq(), end.epoch());
                return read(mailbox, runs, lastSeq, bucket, place, limit, kept);
              }
              return bucket < Buckets.of(lastSeq)
                  ? read(mailbox, runs, lastSeq, bucket + 1, Place.FIRST, limit, kept)
                  : Future.succeededFuture(new Rows(kept, false));
            });
  }

  private static boolean counts(NavigableMap<Long, Long> runs, Row row) {
    var run = runs.floorEntry(row.seq());
    return run != null && run.getValue() == row.epoch();
  }
}
