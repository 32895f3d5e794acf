package io.mainstem.mailbox.host;

import static io.mainstem.mailbox.host.HostFixture.ANN;
import static io.mainstem.mailbox.host.HostFixture.BOB;
import static io.mainstem.mailbox.host.HostFixture.failureOf;
import static io.mainstem.mailbox.host.HostFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.config.Config;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.Mailbox;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Signal;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.Rejected;
import io.mainstem.message.ThreadId;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.Partition;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksMailboxStore;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalMailboxesTest {
  private static final Cursor BEGINNING = new Cursor(0, 0);

  @TempDir Path data;

  private static void assertRejected(Rejected.Rule rule, Future<?> future) {
    Throwable failure = failureOf(future);
    assertInstanceOf(Rejected.class, failure);
    assertEquals(rule, ((Rejected) failure).rule());
  }

  @Test
  void whatIsSentIsSeenAndSurvivesARestart() {
    ThreadId thread;
    Cursor cursor;
    try (var host = HostFixture.open(data)) {
      Reply.Sent first = host.sent(ANN, BOB, "one");
      Reply.Sent second = host.sent(ANN, BOB, "two");
      assertEquals(first.thread(), second.thread());
      thread = second.thread();
      cursor = second.cursor();
      assertEquals(List.of("one", "two"), host.texts(ANN, thread));
      assertEquals(second.cursor(), get(host.mailboxes.query(ANN, new Query.Head())));
      assertEquals(2, host.outgoing.size());
    }
    try (var host = HostFixture.open(data)) {
      assertEquals(List.of("one", "two"), host.texts(ANN, thread));
      Reply.Sent third = host.sent(ANN, BOB, "three");
      assertEquals(cursor.seq() + 2, third.cursor().seq(), "the take-over is an entry too");
      assertEquals(List.of("one", "two", "three"), host.texts(ANN, thread));
    }
  }

  @Test
  void aRepeatedCommandGetsTheSameReplyAndStoresNothing() {
    try (var host = HostFixture.open(data)) {
      var command = HostFixture.send(ANN, BOB, "once");
      Reply.Sent first = get(host.mailboxes.submit(ANN, command));
      int rows = host.log(ANN).size();
      var repeats =
          IntStream.range(0, 5).mapToObj(i -> host.mailboxes.submit(ANN, command)).toList();
      for (var repeat : repeats) {
        assertEquals(first.id(), get(repeat).id());
        assertFalse(get(repeat).created());
      }
      assertEquals(rows, host.log(ANN).size());
    }
  }

  @Test
  void aWatchTellsTheLogThenCaughtUpThenWhatComes() {
    try (var host = HostFixture.open(data)) {
      for (int i = 0; i < 300; i++) {
        host.arrives(ANN, "dora@elsewhere.example", "mail " + i);
      }
      var watcher = new Collector(host.mailboxes.watch(ANN, BEGINNING), Long.MAX_VALUE);
      Awaitility.await().until(() -> watcher.caughtUp() != null);
      Cursor caughtUp = watcher.caughtUp();
      assertEquals(get(host.mailboxes.query(ANN, new Query.Head())), caughtUp);
      host.arrives(ANN, "dora@elsewhere.example", "live");
      Awaitility.await().until(() -> watcher.last() > caughtUp.seq());
      watcher.assertGapFree(1, caughtUp.seq() + 1);
      var later = new Collector(host.mailboxes.watch(ANN, new Cursor(1, 200)), Long.MAX_VALUE);
      Awaitility.await().until(() -> later.last() == caughtUp.seq() + 1);
      later.assertGapFree(201, caughtUp.seq() + 1);
      assertEquals(
          watcher.frames().subList(200, 302),
          later.frames(),
          "frames are the same live and from the log");
    }
  }

  @Test
  void watchersSeeEveryEntryOnceUnderLoadHoweverSlowTheyAre() {
    try (var host = HostFixture.open(data, Map.of("mailbox.cacheBytes", "1m"))) {
      var fast = new Collector(host.mailboxes.watch(ANN, BEGINNING), Long.MAX_VALUE);
      var slow = new Collector(host.mailboxes.watch(ANN, BEGINNING), 1);
      var last = new ArrayList<Future<Reply.Delivered>>();
      for (int i = 0; i < 3000; i++) {
        last.add(
            host.mailboxes.submit(
                ANN, HostFixture.mail(ANN, "dora@elsewhere.example", "mail " + i)));
        if (i % 500 == 499) {
          last.forEach(HostFixture::get);
          slow.request(37);
        }
      }
      var middle = new Collector(host.mailboxes.watch(ANN, new Cursor(1, 1500)), 5);
      long end = get(last.get(2999)).cursor().seq();
      assertEquals(3001, end);
      Awaitility.await().until(() -> fast.last() == end);
      fast.assertGapFree(1, end);
      assertTrue(slow.last() < 300);
      slow.request(Long.MAX_VALUE);
      middle.request(Long.MAX_VALUE);
      Awaitility.await().until(() -> slow.last() == end && middle.last() == end);
      slow.assertGapFree(1, end);
      middle.assertGapFree(1501, end);
      assertEquals(fast.frames(), slow.frames());
    }
  }

  @Test
  void cursorsThatCannotBeGoneOnFromAreReset() {
    try (var host = HostFixture.open(data, Map.of("mailbox.maxBehind", "10"))) {
      for (int i = 0; i < 20; i++) {
        host.arrives(ANN, "dora@elsewhere.example", "mail " + i);
      }
      Cursor end = get(host.mailboxes.query(ANN, new Query.Head()));
      assertEquals(new Cursor(1, 21), end);
      for (Cursor bad :
          List.of(new Cursor(2, 20), new Cursor(1, 22), new Cursor(1, 10), BEGINNING)) {
        var watcher = new Collector(host.mailboxes.watch(ANN, bad), Long.MAX_VALUE);
        Awaitility.await().until(() -> watcher.all().size() == 2);
        assertEquals(List.of(new Watched.Reset(end), new Watched.CaughtUp(end)), watcher.all());
        watcher.cancel();
        assertRejected(Rejected.Rule.RESET, host.mailboxes.query(ANN, new Query.Updates(bad, 10)));
      }
      var page = get(host.mailboxes.query(ANN, new Query.Updates(new Cursor(1, 11), 4)));
      assertEquals(4, page.frames().size());
      assertEquals(new Cursor(1, 15), page.cursor());
      assertEquals(
          new Query.UpdatePage(List.of(), end),
          get(host.mailboxes.query(ANN, new Query.Updates(end, 4))));
    }
  }

  @Test
  void nothingIsShownBeforeItIsSettled() {
    try (var host = HostFixture.open(data)) {
      Reply.Sent first = host.sent(ANN, BOB, "one");
      var watcher = new Collector(host.mailboxes.watch(ANN, first.cursor()), Long.MAX_VALUE);
      Awaitility.await().until(() -> watcher.caughtUp() != null);
      int countsBefore = host.counts.size();
      int outgoingBefore = host.outgoing.size();
      host.store.hold();
      var command = HostFixture.send(ANN, BOB, "held");
      Future<Reply.Sent> held = host.mailboxes.submit(ANN, command);
      Future<Reply.Sent> repeat = host.mailboxes.submit(ANN, command);
      var other =
          Command.Send.of(
              command.id(),
              null,
              HostFixture.chat(ANN, command.recipients(), "other content"),
              command.recipients(),
              null);
      Future<Reply.Sent> refusedByIt = host.mailboxes.submit(ANN, other);
      Future<Query.MessagePage> page =
          host.mailboxes.query(ANN, new Query.Messages(first.thread(), null, null, 50, null, null));
      var behind = new Collector(host.mailboxes.watch(ANN, first.cursor()), Long.MAX_VALUE);
      Awaitility.await().until(() -> host.store.heldCount() == 1 && behind.caughtUp() != null);
      assertEquals(
          first.cursor(), get(host.mailboxes.query(ANN, new Query.Head())), "the settled end");
      assertFalse(
          held.isComplete()
              || repeat.isComplete()
              || refusedByIt.isComplete()
              || page.isComplete());
      assertEquals(List.of(), watcher.frames());
      assertEquals(List.of(), behind.frames());
      assertEquals(outgoingBefore, host.outgoing.size());
      assertEquals(countsBefore, host.counts.size());

      host.store.release();
      Reply.Sent sent = get(held);
      assertTrue(sent.created());
      assertFalse(get(repeat).created());
      assertRejected(Rejected.Rule.CONFLICT, refusedByIt);
      assertEquals(
          List.of("one", "held"),
          get(page).messages().stream().map(m -> m.message().text()).toList());
      Awaitility.await()
          .until(
              () -> watcher.last() == sent.cursor().seq() && behind.last() == sent.cursor().seq());
      assertEquals(outgoingBefore + 1, host.outgoing.size());
    }
  }

  @Test
  void appendsArePipelined() {
    try (var host = HostFixture.open(data)) {
      host.sent(ANN, BOB, "one");
      host.store.hold();
      var futures =
          IntStream.range(0, 50)
              .mapToObj(i -> host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "m" + i)))
              .toList();
      Awaitility.await().until(() -> host.store.heldCount() == 50);
      assertTrue(futures.stream().noneMatch(Future::isComplete));
      host.store.release();
      for (int i = 1; i < 50; i++) {
        assertEquals(
            get(futures.get(i - 1)).cursor().seq() + 1, get(futures.get(i)).cursor().seq());
      }
    }
  }

  @Test
  void aFullStoreRefusesCommandsAndForgetsThem() {
    try (var host = HostFixture.open(data)) {
      Reply.Sent first = host.sent(ANN, BOB, "one");
      host.store.fate = row -> Future.failedFuture(new MailboxStore.StoreFull("full"));
      var refused =
          IntStream.range(0, 20)
              .mapToObj(i -> host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "lost " + i)))
              .toList();
      var asked =
          host.mailboxes.query(ANN, new Query.Messages(first.thread(), null, null, 50, null, null));
      refused.forEach(f -> assertRejected(Rejected.Rule.STORE_FULL, f));
      assertEquals(1, get(asked).messages().size(), "a query is answered from what is settled");
      assertEquals(List.of("one"), host.texts(ANN, first.thread()));
      // A mailbox that was not in memory can be read too, though it cannot be taken over.
      assertEquals(
          List.of(),
          get(host.mailboxes.query(BOB, new Query.Threads(null, null, 10, null))).threads());
      assertRejected(
          Rejected.Rule.STORE_FULL, host.mailboxes.submit(BOB, HostFixture.send(BOB, ANN, "lost")));

      host.store.fate = row -> null;
      Reply.Sent second = host.sent(ANN, BOB, "two");
      assertEquals(first.cursor().seq() + 1, second.cursor().seq());
      assertEquals(List.of("one", "two"), host.texts(ANN, first.thread()));
      Awaitility.await()
          .until(
              () ->
                  failureOf(host.mailboxes.submit(BOB, HostFixture.send(BOB, ANN, "back")))
                      == null);
    }
  }

  @Test
  void anUnknownOutcomeIsMadeAgainUnchangedAndSettlesOnce() {
    try (var host = HostFixture.open(data)) {
      Reply.Sent first = host.sent(ANN, BOB, "one");
      var lost = new java.util.concurrent.atomic.AtomicInteger(3);
      // The first answers are lost though the rows were written; what follows fails too, as the
      // contract says.
      host.store.fate =
          row ->
              lost.get() > 0
                  ? host.store
                      .reallyAppend(new MailboxStore.Mailbox(ANN, 1), row.epoch(), row)
                      .transform(
                          done ->
                              lost.getAndDecrement() >= 0
                                  ? Future.failedFuture("timed out")
                                  : Future.succeededFuture())
                  : null;
      var futures =
          IntStream.range(0, 10)
              .mapToObj(i -> host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "m" + i)))
              .toList();
      futures.forEach(HostFixture::get);
      assertEquals(11, host.texts(ANN, first.thread()).size());
      assertEquals(12, host.log(ANN).size(), "fence and eleven messages");
    }
  }

  @Test
  void aLostPartitionSendsItsWatchersAway() {
    try (var host = HostFixture.open(data)) {
      Reply.Sent first = host.sent(ANN, BOB, "one");
      var watcher = new Collector(host.mailboxes.watch(ANN, first.cursor()), Long.MAX_VALUE);
      Awaitility.await().until(() -> watcher.caughtUp() != null);
      get(host.rocks.ownership().fence(1));
      assertRejected(
          Rejected.Rule.BUSY, host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "too late")));
      Awaitility.await().until(watcher::isComplete);
      assertInstanceOf(Watched.Reconnect.class, watcher.all().get(watcher.all().size() - 1));
      // Watchers are told first.
      Awaitility.await().until(() -> host.dropped.contains(ANN));
      assertRejected(Rejected.Rule.BUSY, host.mailboxes.query(ANN, new Query.Head()));
      host.abandon();
    }
  }

  @Test
  void aPartitionThatIsGivenFinishesWhatItHasAndIsServedAgainWhenItIsTaken() {
    try (var host = HostFixture.open(data)) {
      int partition = Partition.of(ANN);
      Reply.Sent first = host.sent(ANN, BOB, "one");
      var watcher = new Collector(host.mailboxes.watch(ANN, first.cursor()), Long.MAX_VALUE);
      Awaitility.await().until(() -> watcher.caughtUp() != null);
      host.store.hold();
      var underWay = host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "two"));
      Awaitility.await().until(() -> host.store.heldCount() == 1);
      var given = host.mailboxes.give(Set.of(partition), HostFixture.STOPPING);
      assertRejected(
          Rejected.Rule.BUSY, host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "too late")));
      assertFalse(host.mailboxes.held().contains(partition));
      assertFalse(given.isComplete(), "what is under way is settled first");
      host.store.release();
      Reply.Sent second = get(underWay);
      get(given);
      Awaitility.await().until(watcher::isComplete);
      assertInstanceOf(Watched.Reconnect.class, watcher.all().get(watcher.all().size() - 1));
      assertEquals(second.cursor().seq(), watcher.last());
      assertRejected(Rejected.Rule.BUSY, host.mailboxes.query(ANN, new Query.Head()));
      assertEquals(Set.of(partition), get(host.mailboxes.take(Set.of(partition))));
      assertEquals(List.of("one", "two"), host.texts(ANN, first.thread()));
      host.sent(ANN, BOB, "three");
      var fences = host.log(ANN).stream().filter(MailboxStore.Row::isFence).toList();
      assertEquals(2, fences.size(), "it was taken over anew, under a higher epoch");
      assertTrue(fences.get(1).epoch() > fences.get(0).epoch());
    }
  }

  @Test
  void noticesAreToldAndNeverLogged() {
    try (var host = HostFixture.open(data)) {
      Reply.Sent first = host.sent(ANN, BOB, "one");
      var watcher = new Collector(host.mailboxes.watch(ANN, first.cursor()), Long.MAX_VALUE);
      var asleep = new Collector(host.mailboxes.watch(ANN, first.cursor()), 1);
      Awaitility.await().until(() -> watcher.caughtUp() != null && asleep.caughtUp() != null);
      var typing = new Signal.Typing(first.thread(), HostFixture.person(BOB));
      host.mailboxes.signal(ANN, typing);
      Awaitility.await().until(() -> watcher.all().contains(new Watched.Ephemeral(typing)));
      // Behind the turn in which the one was told and the other was not.
      assertEquals(first.cursor(), get(host.mailboxes.query(ANN, new Query.Head())));
      asleep.request(10);
      Reply.Sent second = host.sent(ANN, BOB, "two");
      Awaitility.await().until(() -> asleep.last() == second.cursor().seq());
      assertEquals(2, asleep.all().size(), "who asked for nothing was told nothing");
      assertEquals(3, host.log(ANN).size());
    }
  }

  @Test
  void aStopSettlesWhatIsUnderWayAndSendsWatchersAway() {
    var host = HostFixture.open(data);
    Reply.Sent first = host.sent(ANN, BOB, "one");
    var watcher = new Collector(host.mailboxes.watch(ANN, first.cursor()), Long.MAX_VALUE);
    Awaitility.await().until(() -> watcher.caughtUp() != null);
    host.store.hold();
    Future<Reply.Sent> held = host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "under way"));
    Awaitility.await().until(() -> host.store.heldCount() == 1);
    Future<Void> stopped = host.mailboxes.stop(HostFixture.STOPPING);
    assertRejected(
        Rejected.Rule.BUSY, host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "too late")));
    assertFalse(stopped.isComplete());
    host.store.release();
    assertTrue(get(held).created());
    get(stopped);
    Awaitility.await().until(watcher::isComplete);
    assertEquals(get(held).cursor().seq(), watcher.last());
    assertInstanceOf(Watched.Reconnect.class, watcher.all().get(watcher.all().size() - 1));
    host.abandon();
  }

  @Test
  void aFullLineRefusesWithItsName() {
    try (var host = HostFixture.open(data, Map.of("mailbox.queue", "10"))) {
      host.sent(ANN, BOB, "one");
      host.store.hold();
      var futures =
          IntStream.range(0, 11)
              .mapToObj(i -> host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "m" + i)))
              .toList();
      Throwable refusal = failureOf(futures.get(10));
      assertInstanceOf(Rejected.class, refusal);
      assertEquals(Rejected.Rule.BUSY, ((Rejected) refusal).rule());
      assertTrue(refusal.getMessage().contains("mailbox.queue"), refusal.getMessage());
      Awaitility.await().until(() -> host.store.heldCount() == 10);
      host.store.release();
      futures.subList(0, 10).forEach(HostFixture::get);
      host.sent(ANN, BOB, "again");
    }
  }

  @Test
  void aFullNodeRefusesWithItsName() {
    try (var host = HostFixture.open(data, Map.of("mailbox.queueTotal", "5"))) {
      host.sent(ANN, BOB, "one");
      host.store.hold();
      var futures =
          IntStream.range(0, 6)
              .mapToObj(i -> host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "m" + i)))
              .toList();
      Throwable refusal = failureOf(futures.get(5));
      assertNotNull(refusal);
      assertTrue(refusal.getMessage().contains("mailbox.queueTotal"), refusal.getMessage());
      Awaitility.await().until(() -> host.store.heldCount() == 5);
      host.store.release();
      futures.subList(0, 5).forEach(HostFixture::get);
      Awaitility.await().until(() -> host.mailboxes.queueDepth() == 0);
    }
  }

  @Test
  void rebuildGivesTheSameBytes() {
    try (var host = HostFixture.open(data, Map.of("mailbox.snapshotEntries", "16"))) {
      fill(host);
    }
    try (var host = HostFixture.open(data)) {
      var before = host.objects(ANN);
      assertTrue(before.size() > 10, before.keySet().toString());
      get(host.mailboxes.rebuild(ANN));
      var after = host.objects(ANN);
      // The take-over moved the header, and nothing else.
      before.remove("header");
      after.remove("header");
      assertEquals(before, after);
      get(host.mailboxes.rebuild(ANN));
      var again = host.objects(ANN);
      again.remove("header");
      assertEquals(after, again);
      assertTrue(get(host.mailboxes.query(ANN, new Query.GetCounts())).counts().unread() > 0);
    }
  }

  @Test
  void aRebuildThatWasCutOffBeginsAgain() {
    try (var host = HostFixture.open(data)) {
      fill(host);
    }
    Map<String, String> before;
    try (var host = HostFixture.open(data)) {
      before = host.objects(ANN);
    }
    // As if the process had died after the mark and before the pages.
    try (var database = RocksDatabase.open(data, Config.defaults().store(), StageMeter.NONE)) {
      var store = new RocksMailboxStore(database);
      int partition = Partition.of(ANN);
      long epoch =
          get(store.ownership().take(get(store.ownership().join("node")), Set.of(partition)))
              .get(partition);
      var mark = Map.of(Snapshot.REPLAY, Snapshot.replayObject(1, true), "stray/1", new byte[] {1});
      get(store.save(new MailboxStore.Mailbox(ANN, 1), epoch, mark));
    }
    try (var host = HostFixture.open(data)) {
      assertNotNull(get(host.mailboxes.query(ANN, new Query.GetCounts())));
    }
    try (var host = HostFixture.open(data)) {
      var after = host.objects(ANN);
      assertFalse(after.containsKey("stray/1"));
      before.remove("header");
      after.remove("header");
      assertEquals(before, after);
    }
  }

  private static void fill(HostFixture host) {
    for (int i = 0; i < 100; i++) {
      host.sent(ANN, BOB, "to Bob " + i);
      Reply.Delivered mail = host.arrives(ANN, "dora" + i % 7 + "@elsewhere.example", "mail " + i);
      if (i % 5 == 0) {
        get(host.mailboxes.submit(ANN, new Command.Read(mail.thread(), mail.cursor().seq())));
      }
    }
  }

  @Test
  void aCacheSmallerThanTheWorkingSetOnlyCostsReads() {
    try (var host =
        HostFixture.open(
            data, Map.of("mailbox.cacheBytes", "1m", "mailbox.snapshotEntries", "8"))) {
      var users =
          IntStream.range(0, 40)
              .mapToObj(i -> new io.mainstem.message.UserId("user-" + i))
              .toList();
      String text = "x".repeat(2000);
      for (int round = 0; round < 20; round++) {
        var futures = new ArrayList<Future<?>>();
        for (var user : users) {
          futures.add(
              host.mailboxes.submit(
                  user, HostFixture.mail(user, "dora@elsewhere.example", round + text)));
        }
        futures.forEach(HostFixture::get);
      }
      for (var user : users) {
        var threads =
            get(host.mailboxes.query(user, new Query.Threads(null, null, 10, null))).threads();
        assertEquals(1, threads.size());
        assertEquals(20, threads.get(0).unread());
        assertEquals(20, host.texts(user, threads.get(0).id()).size());
      }
      Awaitility.await().until(() -> host.mailboxes.cachedBytes() <= 1 << 20);
    }
  }

  @Test
  void erasedContentLeavesTheLogAndStaysAwayAfterARestart() {
    try (var host = HostFixture.open(data)) {
      Reply.Delivered mail = host.arrives(ANN, "dora@elsewhere.example", "secret");
      assertTrue(host.log(ANN).stream().anyMatch(row -> row.body() != null));
      get(host.mailboxes.submit(ANN, new Command.Erase(mail.id())));
      Awaitility.await().until(() -> host.log(ANN).stream().allMatch(row -> row.body() == null));
    }
    try (var host = HostFixture.open(data)) {
      assertTrue(host.log(ANN).stream().allMatch(row -> row.body() == null));
      get(host.mailboxes.query(ANN, new Query.Threads(null, null, 10, null)));
    }
  }

  @Test
  void whatIsDueIsDoneByTheTimer() {
    var undo = Duration.ofSeconds(1);
    var limits =
        new Limits(
            1L << 30,
            1_000_000,
            1000,
            200,
            Duration.ofDays(7),
            256 << 10,
            256,
            100,
            100,
            100,
            undo,
            Duration.ofDays(1),
            20);
    try (var host = new HostFixture(data, Map.of(), limits)) {
      Reply.Delivered mail = host.arrives(ANN, "dora@elsewhere.example", "to be deleted");
      get(host.mailboxes.submit(ANN, new Command.Delete(mail.id())));
      long before = System.nanoTime();
      get(host.mailboxes.submit(ANN, new Command.Delete(mail.id())));
      boolean kept = host.log(ANN).stream().anyMatch(row -> row.body() != null);
      long lookedFor = System.nanoTime() - before;
      // Who looks so late that it may be due finds out nothing.
      assertTrue(kept || lookedFor > undo.toNanos() / 2, "it can still be undone");
      Awaitility.await().until(() -> host.log(ANN).stream().allMatch(row -> row.body() == null));
    }
  }

  @Test
  void unfinishedWorkIsFoundAgainAfterARestart() {
    ThreadId thread;
    try (var host = HostFixture.open(data)) {
      thread = host.sent(ANN, BOB, "not handed over yet").thread();
      host.arrives(BOB, "dora@elsewhere.example", "nothing to do");
    }
    try (var host = HostFixture.open(data)) {
      Awaitility.await().until(() -> host.loaded.contains(ANN));
      var owed = get(host.mailboxes.query(ANN, new Query.Outstanding(0, 10)));
      assertEquals(1, owed.outgoing().size());
      assertFalse(host.loaded.contains(BOB));
      get(
          host.mailboxes.submit(
              ANN,
              new Command.Report(
                  BOB, List.of(new Command.Progress(thread, owed.outgoing().get(0).seq(), 0, 0)))));
      int partition = Partition.of(ANN);
      Awaitility.await().until(() -> get(host.rocks.agenda(partition, null, 10)).isEmpty());
    }
  }

  /**
   * A call that fails may have reached one copy of a store: whoever sees the header there needs the
   * pages.
   */
  @Test
  void theHeaderIsSavedInACallOfItsOwnBehindItsPages() {
    try (var host = HostFixture.open(data)) {
      host.arrives(ANN, "carol@elsewhere.example", "one");
      get(host.mailboxes.release(ANN));
      List<Set<String>> saves = List.copyOf(host.store.saves);
      assertTrue(saves.size() > 1, saves.toString());
      assertEquals(Set.of(Mailbox.HEADER, Snapshot.REPLAY), saves.get(saves.size() - 1));
      for (Set<String> pages : saves.subList(0, saves.size() - 1)) {
        assertFalse(pages.contains(Mailbox.HEADER) || pages.contains(Snapshot.REPLAY));
      }
    }
  }

  /** Another owner may write on between the reading of the end and that of the objects. */
  @Test
  void anEndThatWasReadTooEarlyIsReadAgainBeforeItCountsAsDamage() {
    try (var host = HostFixture.open(data)) {
      ThreadId thread = host.arrives(ANN, "carol@elsewhere.example", "one").thread();
      get(host.mailboxes.release(ANN));
      host.store.earlyEnds.set(1);
      assertEquals(List.of("one"), host.texts(ANN, thread));
      assertEquals(0, host.store.earlyEnds.get());
    }
  }

  @Test
  void aStopSavesEverythingSoThatTheNextStartReplaysNothing() {
    try (var host = HostFixture.open(data)) {
      fill(host);
    }
    try (var host = HostFixture.open(data)) {
      var saved =
          get(
              host.rocks.objects(
                  new MailboxStore.Mailbox(ANN, 1), List.of(Snapshot.REPLAY, "header")));
      assertEquals(2, saved.size());
      List<MailboxStore.Row> log = host.log(ANN);
      assertEquals(
          log.get(log.size() - 1).last() + 1,
          java.nio.ByteBuffer.wrap(saved.get(Snapshot.REPLAY)).getLong());
      assertNull(failureOf(host.mailboxes.query(ANN, new Query.GetCounts())));
    }
  }
}
