package io.mainstem.cell;

import static io.mainstem.cell.CellFixture.get;
import static io.mainstem.cell.CellFixture.mail;
import static io.mainstem.cell.CellFixture.texts;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.delivery.WaitingMail;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.FolderId;
import io.mainstem.message.MessageId;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class RoutingTest {
  @TempDir private Path data;

  @Test
  void whoHasAnOldRingIsPassedOnOnce() {
    try (var cell = new CellFixture(data).with("a", "b", "c")) {
      // One that owns nothing keeps nothing from the new one.
      var a = cell.nodes.get("a");
      get(a.cell.drain(CellFixture.LONG));
      cell.register.deafen("a");
      cell.start("d");
      UserId moved = cell.userOf("d");
      get(a.router().submit(moved, mail(moved, "by way of the old owner")));
      assertEquals(3, a.cell.view().nodes().size(), "it still has the old ring");
      assertEquals(List.of("by way of the old owner"), texts(a.router(), moved));
      cell.register.undeafen("a");
      cell.settle();
      get(a.router().submit(moved, mail(moved, "straight")));
      assertEquals(2, texts(a.router(), moved).size());
    }
  }

  @Test
  void whatCouldBeDoneTwiceIsNotAskedAgain() {
    var id = MessageId.of(System.currentTimeMillis(), 1, 1);
    assertFalse(Attempt.isRepeatable(new Command.CreateFolder("x")));
    assertFalse(Attempt.isRepeatable(new Command.Delete(id)), "the second deletes it from Trash");
    assertFalse(
        Attempt.isRepeatable(new Command.Place(FolderId.INBOX, List.of(1), FolderId.TRASH, false)));
    assertFalse(Attempt.isRepeatable(flags(17)));
    assertTrue(Attempt.isRepeatable(flags(0)));
    assertTrue(
        Attempt.isRepeatable(new Command.Place(FolderId.INBOX, List.of(1), FolderId.TRASH, true)));
    assertTrue(Attempt.isRepeatable(mail(new UserId("u"), "x")));
  }

  private static Command.StoreFlags flags(long unchangedSince) {
    return new Command.StoreFlags(
        FolderId.INBOX, List.of(1), Set.of("\\Seen"), Command.FlagsMode.ADD, unchangedSince);
  }

  /** Who is told that it is a repeat throws the blobs away that the first one names. */
  @Test
  void theRepeatOfAnUnsureTryCountsAsTheFirst() {
    var reply =
        new Reply.Delivered(
            MessageId.of(System.currentTimeMillis(), 1, 1),
            new ThreadId("t"),
            FolderId.INBOX,
            new Cursor(1, 9),
            false,
            true,
            1);
    var first = (Reply.Delivered) Attempt.asFirst(reply);
    assertTrue(first.created());
    assertTrue(first.dropped());
    assertEquals(reply.cursor(), first.cursor());
    assertEquals(reply.generation(), first.generation());
  }

  @Test
  void mailWaitsInARoomOfTheNodeThatTookIt() {
    try (var cell = new CellFixture(data).with("a", "b", "c")) {
      for (var node : cell.nodes.values()) {
        for (int i = 0; i < 20; i++) {
          UserId room = WaitingMail.room(new UserId("user-" + i), node.router()::isHere);
          assertTrue(node.cell.local().holds(room));
        }
      }
      var user = new UserId("user-1");
      assertEquals(
          WaitingMail.room(user, each -> true),
          WaitingMail.room(user, each -> false),
          "without one that is near, it is the recipient's own");
    }
  }

  @Test
  void aRumourReachesAllOtherNodes() {
    try (var cell = new CellFixture(data).with("a", "b", "c")) {
      var heard = new ConcurrentLinkedQueue<String>();
      cell.nodes
          .values()
          .forEach(node -> node.cell.listen("account", text -> heard.add(node.name + ":" + text)));
      await()
          .atMost(CellFixture.LONG)
          .until(
              () -> {
                cell.nodes.get("a").cell.tellAll("account", "u-1");
                return Set.copyOf(heard).equals(Set.of("b:u-1", "c:u-1"));
              });
    }
  }
}
