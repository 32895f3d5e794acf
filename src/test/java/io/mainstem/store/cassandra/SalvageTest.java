package io.mainstem.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.mainstem.message.UserId;
import io.mainstem.store.LogSalvage.Found;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.cassandra.Replicas.Fence;
import io.mainstem.store.cassandra.Replicas.Place;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which part of a broken log is its beginning. */
class SalvageTest {
  private static final Mailbox ANN = new Mailbox(new UserId("ann"), 1);
  private static final long FAR = Buckets.SIZE;

  private final List<Row> rows = new ArrayList<>();
  private final List<Fence> fences = new ArrayList<>();

  /** What a log is read from; nothing else is asked of it. */
  private final Replicas replicas =
      ScriptedReplicas.answering(
          Map.of(
              "fences",
              asked -> Future.succeededFuture(fences((long) asked[1], (int) asked[2])),
              "rowsAfter",
              asked ->
                  Future.succeededFuture(
                      rowsAfter((long) asked[1], (Place) asked[2], (int) asked[3]))));

  private List<Fence> fences(long below, int limit) {
    return fences.stream()
        .filter(fence -> fence.epoch() < below)
        .sorted(Comparator.comparing(Fence::epoch).reversed())
        .limit(limit)
        .toList();
  }

  private List<Row> rowsAfter(long bucket, Place after, int limit) {
    return rows.stream()
        .filter(row -> Buckets.of(row) == bucket)
        .filter(
            row ->
                row.seq() > after.seq() || row.seq() == after.seq() && row.epoch() > after.epoch())
        .sorted(Comparator.comparing(Row::seq).thenComparing(Row::epoch))
        .limit(limit)
        .toList();
  }

  /** A fence, and the entries after it. */
  private void run(long epoch, long previousEpoch, long from, long to) {
    unindexed(epoch, previousEpoch, from, to);
    fences.add(new Fence(epoch, from, previousEpoch));
  }

  private void unindexed(long epoch, long previousEpoch, long from, long to) {
    for (long seq = from; seq <= to; seq++) {
      rows.add(
          new Row(seq, seq, epoch, seq - 1, seq == from ? previousEpoch : -1, new byte[1], null));
    }
  }

  private void lose(long seq) {
    rows.removeIf(row -> row.seq() == seq);
  }

  private Found look() {
    return new Salvage(replicas).look(ANN).result();
  }

  /** What is kept, as epochs of the numbers 1, 2, …; read in small pages. */
  private List<Long> kept() {
    Found found = look();
    var kept = new ArrayList<Row>();
    boolean more = true;
    while (more) {
      var page =
          new Salvage(replicas)
              .read(ANN, found, kept.isEmpty() ? 0 : kept.get(kept.size() - 1).last(), 3)
              .result();
      kept.addAll(page.rows());
      more = page.more();
    }
    assertEquals(
        LongStream.rangeClosed(1, found.keptUpTo()).boxed().toList(),
        kept.stream().map(Row::seq).toList());
    return kept.stream().map(Row::epoch).toList();
  }

  @Test
  void aWholeLogIsKept() {
    run(3, 0, 1, 5);
    run(7, 3, 6, 9);
    assertEquals(List.of(3L, 3L, 3L, 3L, 3L, 7L, 7L, 7L, 7L), kept());
    assertEquals(0, look().behind());
    assertNull(look().lastBehind());
  }

  @Test
  void whatStandsBehindAGapIsCounted() {
    run(3, 0, 1, 5);
    run(7, 3, 6, 9);
    lose(4);
    assertEquals(List.of(3L, 3L, 3L), kept());
    Found found = look();
    assertEquals(5, found.behind());
    Row last = found.lastBehind();
    assertNotNull(last);
    assertEquals(9, last.seq());
  }

  @Test
  void aMissingFenceIsAGap() {
    run(3, 0, 1, 5);
    run(7, 3, 6, 9);
    lose(6);
    assertEquals(List.of(3L, 3L, 3L, 3L, 3L), kept());
    assertEquals(3, look().behind());
  }

  @Test
  void withoutItsFirstEntryNothingIsKept() {
    run(3, 0, 1, 5);
    lose(1);
    assertEquals(List.of(), kept());
    assertEquals(4, look().behind());
  }

  @Test
  void lateWritesOfAnOldOwnerAreNotTaken() {
    run(3, 0, 1, 12);
    run(7, 3, 6, 9);
    run(8, 7, 10, 11);
    lose(10);
    assertEquals(List.of(3L, 3L, 3L, 3L, 3L, 7L, 7L, 7L, 7L), kept());
  }

  @Test
  void aFenceThatWasNeverUsedIsNotPreferred() {
    run(3, 0, 1, 6);
    unindexed(5, 3, 6, 6);
    run(7, 3, 7, 9);
    lose(8);
    assertEquals(List.of(3L, 3L, 3L, 3L, 3L, 3L, 7L), kept());
  }

  @Test
  void aFenceThatLostItsPlaceInTheIndexCounts() {
    run(3, 0, 1, 5);
    unindexed(7, 3, 6, 9);
    run(8, 7, 10, 12);
    lose(12);
    lose(10);
    assertEquals(List.of(3L, 3L, 3L, 3L, 3L, 7L, 7L, 7L, 7L), kept());
  }

  @Test
  void aLogGoesOnFromBucketToBucket() {
    run(3, 0, 1, FAR + 5);
    run(7, 3, FAR + 6, FAR + 9);
    lose(FAR + 8);
    assertEquals(FAR + 7, look().keptUpTo());
    assertEquals(1, look().behind());
    rows.removeIf(row -> Buckets.of(row) == 0 && row.seq() > 100);
    assertEquals(100, look().keptUpTo());
    assertEquals(9, look().behind());
  }
}
