package io.mainstem.store.cassandra;

import io.mainstem.store.MailboxStore.Damaged;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.MailboxStore.Rows;
import io.mainstem.store.cassandra.Replicas.Place;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads logs by the reading rule. One reading is several quorum reads, the fences before the rows,
 * and the log may be written between them: so a reading that finds the log damaged is made again,
 * and only the same finding twice in a row is believed.
 *
 * <p>Why the fences come first: a fence is in the index only when its row, and all rows of the
 * chain that it names, were on a quorum; so every row that the fences promise is seen by the reads
 * that follow.
 */
final class LogReader {
  private static final int FENCES = 64;
  private static final int MOST_READINGS = 10;
  private static final int AROUND = 16;
  private static final int PARALLEL = 32;

  private final Replicas replicas;

  LogReader(Replicas replicas) {
    this.replicas = replicas;
  }

  /** The rows of the chain after a number. */
  Future<Rows> read(Mailbox mailbox, long afterSeq, int limit) {
    return settled(
        mailbox,
        () ->
            chain(mailbox, afterSeq + 1)
                .compose(
                    chain ->
                        chain.isEmpty()
                            ? Future.succeededFuture(new Rows(List.of(), false))
                            : placeBefore(mailbox, chain, afterSeq + 1)
                                .compose(
                                    start ->
                                        new ForwardReading(
                                                replicas, mailbox, chain, afterSeq, limit)
                                            .from(start))));
  }

  /** The last row of the chain. */
  Future<@Nullable Row> last(Mailbox mailbox) {
    return settled(
            mailbox,
            () ->
                // As far back as one read goes: a chain that is broken further back is found by
                // whoever reads there.
                chain(mailbox, Long.MAX_VALUE)
                    .compose(
                        chain ->
                            chain.isEmpty()
                                ? Future.succeededFuture(Optional.<Row>empty())
                                : new BackwardReading(replicas, mailbox, chain)
                                    .run()
                                    .map(Optional::of)))
        .map(row -> row.orElse(null));
  }

  /** The rows of the chain that contain these numbers. */
  Future<List<Row>> rows(Mailbox mailbox, List<Long> seqs) {
    if (seqs.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    long first = seqs.stream().min(Long::compare).orElseThrow();
    return settled(
        mailbox,
        () ->
            chain(mailbox, first)
                .compose(
                    chain ->
                        chain.isEmpty()
                            ? Future.succeededFuture(List.of())
                            : rows(mailbox, chain, seqs, 0, new ArrayList<>())));
  }

  private Future<List<Row>> rows(
      Mailbox mailbox, Chain chain, List<Long> seqs, int from, List<Row> found) {
    if (from >= seqs.size()) {
      return Future.succeededFuture(found);
    }
    int to = Math.min(seqs.size(), from + PARALLEL);
    var reads = new ArrayList<Future<Optional<Row>>>();
    for (long seq : seqs.subList(from, to)) {
      reads.add(rowBefore(mailbox, chain, seq));
    }
    return Future.all(reads)
        .compose(
            all -> {
              for (int i = from; i < to; i++) {
                long seq = seqs.get(i);
                reads
                    .get(i - from)
                    .result()
                    .filter(row -> row.seq() <= seq && row.last() >= seq)
                    .ifPresent(found::add);
              }
              return rows(mailbox, chain, seqs, to, found);
            });
  }

  /** The epoch of the chain's row that begins with this number; 0 when there is none. */
  Future<Long> epochAt(Mailbox mailbox, long seq) {
    return settled(mailbox, () -> chain(mailbox, seq).map(chain -> chain.epochAt(seq)));
  }

  /** The chain, back to the run that holds a number at least. */
  private Future<Chain> chain(Mailbox mailbox, long seq) {
    return chain(mailbox, seq, new Chain(), Long.MAX_VALUE);
  }

  private Future<Chain> chain(Mailbox mailbox, long seq, Chain chain, long below) {
    return replicas
        .fences(mailbox, below, FENCES)
        .compose(
            fences -> {
              chain.add(fences);
              if (fences.size() < FENCES) {
                chain.end();
                return Future.succeededFuture(chain);
              }
              return chain.reaches(seq)
                  ? Future.succeededFuture(chain)
                  : chain(mailbox, seq, chain, chain.lowestEpoch());
            });
  }

  /** Where to begin so that the row that contains this number comes first. */
  private Future<Place> placeBefore(Mailbox mailbox, Chain chain, long seq) {
    return rowBefore(mailbox, chain, seq)
        .map(
            row ->
                row.map(found -> new Place(found.seq(), found.epoch() - 1))
                    .orElse(new Place(seq, Long.MIN_VALUE)));
  }

  /**
   * The nearest row of the chain that begins at this number or before it, if it is near enough to
   * contain it.
   */
  private Future<Optional<Row>> rowBefore(Mailbox mailbox, Chain chain, long seq) {
    return rowBefore(mailbox, chain, Buckets.of(seq), new Place(seq, Long.MAX_VALUE), 1);
  }

  private Future<Optional<Row>> rowBefore(
      Mailbox mailbox, Chain chain, long bucket, Place before, int moreBuckets) {
    return replicas
        .rowsBefore(mailbox, bucket, before, AROUND)
        .compose(
            rows -> {
              for (Row row : rows) {
                if (row.epoch() == chain.epochAt(row.seq())) {
                  return Future.succeededFuture(Optional.of(row));
                }
              }
              if (rows.size() == AROUND) {
                Row lowest = rows.get(rows.size() - 1);
                var place = new Place(lowest.seq(), lowest.epoch());
                return rowBefore(mailbox, chain, bucket, place, moreBuckets);
              }
              return bucket == 0 || moreBuckets == 0
                  ? Future.succeededFuture(Optional.empty())
                  : rowBefore(mailbox, chain, bucket - 1, Place.LAST, moreBuckets - 1);
            });
  }

  /** Makes the reading until its finding is good, or the same damage was found twice in a row. */
  private <T> Future<T> settled(Mailbox mailbox, Supplier<Future<T>> reading) {
    return settled(mailbox, reading, null, 1);
  }

  private <T> Future<T> settled(
      Mailbox mailbox, Supplier<Future<T>> reading, @Nullable String before, int count) {
    Future<T> attempt = Future.<Void>succeededFuture().compose(begun -> reading.get());
    return attempt.recover(
        cause -> {
          if (!(cause instanceof Damaged)) {
            return Future.failedFuture(cause);
          }
          String finding = String.valueOf(cause.getMessage());
          return finding.equals(before) || count >= MOST_READINGS
              ? Future.failedFuture(
                  new Damaged(
                      "The log of "
                          + mailbox.user()
                          + " (generation "
                          + mailbox.generation()
                          + ") is damaged: "
                          + finding))
              : settled(mailbox, reading, finding, count + 1);
        });
  }
}
