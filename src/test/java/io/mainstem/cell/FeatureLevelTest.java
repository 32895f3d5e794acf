package io.mainstem.cell;

import static io.mainstem.cell.CellFixture.get;
import static io.mainstem.cell.CellFixture.mail;
import static io.mainstem.cell.CellFixture.texts;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.cell.wire.Envelope;
import io.mainstem.cell.wire.ReleasedNode;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Watched;
import io.mainstem.mailbox.wire.Wire;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A rolling upgrade: nodes of two levels in one cell, until the older are gone. */
@Timeout(300)
class FeatureLevelTest {
  private static final ReleasedSchema RELEASED = new ReleasedSchema(1);

  @TempDir private Path data;

  @Test
  void aCellStaysAtTheLevelOfItsOldestNodeAndRisesWhenThatIsGone() {
    try (var cell = new CellFixture(data)) {
      cell.level = 1;
      cell.start("a");
      cell.level = 2;
      cell.start("b");
      cell.start("c");
      cell.settle();
      var users = new ArrayList<UserId>();
      // Both ways, over the wire and through the log.
      for (String owner : List.of("a", "b")) {
        UserId user = cell.userOf(owner);
        users.add(user);
        String other = owner.equals("a") ? "b" : "a";
        Device device = Device.of(cell.nodes.get(other).router(), user, new Cursor(0, 0));
        get(cell.nodes.get(other).router().submit(user, mail(user, "one")));
        get(cell.nodes.get(owner).router().submit(user, mail(user, "two")));
        assertEquals(List.of("one", "two"), texts(cell.nodes.get(other).router(), user));
        await().atMost(CellFixture.LONG).until(() -> device.texts().equals(List.of("one", "two")));
        // It comes behind what was there when the watch began, which may be both.
        await().atMost(CellFixture.LONG).until(() -> device.count(Watched.CaughtUp.class) == 1);
        device.cancel();
      }
      assertEquals(1, get(cell.ownership().level()));
      cell.nodes.values().forEach(node -> assertEquals(1, node.cell.level()));
      assertLogsAreOfLevel1(cell, users);
      cell.stop("a");
      cell.settle();
      UserId moved = users.get(0);
      assertEquals(List.of("one", "two"), texts(cell.nodes.get("b").router(), moved));
      await().atMost(CellFixture.LONG).until(() -> cell.nodes.get("b").cell.level() == 2);
      await().atMost(CellFixture.LONG).until(() -> cell.nodes.get("c").cell.level() == 2);
      // There is no way back.
      cell.level = 1;
      Vertx vertx = Vertx.vertx();
      var refused =
          assertInstanceOf(
              Cell.CannotJoin.class,
              CellTest.failure(
                  Cell.start(cell.parts("a", vertx, cell.register.of("a"), "one store"))));
      for (String named : List.of("cell.name", "feature level 2", "(test) reads up to 1")) {
        assertTrue(refused.getMessage().contains(named), refused.getMessage());
      }
      get(vertx.close());
    }
  }

  @Test
  void chatsAreEditedWhenEveryNodeOfTheCellReadsIt() {
    try (var cell = new CellFixture(data)) {
      // What is refused here is refused at once: nothing here may wait until its time is over.
      var patient = Map.of("cell.requestSeconds", "600");
      cell.level = 1;
      cell.start("a", patient);
      cell.level = 2;
      cell.start("b", patient);
      cell.meet();
      var chats = new LinkedHashMap<UserId, MessageId>();
      for (String owner : List.of("a", "b")) {
        UserId user = cell.userOf(owner);
        var chat = chat(user);
        chats.put(user, chat.id());
        get(cell.nodes.get(owner).router().submit(user, chat));
        for (CellFixture.Node node : cell.nodes.values()) {
          refused(node.router().submit(user, edit(chat.id())));
          refused(node.router().submit(user, edited(user)));
        }
      }
      assertLogsAreOfLevel1(cell, chats.keySet());
      cell.stop("a");
      cell.settle();
      var router = cell.nodes.get("b").router();
      await().atMost(CellFixture.LONG).until(() -> cell.nodes.get("b").cell.level() == 2);
      chats.forEach(
          (user, id) -> {
            assertTrue(get(router.submit(user, edit(id))).changed());
            assertEquals(List.of("another text"), texts(router, user));
            assertTrue(get(router.submit(user, edited(user))).created());
          });
    }
  }

  private static void refused(Future<?> asked) {
    var cause = assertInstanceOf(Rejected.class, CellTest.failure(asked));
    assertEquals(Rejected.Rule.BUSY, cause.rule(), cause::toString);
  }

  /** A note to oneself. */
  private static Command.Send chat(UserId user) {
    var self = new Person(user + "@mainstem.test", null, user);
    var message = Message.of(Channel.CHAT, self, List.of(self), "", "a text", Headers.NONE);
    return Command.Send.of(mail(user, "").id(), null, message, List.of(self), null);
  }

  private static Command.Edit edit(MessageId id) {
    return new Command.Edit(id, 1, "another text", null, 12);
  }

  private static Command.Deliver edited(UserId to) {
    var mail = mail(to, "edited");
    return new Command.Deliver(
        mail.id(),
        "u:carol",
        null,
        mail.stamp(),
        mail.message(),
        null,
        null,
        new Command.Revised(1, mail.stamp().millis()));
  }

  private static void assertLogsAreOfLevel1(CellFixture cell, Collection<UserId> users) {
    for (UserId user : users) {
      var rows = get(cell.store.read(new MailboxStore.Mailbox(user, 1), 0, 1000)).rows();
      assertTrue(rows.size() >= 2, "a fence and a message");
      for (var row : rows) {
        assertEquals(List.of(), RELEASED.unknown("io.mainstem.mailbox.LogRow", row.entry()));
        if (row.body() != null) {
          assertEquals(List.of(), RELEASED.unknown("io.mainstem.mailbox.Body", row.body()));
        }
      }
    }
  }

  @Test
  void aNewerNodeSaysNothingThatTheLastReleaseDoesNotKnow() {
    try (var cell = new CellFixture(data)) {
      get(cell.ownership().join("z", 1));
      cell.level = 2;
      cell.start("b");
      cell.settle();
      UserId user = cell.userOf("b");
      Vertx vertx = Vertx.vertx();
      var old = new ReleasedNode(vertx, CellFixture.config("b").cell().name(), "z", 1);
      int port = get(old.listen());
      cell.register.put(
          new NodeCard(
              "z", "127.0.0.1", port, 128, "old", 1, 1, "one store", NodeCard.State.DRAINING, 0));
      await().atMost(CellFixture.LONG).until(old::isDialled);
      old.say(Envelope.of(new Envelope.Watching(List.of(new Envelope.Place(user.value(), 0, 0)))));
      ask(old, 1, user, mail(user, "one"), null);
      ask(old, 2, user, mail(user, "two"), null);
      ask(old, 3, user, null, new Query.Updates(new Cursor(1, 0), 100));
      ask(old, 4, user, null, new Query.Threads(null, null, 50, null));
      ask(old, 5, user, null, new Query.Thread(new ThreadId("nosuch"), null));
      ask(old, 6, new UserId("nobody"), null, new Query.Head());
      await()
          .atMost(CellFixture.LONG)
          .until(() -> old.understood().stream().filter(e -> e.response() != null).count() == 6);
      await()
          .atMost(CellFixture.LONG)
          .until(
              () ->
                  old.understood().stream()
                      .anyMatch(e -> e.nudge() != null && e.nudge().frame() != null));
      for (byte[] batch : old.told()) {
        assertEquals(List.of(), RELEASED.unknown("io.mainstem.peer.Batch", batch));
      }
      assertEquals(1, cell.nodes.get("b").cell.level());
      cell.register.remove("z");
      get(vertx.close());
    }
  }

  private static void ask(
      ReleasedNode old, long id, UserId user, Command<?> command, Query<?> query) {
    old.ask(
        new Envelope.Request(
            id,
            user.value(),
            false,
            20_000,
            command == null ? null : Wire.command(command),
            query == null ? null : Wire.query(query),
            null));
  }

  @Test
  void whatTheReleaseDoesNotKnowIsFound() {
    byte[] nudge = {6 << 3 | 2, 4, 10, 2, 'm', 'e'};
    byte[] batch = new byte[nudge.length + 2];
    batch[0] = 1 << 3 | 2;
    batch[1] = (byte) nudge.length;
    System.arraycopy(nudge, 0, batch, 2, nudge.length);
    assertEquals(List.of(), RELEASED.unknown("io.mainstem.peer.Batch", batch));
    batch[4] = 15 << 3 | 2;
    assertEquals(
        List.of("io.mainstem.peer.Batch.envelopes.nudge.15"),
        RELEASED.unknown("io.mainstem.peer.Batch", batch));
  }
}
