package io.mainstem.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Rejected;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A message from its sender to its reader and back as a status. */
class ConversationTest {
  private final Town town = new Town("alice", "bob", "carol");

  @Test
  void aChatIsSentDeliveredReadAndAnswered() {
    town.chat("bob", "hello", "alice");
    town.settle();
    assertEquals(new Counts(0, 1), town.counts("alice"), "a stranger's chat stands in Requests");
    var thread = town.threads("alice").get(0);
    assertEquals("stranger", thread.reason().code());
    town.answer("alice", thread.id(), "hi bob");
    town.settle();
    assertEquals(new Counts(0, 0).requests(), town.counts("alice").requests());
    assertEquals(new Counts(1, 0), town.counts("bob"));
    var atBob = town.threads("bob").get(0);
    assertEquals(
        List.of("hello", "hi bob"),
        town.messages("bob", atBob.id()).stream().map(m -> m.message().text()).toList());
    assertEquals(
        town.messages("bob", atBob.id()).stream().map(MessageView::position).toList(),
        town.messages("alice", thread.id()).stream().map(MessageView::position).toList(),
        "one order");
    assertEquals(List.of(FolderId.CHATS), town.messages("alice", thread.id()).get(0).folders());
  }

  @Test
  void statusGoesFromSentToDeliveredToRead() {
    town.chat("alice", "one", "bob");
    town.settle();
    var at = town.threads("bob").get(0);
    town.answer("bob", at.id(), "two");
    town.settle();
    var alice = town.threads("alice").get(0);
    assertEquals(Status.SENT, town.messages("bob", at.id()).get(1).status());
    town.submit("alice", new Command.Handed(town.at("alice").lastSeq()));
    town.settle();
    assertEquals(Status.DELIVERED, town.messages("bob", at.id()).get(1).status());
    var read = town.submit("alice", new Command.Read(alice.id(), town.at("alice").lastSeq()));
    assertTrue(read.changed());
    town.settle();
    assertEquals(Status.READ, town.messages("bob", at.id()).get(1).status());
    assertFalse(
        town.submit("alice", new Command.Read(alice.id(), town.at("alice").lastSeq())).changed(),
        "a repeat makes no entry");
    assertTrue(Mailbox.agendaIsDone(town.at("bob").image, 1));
    assertTrue(Mailbox.agendaIsDone(town.at("alice").image, 1));
  }

  @Test
  void theSameIdAgainIsTheSameReplyAndOtherContentAConflict() {
    var id = town.id();
    var to = List.of(Town.person("bob"));
    var send =
        Command.Send.of(
            id, null, Town.message(Channel.CHAT, Town.person("alice"), to, "", "x"), to, null);
    var first = town.submit("alice", send);
    var again = town.submit("alice", send);
    assertTrue(first.created());
    assertFalse(again.created());
    assertEquals(first.cursor(), again.cursor());
    assertEquals(first.thread(), again.thread());
    var other =
        Command.Send.of(
            id, null, Town.message(Channel.CHAT, Town.person("alice"), to, "", "y"), to, null);
    assertEquals(
        Rejected.Rule.CONFLICT,
        assertThrows(Rejected.class, () -> town.submit("alice", other)).rule());
  }

  @Test
  void framesAreTheSameLiveAndReplayed() {
    town.chat("alice", "one", "bob");
    town.settle();
    var bob = town.at("bob");
    var page = town.ask("bob", new Query.Updates(new Cursor(0, 0), 100));
    assertTrue(
        page.frames().stream()
            .flatMap(f -> f.changes().stream())
            .anyMatch(c -> c instanceof Change.MessageChanged));
    assertEquals(bob.lastSeq(), page.cursor().seq());
    assertEquals("", SimMailbox.difference(bob.bytes(), bob.replayed(bob.log).bytes()));
  }
}
