package io.mainstem.cell;

import static io.mainstem.cell.CellFixture.get;
import static io.mainstem.cell.CellFixture.mail;
import static io.mainstem.cell.CellFixture.texts;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Signal;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class CellTest {
  private static final Cursor BEGINNING = new Cursor(0, 0);

  @TempDir private Path data;

  @Test
  void eachNodeHoldsItsShareAndTogetherTheyHoldAll() {
    try (var cell = new CellFixture(data).with("a", "b", "c")) {
      var all = new TreeSet<Integer>();
      int sum = 0;
      for (var node : cell.nodes.values()) {
        all.addAll(node.cell.local().held());
        sum += node.cell.local().held().size();
      }
      assertEquals(CellFixture.PARTITIONS, all.size());
      assertEquals(CellFixture.PARTITIONS, sum, "no partition is held twice");
    }
  }

  @Test
  void anyNodeServesAnyUser() {
    try (var cell = new CellFixture(data).with("a", "b", "c")) {
      var nodes = List.copyOf(cell.nodes.values());
      for (int i = 0; i < 30; i++) {
        var user = new UserId("user-" + i);
        var command = mail(user, "text " + i);
        Reply.Delivered first = get(nodes.get(i % 3).router().submit(user, command));
        Reply.Delivered again = get(nodes.get((i + 1) % 3).router().submit(user, command));
        assertTrue(first.created());
        assertFalse(again.created(), "a repeat at another node stores nothing");
        assertEquals(first.id(), again.id());
        assertEquals(List.of("text " + i), texts(nodes.get((i + 2) % 3).router(), user));
      }
    }
  }

  @Test
  void aRefusalComesFromAfarAsItIs() {
    try (var cell = new CellFixture(data).with("a", "b")) {
      UserId user = cell.userOf("a");
      var failure =
          failure(
              cell.nodes
                  .get("b")
                  .router()
                  .query(user, new Query.Thread(new ThreadId("nosuch"), null)));
      assertEquals(Rejected.Rule.NOT_FOUND, assertInstanceOf(Rejected.class, failure).rule());
    }
  }

  @Test
  void aWatchFromAfarTellsWhatOneAtTheOwnerTells() {
    try (var cell = new CellFixture(data).with("a", "b")) {
      UserId user = cell.userOf("a");
      for (int i = 0; i < 20; i++) {
        get(cell.nodes.get("b").router().submit(user, mail(user, "before " + i)));
      }
      Device near = Device.of(cell.nodes.get("a").router(), user, BEGINNING);
      Device far = Device.of(cell.nodes.get("b").router(), user, BEGINNING);
      await().atMost(CellFixture.LONG).until(() -> near.count(Watched.CaughtUp.class) == 1);
      await().atMost(CellFixture.LONG).until(() -> far.count(Watched.CaughtUp.class) == 1);
      assertEquals(near.told(), far.told());
      for (int i = 0; i < 20; i++) {
        get(cell.nodes.get("a").router().submit(user, mail(user, "after " + i)));
      }
      await().atMost(CellFixture.LONG).until(() -> near.texts().size() == 40);
      await().atMost(CellFixture.LONG).until(() -> far.texts().size() == 40);
      assertEquals(near.told(), far.told());
      near.cancel();
      far.cancel();
    }
  }

  @Test
  void aCursorThatCannotBeGoneOnFromIsToldFromAfarToo() {
    try (var cell = new CellFixture(data).with("a", "b")) {
      UserId user = cell.userOf("a");
      get(cell.nodes.get("a").router().submit(user, mail(user, "one")));
      Device far = Device.of(cell.nodes.get("b").router(), user, new Cursor(1, 1_000_000));
      await().atMost(CellFixture.LONG).until(() -> far.count(Watched.CaughtUp.class) == 1);
      assertInstanceOf(Watched.Reset.class, far.told().get(0));
      get(cell.nodes.get("a").router().submit(user, mail(user, "two")));
      await().atMost(CellFixture.LONG).until(() -> far.texts().equals(List.of("two")));
      far.cancel();
    }
  }

  @Test
  void aSignalReachesThoseWhoWatchAnywhere() {
    try (var cell = new CellFixture(data).with("a", "b", "c")) {
      UserId user = cell.userOf("a");
      Device near = Device.of(cell.nodes.get("a").router(), user, BEGINNING);
      Device far = Device.of(cell.nodes.get("b").router(), user, BEGINNING);
      await().atMost(CellFixture.LONG).until(() -> near.count(Watched.CaughtUp.class) == 1);
      await().atMost(CellFixture.LONG).until(() -> far.count(Watched.CaughtUp.class) == 1);
      var typing =
          new Signal.Typing(new ThreadId("t1"), new Person("carol@example.org", null, null));
      await()
          .atMost(CellFixture.LONG)
          .until(
              () -> {
                cell.nodes.get("c").router().signal(user, typing);
                return near.count(Watched.Ephemeral.class) > 0
                    && far.count(Watched.Ephemeral.class) > 0;
              });
      near.cancel();
      far.cancel();
    }
  }

  /** Writes to a user from one node, one after another, until it is told to stop. */
  private static final class Writer {
    private final CellRouter router;
    private final UserId user;
    private final List<String> acknowledged = new ArrayList<>();
    private volatile boolean stop;
    private final Thread thread;

    Writer(CellRouter router, UserId user) {
      this.router = router;
      this.user = user;
      this.thread = new Thread(this::write);
      thread.start();
    }

    private void write() {
      for (int i = 0; !stop; i++) {
        var command = mail(user, "text " + i);
        for (; ; ) {
          try {
            router.submit(user, command).toCompletionStage().toCompletableFuture().join();
            synchronized (acknowledged) {
              acknowledged.add("text " + i);
            }
            break;
          } catch (CompletionException e) {
            if (!(e.getCause() instanceof Rejected)) {
              throw new AssertionError(e);
            }
          }
        }
      }
    }

    int count() {
      synchronized (acknowledged) {
        return acknowledged.size();
      }
    }

    List<String> end() throws InterruptedException {
      stop = true;
      thread.join(CellFixture.LONG.toMillis());
      assertFalse(thread.isAlive(), "a command never ended");
      return acknowledged;
    }
  }

  @Test
  void watchesGoOnThroughEveryChangeOfOwner() throws Exception {
    try (var cell = new CellFixture(data).with("a", "b", "c")) {
      UserId user = cell.userOf("b");
      var watching = cell.nodes.get("a").router();
      Device device = Device.of(watching, user, BEGINNING);
      var writer = new Writer(watching, user);
      await().atMost(CellFixture.LONG).until(() -> writer.count() > 20);
      // The owner drains, another comes, and the next owner is killed.
      cell.stop("b");
      cell.settle();
      int then = writer.count();
      await().atMost(CellFixture.LONG).until(() -> writer.count() > then + 20);
      cell.start("b");
      cell.start("d");
      cell.settle();
      int now = writer.count();
      await().atMost(CellFixture.LONG).until(() -> writer.count() > now + 20);
      String owner = cell.ownerOf(user).name;
      if (!owner.equals("a")) {
        cell.kill(owner);
        cell.settle();
      }
      int later = writer.count();
      await().atMost(CellFixture.LONG).until(() -> writer.count() > later + 20);
      List<String> acknowledged = writer.end();
      await().atMost(CellFixture.LONG).until(() -> device.texts().size() >= acknowledged.size());
      assertEquals(acknowledged, device.texts(), "each once, in order, none left out");
      assertEquals(new ArrayList<>(new TreeSet<>(device.seqs())), device.seqs());
      assertEquals(1, device.count(Watched.CaughtUp.class));
      assertEquals(0, device.count(Watched.Reset.class));
      assertEquals(0, device.count(Watched.Reconnect.class));
      assertNull(device.failure());
      assertEquals(acknowledged, texts(watching, user));
      device.cancel();
    }
  }

  @Test
  void usersOfAKilledNodeAreServedByTheOthers() {
    try (var cell = new CellFixture(data).with("a", "b", "c")) {
      var users = new ArrayList<UserId>();
      for (int i = 0; i < 30; i++) {
        var user = new UserId("user-" + i);
        users.add(user);
        get(cell.nodes.get("a").router().submit(user, mail(user, "before")));
      }
      cell.kill("b");
      for (UserId user : users) {
        get(cell.nodes.get("c").router().submit(user, mail(user, "after")));
        assertEquals(List.of("before", "after"), texts(cell.nodes.get("a").router(), user));
      }
    }
  }

  @Test
  void oneOfTwoThatIsNotTheFirstDoesNotFenceTheOther() {
    try (var cell = new CellFixture(data)) {
      cell.start("a");
      // It waits for an owner as long as a request may.
      cell.start("b", Map.of("cell.requestSeconds", "10"));
      cell.meet();
      UserId lost = cell.userOf("a");
      UserId kept = cell.userOf("b");
      var b = cell.nodes.get("b").router();
      cell.kill("a");
      get(b.submit(kept, mail(kept, "still served")));
      var refused = assertInstanceOf(Rejected.class, failure(b.submit(lost, mail(lost, "x"))));
      assertEquals(Rejected.Rule.BUSY, refused.rule());
      // It comes back, and fences what it was before.
      cell.start("a");
      cell.meet();
      get(b.submit(lost, mail(lost, "again")));
      assertEquals(List.of("again"), texts(b, lost));
    }
  }

  @Test
  void aChangeWakesWhoWaitsOnceThoughHeWaitsOn() {
    try (var cell = new CellFixture(data)) {
      cell.start("a");
      // Were he woken again and again, it would go on for as long as a request may wait.
      cell.start("b", Map.of("cell.requestSeconds", "600"));
      cell.meet();
      UserId lost = cell.userOf("a");
      var b = cell.nodes.get("b").router();
      cell.kill("a");
      Future<?> waiting = b.submit(lost, mail(lost, "x"));
      assertTimeoutPreemptively(CellFixture.LONG, b::somethingChanged);
      assertFalse(waiting.isComplete(), "he waits on");
      cell.start("a");
      get(waiting);
      assertEquals(List.of("x"), texts(b, lost));
    }
  }

  @Test
  void aNodeThatWasFencedGoesOnAsANewIncarnation() {
    try (var cell = new CellFixture(data).with("a", "b", "c")) {
      UserId user = cell.userOf("b");
      long before = cell.nodes.get("b").cell.local().incarnation();
      var router = cell.nodes.get("a").router();
      get(router.submit(user, mail(user, "one")));
      get(cell.store.ownership().fence(before));
      get(router.submit(user, mail(user, "two")));
      await()
          .atMost(CellFixture.LONG)
          .until(() -> cell.nodes.get("b").cell.local().incarnation() > before);
      await()
          .atMost(CellFixture.LONG)
          .until(() -> cell.nodes.get("b").cell.card().incarnation() > before);
      get(router.submit(user, mail(user, "three")));
      assertEquals(List.of("one", "two", "three"), texts(router, user));
    }
  }

  @Test
  void aSecondNodeOfOneNameOrOfAnotherStoreIsRefused() throws Exception {
    try (var cell = new CellFixture(data).with("a")) {
      Vertx vertx = Vertx.vertx();
      var twin = failure(Cell.start(cell.parts("a", vertx, cell.register.of("a"), "one store")));
      assertTrue(assertInstanceOf(Cell.CannotJoin.class, twin).getMessage().contains("cell.node"));
      var stranger = failure(Cell.start(cell.parts("b", vertx, cell.register.of("b"), "another")));
      assertTrue(
          assertInstanceOf(Cell.CannotJoin.class, stranger).getMessage().contains("one store"));
      get(vertx.close());
    }
  }

  @Test
  void aNodeThatReachesNoneOfTheOthersIsRefused() throws Exception {
    try (var cell = new CellFixture(data).with("a")) {
      UserId user = cell.userOf("a");
      get(cell.nodes.get("a").router().submit(user, mail(user, "one")));
      Vertx vertx = Vertx.vertx();
      var elsewhere = new CellFixture.Register();
      var lost = failure(Cell.start(cell.parts("b", vertx, elsewhere.of("b"), "one store")));
      String why = assertInstanceOf(Cell.CannotJoin.class, lost).getMessage();
      assertTrue(why.contains("cell.members.seeds (127.0.0.1:22101"), why);
      assertTrue(why.contains("nodes [a]"), why);
      get(vertx.close());
      get(cell.nodes.get("a").router().submit(user, mail(user, "two")));
      assertEquals(List.of("one", "two"), texts(cell.nodes.get("a").router(), user));
    }
  }

  static Throwable failure(Future<?> future) {
    try {
      future.toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      return e.getCause();
    }
    throw new AssertionError("it should have failed");
  }
}
