package io.mainstem.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Damaged;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.MailboxStore.StaleOwner;
import io.mainstem.store.MailboxStore.StoreFull;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every store must do. */
public abstract class MailboxStoreContract {
  protected static final Mailbox ANN = new Mailbox(new UserId("ann"), 1);
  private static final int PARTITION = Partition.of(ANN.user());

  /** What takes longer than this does not happen, however slow the machine is. */
  private static final int LONG_SECONDS = 120;

  protected abstract MailboxStore store();

  protected abstract Ownership ownership();

  /** Writes a row without any check, as a frozen owner's late write may stand there. */
  protected abstract void plant(Mailbox mailbox, Row row);

  protected static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(LONG_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  protected static Throwable failure(Future<?> future) {
    try {
      future.toCompletionStage().toCompletableFuture().get(LONG_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("did not fail");
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  protected static Row row(long seq, long last, long epoch) {
    return new Row(
        seq,
        last,
        epoch,
        seq - 1,
        -1,
        bytes("entry " + seq + "/" + epoch),
        bytes("body " + seq + "/" + epoch));
  }

  protected static Row fence(long seq, long epoch, long previousEpoch) {
    return new Row(seq, seq, epoch, seq - 1, previousEpoch, bytes("fence " + epoch), null);
  }

  protected long own(Mailbox mailbox) {
    return own(get(ownership().join("node")), mailbox);
  }

  protected long own(long incarnation, Mailbox mailbox) {
    int partition = Partition.of(mailbox.user());
    Long epoch = get(ownership().take(incarnation, Set.of(partition))).get(partition);
    return assertNotNullLong(epoch);
  }

  private static long assertNotNullLong(@Nullable Long value) {
    assertNotNull(value);
    return value;
  }

  private void append(Mailbox mailbox, Row row) {
    get(store().append(mailbox, row.epoch(), row, false));
  }

  private List<Long> seqs(Mailbox mailbox, long after, int limit) {
    return get(store().read(mailbox, after, limit)).rows().stream().map(Row::seq).toList();
  }

  @Test
  void whatWasAppendedIsRead() {
    long epoch = own(ANN);
    assertNull(get(store().last(ANN)));
    assertEquals(List.of(), seqs(ANN, 0, 10));
    append(ANN, fence(1, epoch, 0));
    append(ANN, row(2, 4, epoch));
    append(ANN, row(5, 5, epoch));
    var read = get(store().read(ANN, 0, 10));
    assertFalse(read.more());
    assertEquals(List.of(1L, 2L, 5L), read.rows().stream().map(Row::seq).toList());
    Row second = read.rows().get(1);
    assertEquals(4, second.last());
    assertEquals(1, second.settled());
    assertEquals(epoch, second.epoch());
    assertFalse(second.isFence());
    assertArrayEquals(bytes("entry 2/" + epoch), second.entry());
    assertArrayEquals(bytes("body 2/" + epoch), second.body());
    Row first = read.rows().get(0);
    assertEquals(0, first.previousEpoch());
    assertNull(first.body());
    Row last = get(store().last(ANN));
    assertNotNull(last);
    assertEquals(5, last.seq());
    assertArrayEquals(bytes("body 5/" + epoch), last.body());
  }

  @Test
  void readingGoesOnFromAnyNumberInPages() {
    long epoch = own(ANN);
    append(ANN, fence(1, epoch, 0));
    for (long seq = 2; seq < 62; seq += 3) {
      append(ANN, row(seq, seq + 2, epoch));
    }
    assertEquals(List.of(5L, 8L), seqs(ANN, 4, 2));
    assertTrue(get(store().read(ANN, 4, 2)).more());
    // A number in the middle of an entry gives that entry, whole.
    assertEquals(List.of(5L, 8L), seqs(ANN, 5, 2));
    assertEquals(List.of(5L, 8L), seqs(ANN, 6, 2));
    assertEquals(List.of(8L), seqs(ANN, 7, 1));
    assertEquals(List.of(59L), seqs(ANN, 60, 5));
    assertEquals(List.of(), seqs(ANN, 61, 5));
    assertEquals(List.of(), seqs(ANN, 1000, 5));
    var all = new ArrayList<Long>();
    for (long after = 0; ; ) {
      var page = get(store().read(ANN, after, 7));
      page.rows().forEach(r -> all.add(r.seq()));
      if (!page.more()) {
        break;
      }
      after = page.rows().get(page.rows().size() - 1).last();
    }
    assertEquals(21, all.size());
  }

  @Test
  void rowsAreFoundByAnyOfTheirNumbers() {
    long epoch = own(ANN);
    append(ANN, fence(1, epoch, 0));
    append(ANN, row(2, 4, epoch));
    append(ANN, row(5, 5, epoch));
    var rows = get(store().rows(ANN, List.of(5L, 3L, 77L)));
    assertEquals(Set.of(2L, 5L), Set.copyOf(rows.stream().map(Row::seq).toList()));
    assertEquals(2, rows.size());
    assertTrue(rows.stream().allMatch(r -> r.body() != null));
    assertEquals(List.of(), get(store().rows(new Mailbox(ANN.user(), 9), List.of(1L))));
  }

  @Test
  void anAppendMadeAgainUnchangedIsSettledOnce() {
    long epoch = own(ANN);
    append(ANN, fence(1, epoch, 0));
    append(ANN, row(2, 2, epoch));
    append(ANN, row(3, 3, epoch));
    append(ANN, row(2, 2, epoch));
    append(ANN, row(3, 3, epoch));
    append(ANN, row(4, 4, epoch));
    assertEquals(List.of(1L, 2L, 3L, 4L), seqs(ANN, 0, 10));
  }

  @Test
  void appendsOfOneMailboxSettleInOrder() {
    long epoch = own(ANN);
    var order = new ArrayList<Integer>();
    var futures = new ArrayList<Future<?>>();
    futures.add(store().append(ANN, epoch, fence(1, epoch, 0), false));
    for (int i = 2; i <= 200; i++) {
      int seq = i;
      futures.add(
          store()
              .append(ANN, epoch, row(seq, seq, epoch), false)
              // Mapped, so that who waits for it waits for the entry in the list.
              .map(
                  done -> {
                    synchronized (order) {
                      return order.add(seq);
                    }
                  }));
    }
    futures.forEach(MailboxStoreContract::get);
    synchronized (order) {
      assertEquals(IntStream.rangeClosed(2, 200).boxed().toList(), order);
    }
    assertEquals(200, seqs(ANN, 0, 1000).size());
  }

  @Test
  void anAppendThatDoesNotFollowIsRefusedAndLeavesNoHole() {
    long epoch = own(ANN);
    append(ANN, fence(1, epoch, 0));
    assertInstanceOf(StoreFull.class, failure(store().append(ANN, epoch, row(3, 3, epoch), false)));
    assertInstanceOf(
        StoreFull.class,
        failure(store().append(ANN, epoch, row(1, 1, epoch), false)),
        "another row at a number that is taken");
    append(ANN, row(2, 2, epoch));
    assertEquals(List.of(1L, 2L), seqs(ANN, 0, 10));
  }

  @Test
  void staleOwnerCannotAppendNorSave() {
    long first = get(ownership().join("a"));
    long old = own(first, ANN);
    append(ANN, fence(1, old, 0));
    get(ownership().fence(first));
    assertInstanceOf(StaleOwner.class, failure(store().append(ANN, old, row(2, 2, old), false)));
    long fresh = own(get(ownership().join("b")), ANN);
    assertTrue(fresh > old);
    assertInstanceOf(StaleOwner.class, failure(store().append(ANN, old, row(2, 2, old), false)));
    assertInstanceOf(
        StaleOwner.class, failure(store().save(ANN, old, Map.of("header", bytes("old")))));
    append(ANN, fence(2, fresh, old));
    assertEquals(List.of(1L, 2L), seqs(ANN, 0, 10));
    assertEquals(Map.of(), get(store().objects(ANN, List.of("header"))));
  }

  @Test
  void aPartitionIsHeldByOneIncarnationUntilItIsGivenBackOrFenced() {
    long a = get(ownership().join("a"));
    long b = get(ownership().join("b"));
    assertTrue(b > a);
    long epoch = own(a, ANN);
    assertEquals(Map.of(), get(ownership().take(b, Set.of(PARTITION))));
    assertEquals(Map.of(PARTITION, epoch + 1), get(ownership().take(a, Set.of(PARTITION))));
    assertInstanceOf(StaleOwner.class, failure(ownership().release(a, PARTITION, epoch)));
    get(ownership().release(a, PARTITION, epoch + 1));
    assertInstanceOf(
        StaleOwner.class, failure(store().append(ANN, epoch + 1, fence(1, epoch + 1, 0), false)));
    assertEquals(Map.of(PARTITION, epoch + 2), get(ownership().take(b, Set.of(PARTITION))));
    long again = get(ownership().join("b"));
    assertEquals(
        Map.of(PARTITION, epoch + 3),
        get(ownership().take(again, Set.of(PARTITION))),
        "join fences older incarnations of the name");
    assertInstanceOf(StaleOwner.class, failure(ownership().take(b, Set.of(PARTITION))));
  }

  @Test
  void theFeatureLevelRisesWhenAllWhoStandReadItAndNeverSinks() {
    long old = get(ownership().join("a", 1));
    get(ownership().join("b", 3));
    assertEquals(1, get(ownership().level()));
    get(ownership().join("a", 2));
    assertEquals(2, get(ownership().level()), "the lowest of those that stand");
    assertInstanceOf(StaleOwner.class, failure(ownership().confirm(old)));
    var refused = assertInstanceOf(FeatureLevel.TooOld.class, failure(ownership().join("c", 1)));
    assertEquals(2, refused.inForce());
    assertEquals(1, refused.own());
    get(ownership().join("c", 2));
    get(ownership().fence(get(ownership().standing()).get("a")));
    assertEquals(2, get(ownership().level()));
    get(ownership().fence(get(ownership().standing()).get("c")));
    assertEquals(3, get(ownership().level()));
    get(ownership().fence(get(ownership().standing()).get("b")));
    assertEquals(3, get(ownership().level()), "what was written remains");
    assertInstanceOf(FeatureLevel.TooOld.class, failure(ownership().join("b", 2)));
  }

  @Test
  void anIncarnationIsConfirmedUntilItIsFenced() {
    long a = get(ownership().join("a"));
    long b = get(ownership().join("b"));
    get(ownership().confirm(a));
    get(ownership().fence(a));
    assertInstanceOf(StaleOwner.class, failure(ownership().confirm(a)));
    get(ownership().confirm(b));
  }

  @Test
  void theChainFollowsFencesAndIgnoresLateWritesOfOldOwners() {
    long incarnation = get(ownership().join("a"));
    long first = own(incarnation, ANN);
    append(ANN, fence(1, first, 0));
    append(ANN, row(2, 3, first));
    long second = own(incarnation, ANN);
    // What the old owner wrote late: beside, and reaching over, what the new one writes.
    plant(ANN, new Row(4, 6, first, 3, -1, bytes("late"), null));
    plant(ANN, new Row(7, 7, first, 3, -1, bytes("late"), null));
    append(ANN, fence(4, second, first));
    append(ANN, row(5, 5, second));
    var rows = get(store().read(ANN, 0, 10)).rows();
    assertEquals(List.of(1L, 2L, 4L, 5L), rows.stream().map(Row::seq).toList());
    assertEquals(List.of(first, first, second, second), rows.stream().map(Row::epoch).toList());
    assertEquals(List.of(5L), seqs(ANN, 4, 10));
    assertEquals(List.of(4L, 5L), seqs(ANN, 3, 10));
    Row last = get(store().last(ANN));
    assertNotNull(last);
    assertEquals(5, last.seq());
  }

  @Test
  void aFenceThatNobodyNamesIsInert() {
    long incarnation = get(ownership().join("a"));
    long first = own(incarnation, ANN);
    append(ANN, fence(1, first, 0));
    long skipped = own(incarnation, ANN);
    long third = own(incarnation, ANN);
    plant(ANN, fence(2, skipped, first));
    plant(ANN, new Row(3, 3, skipped, 1, -1, bytes("late"), null));
    append(ANN, fence(2, third, first));
    append(ANN, row(3, 3, third));
    assertEquals(
        List.of(first, third, third),
        get(store().read(ANN, 0, 10)).rows().stream().map(Row::epoch).toList());
  }

  @Test
  void aMissingFenceIsDamage() {
    plant(ANN, fence(1, 3, 0));
    plant(ANN, fence(2, 9, 7));
    assertInstanceOf(Damaged.class, failure(store().read(ANN, 0, 10)));
    assertInstanceOf(Damaged.class, failure(store().last(ANN)));
  }

  @Test
  void aHoleBeforeAFenceIsDamageThatNamesTheNumbers() {
    plant(ANN, fence(1, 1, 0));
    plant(ANN, row(2, 2, 1));
    plant(ANN, row(5, 5, 1));
    plant(ANN, fence(6, 2, 1));
    Throwable damage = failure(store().read(ANN, 0, 10));
    assertInstanceOf(Damaged.class, damage);
    assertTrue(damage.getMessage().contains("3 to 4"), damage.getMessage());
    assertTrue(damage.getMessage().contains("ann"), damage.getMessage());
  }

  @Test
  void aRowThatReachesOverAFenceIsDamage() {
    plant(ANN, fence(1, 1, 0));
    plant(ANN, new Row(2, 4, 1, 1, -1, bytes("x"), null));
    plant(ANN, fence(4, 2, 1));
    assertInstanceOf(Damaged.class, failure(store().read(ANN, 0, 10)));
  }

  @Test
  void aLogThatDoesNotBeginAtOneIsDamage() {
    plant(ANN, fence(2, 1, 0));
    assertInstanceOf(Damaged.class, failure(store().read(ANN, 0, 10)));
  }

  @Test
  void anEndBeforeTheSettledMarkIsDamage() {
    plant(ANN, fence(1, 1, 0));
    plant(ANN, row(2, 2, 1));
    // Number 3 is gone, though the row at 4 knew it to be settled.
    plant(ANN, new Row(4, 4, 1, 3, -1, bytes("x"), null));
    assertInstanceOf(Damaged.class, failure(store().read(ANN, 0, 10)));
    assertInstanceOf(Damaged.class, failure(store().last(ANN)));
  }

  @Test
  void whatFollowsAHoleInTheNewestEpochIsInertUnlessItWasSettled() {
    plant(ANN, fence(1, 1, 0));
    plant(ANN, row(2, 2, 1));
    plant(ANN, new Row(4, 4, 1, 2, -1, bytes("x"), null));
    assertEquals(List.of(1L, 2L), seqs(ANN, 0, 10));
    Row last = get(store().last(ANN));
    assertNotNull(last);
    assertEquals(2, last.seq());
  }

  @Test
  void generationsAndUsersAreApart() {
    long incarnation = get(ownership().join("a"));
    var second = new Mailbox(ANN.user(), 2);
    var anna = new Mailbox(new UserId("anna"), 1);
    long epoch = own(incarnation, ANN);
    append(ANN, fence(1, epoch, 0));
    append(second, fence(1, epoch, 0));
    append(second, row(2, 2, epoch));
    long annas = own(incarnation, anna);
    append(anna, fence(1, annas, 0));
    assertEquals(List.of(1L), seqs(ANN, 0, 10));
    assertEquals(List.of(1L, 2L), seqs(second, 0, 10));
    assertEquals(List.of(1L), seqs(anna, 0, 10));
  }

  @Test
  void redactionTakesTheBodyAndNothingElse() {
    long epoch = own(ANN);
    append(ANN, fence(1, epoch, 0));
    append(ANN, row(2, 2, epoch));
    append(ANN, row(3, 3, epoch));
    get(store().redact(ANN, 2));
    var rows = get(store().read(ANN, 0, 10)).rows();
    assertNull(rows.get(1).body());
    assertArrayEquals(bytes("entry 2/" + epoch), rows.get(1).entry());
    assertArrayEquals(bytes("body 3/" + epoch), rows.get(2).body());
    get(store().redact(ANN, 2));
  }

  @Test
  void objectsAreSavedTogetherAndScannedInOrder() {
    long epoch = own(ANN);
    var objects = new HashMap<String, byte @Nullable []>();
    for (int i = 0; i < 10; i++) {
      objects.put("page/" + i, bytes("p" + i));
    }
    objects.put("header", bytes("h"));
    get(store().save(ANN, epoch, objects));
    var read = get(store().objects(ANN, List.of("page/3", "absent", "header")));
    assertEquals(Set.of("page/3", "header"), read.keySet());
    assertArrayEquals(bytes("p3"), read.get("page/3"));
    assertEquals(List.of("page/0", "page/1"), get(store().scan(ANN, "page/", null, 2)));
    assertEquals(List.of("page/2", "page/3"), get(store().scan(ANN, "page/", "page/1", 2)));
    assertEquals(11, get(store().scan(ANN, "", null, 100)).size());
    var removal = new HashMap<String, byte @Nullable []>();
    removal.put("page/3", null);
    removal.put("header", bytes("h2"));
    get(store().save(ANN, epoch, removal));
    read = get(store().objects(ANN, List.of("page/3", "header")));
    assertEquals(Set.of("header"), read.keySet());
    assertArrayEquals(bytes("h2"), read.get("header"));
    assertEquals(List.of(), get(store().scan(new Mailbox(ANN.user(), 2), "", null, 100)));
  }

  @Test
  void agendaNamesMailboxesUntilItIsCleared() {
    long epoch = own(ANN);
    get(store().append(ANN, epoch, fence(1, epoch, 0), false));
    assertEquals(List.of(), get(store().agenda(PARTITION, null, 10)));
    get(store().append(ANN, epoch, row(2, 2, epoch), true));
    assertEquals(List.of(ANN), get(store().agenda(PARTITION, null, 10)));
    assertEquals(List.of(), get(store().agenda(PARTITION, ANN.user(), 10)));
    assertEquals(List.of(), get(store().agenda(PARTITION + 1, null, 10)));
    get(store().clearAgenda(ANN));
    assertEquals(List.of(), get(store().agenda(PARTITION, null, 10)));
  }

  @Test
  void mailboxesOfAPartitionAreListedInPages() {
    long incarnation = get(ownership().join("a"));
    var users =
        IntStream.range(0, 20_000)
            .mapToObj(i -> new UserId("u" + i))
            .filter(u -> Partition.of(u) == PARTITION)
            .sorted()
            .toList();
    assertTrue(users.size() > 5, "some users share the partition");
    long epoch = own(incarnation, ANN);
    for (UserId user : users) {
      append(new Mailbox(user, 1), fence(1, epoch, 0));
      append(new Mailbox(user, 1), row(2, 2, epoch));
    }
    var found = new ArrayList<UserId>();
    for (UserId after = null; ; ) {
      var page = get(store().mailboxes(PARTITION, after, 3));
      page.forEach(m -> found.add(m.user()));
      if (page.size() < 3) {
        break;
      }
      after = page.get(2).user();
    }
    assertEquals(users, found);
  }
}
