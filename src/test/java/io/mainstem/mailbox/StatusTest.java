package io.mainstem.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a sender learns, what he does not, and what the outbox owes. */
class StatusTest {
  private final Town town = new Town("alice", "bob", "carol");

  /** Bob and Alice know one another. @return Bob's thread */
  private ThreadId acquainted() {
    town.chat("alice", "hi", "bob");
    town.settle();
    return town.threads("bob").get(0).id();
  }

  private void receipts(String user, boolean on) {
    var patch = new Settings.Patch(null, null, on, null, null, Set.of(), Set.of(), Map.of());
    town.submit(user, new Command.ChangeSettings(patch));
  }

  private Status lastOfBob(ThreadId thread) {
    var views = town.messages("bob", thread);
    return views.get(views.size() - 1).status();
  }

  private void readByAlice() {
    town.submit("alice", new Command.Handed(town.at("alice").lastSeq()));
    town.submit(
        "alice", new Command.Read(town.threads("alice").get(0).id(), town.at("alice").lastSeq()));
    town.settle();
  }

  @Test
  void whoHidesHisReadingTellsNobody() {
    var thread = acquainted();
    receipts("alice", false);
    town.answer("bob", thread, "yo");
    town.settle();
    readByAlice();
    assertEquals(Status.DELIVERED, lastOfBob(thread));
  }

  /** It stands in its conversation, and must not look as if it had been said. */
  @Test
  void aDraftOfAMailProgramWasNotSent() {
    acquainted();
    var draft =
        town.submit(
            "alice",
            Command.Append.of(
                town.id(),
                FolderId.DRAFTS,
                Town.message(
                    Channel.MAIL,
                    Town.person("alice"),
                    List.of(Town.person("bob")),
                    "half",
                    "a thought"),
                Set.of("\\Draft"),
                town.now,
                0,
                null));
    var views = town.messages("alice", draft.thread());
    assertEquals(2, views.size());
    assertNull(views.get(1).status());
    assertEquals(List.of(FolderId.DRAFTS), views.get(1).folders());
    assertNotNull(views.get(0).status());
    var told = town.ask("alice", new Query.One(draft.id()));
    assertNull(told.status());
    town.submit(
        "alice", new Command.Place(FolderId.DRAFTS, List.of(draft.uid()), FolderId.SENT, true));
    assertEquals(Status.SENT, town.ask("alice", new Query.One(draft.id())).status());
  }

  @Test
  void whoHidesHisOwnSeesNoOthers() {
    var thread = acquainted();
    receipts("bob", false);
    town.answer("bob", thread, "yo");
    town.settle();
    readByAlice();
    assertEquals(Status.DELIVERED, lastOfBob(thread));
  }

  @Test
  void aWatermarkNeverPassesWhatIsUnread() {
    var thread = acquainted();
    var first = town.answer("bob", thread, "one");
    var second = town.answer("bob", thread, "two");
    town.settle();
    town.submit("alice", new Command.SetFlags(second.id(), Set.of("\\Seen"), Set.of()));
    town.settle();
    assertEquals(
        Status.SENT, town.messages("bob", thread).get(2).status(), "the one before it is unread");
    town.submit("alice", new Command.SetFlags(first.id(), Set.of("\\Seen"), Set.of()));
    town.settle();
    assertEquals(Status.READ, town.messages("bob", thread).get(1).status());
    assertEquals(Status.READ, lastOfBob(thread));
  }

  @Test
  void readReachesOnlyWhatThisDeviceHadSeen() {
    var thread = acquainted();
    town.answer("bob", thread, "seen");
    town.settle();
    long seen = town.at("alice").lastSeq();
    town.answer("bob", thread, "not seen");
    town.settle();
    var alice = town.threads("alice").get(0).id();
    town.submit("alice", new Command.Read(alice, seen));
    assertEquals(1, town.ask("alice", new Query.Thread(alice, null)).unread());
    assertFalse(
        town.submit("alice", new Command.Read(alice, seen - 1)).changed(), "never backward");
  }

  @Test
  void groupsCountWhoHasRead() {
    var people = List.of(Town.person("bob"), Town.person("carol"));
    var sent =
        town.submit(
            "alice",
            Command.Send.of(
                town.id(),
                null,
                Town.message(Channel.CHAT, Town.person("alice"), people, "", "hi"),
                people,
                "Trip"));
    town.settle();
    var atBob = town.threads("bob").get(0).id();
    town.submit("bob", new Command.Accept(atBob));
    town.submit("bob", new Command.Read(atBob, town.at("bob").lastSeq()));
    town.settle();
    var view = town.messages("alice", sent.thread()).get(0);
    assertEquals(Status.SENT, view.status(), "carol has not");
    var c = view.recipients();
    assertEquals(2, c.recipients());
    assertEquals(1, c.read());
    assertEquals(1, c.delivered());
  }

  @Test
  void aFailedMessageSaysWhyAndIsTriedAgain() {
    var sent = town.mail("alice", "Hi", "x", "dora@elsewhere.example");
    town.outbox.clear();
    var dora = Town.outsider("dora@elsewhere.example");
    assertTrue(town.submit("alice", new Command.Fail(sent.id(), dora, "no such host")).changed());
    assertFalse(town.submit("alice", new Command.Fail(sent.id(), dora, "no such host")).changed());
    var view = town.messages("alice", sent.thread()).get(0);
    assertEquals(Status.FAILED, view.status());
    assertEquals("no such host", view.failure());
    assertEquals(1, town.ask("alice", new Query.DeadLetters()).size());
    assertTrue(
        Mailbox.agendaIsDone(town.at("alice").image, 1), "a dead letter waits for its owner");
    town.submit("alice", new Command.Retry(sent.id()));
    assertEquals("x", town.outbox.getFirst().deliver().message().text());
    assertEquals(Status.SENT, town.messages("alice", sent.thread()).get(0).status());
    assertNull(town.messages("alice", sent.thread()).get(0).failure());
    assertEquals(List.of(), town.ask("alice", new Query.DeadLetters()));
    assertEquals(1, town.ask("alice", new Query.Outstanding(0, 10)).outgoing().size());
  }

  @Test
  void afterATakeOverTheOutboxIsReadFromTheLog() {
    var thread = town.chat("alice", "one", "bob").thread();
    town.answer("alice", thread, "two");
    town.chat("alice", "three", "carol");
    var expected = List.copyOf(town.outbox);
    town.outbox.clear();
    town.at("alice").dropSome(new java.util.SplittableRandom(1), 1);
    var page = town.ask("alice", new Query.Outstanding(0, 2));
    assertEquals(expected.subList(0, 2), page.outgoing());
    var rest = town.ask("alice", new Query.Outstanding(page.nextSeq(), 2));
    assertEquals(expected.subList(2, 3), rest.outgoing());
    assertEquals(0, rest.nextSeq());
    var progress = List.of(new Command.Progress(thread, expected.get(1).seq(), 0, 0));
    town.submit("alice", new Command.Report(new UserId("bob"), progress));
    assertEquals(expected.subList(2, 3), town.ask("alice", new Query.Outstanding(0, 9)).outgoing());
    assertFalse(Mailbox.agendaIsDone(town.at("alice").image, 1));
  }

  @Test
  void receiptsThatWereNotToldAreOutstanding() {
    var thread = acquainted();
    town.answer("bob", thread, "yo");
    town.settle();
    town.submit("alice", new Command.Handed(town.at("alice").lastSeq()));
    var due = town.ask("alice", new Query.Outstanding(0, 9)).receipts();
    assertEquals(List.copyOf(town.receipts), due);
    town.settle();
    assertEquals(List.of(), town.ask("alice", new Query.Outstanding(0, 9)).receipts());
  }

  @Test
  void bccIsHandedOnWithoutItsName() {
    var to = List.of(Town.person("bob"));
    var m = Town.message(Channel.MAIL, Town.person("alice"), to, "Hi", "x");
    var sent =
        town.submit(
            "alice",
            Command.Send.of(
                town.id(), null, m, List.of(Town.person("bob"), Town.person("carol")), null));
    assertEquals(2, town.outbox.size());
    town.settle();
    assertEquals(
        List.of(Town.person("bob")),
        town.ask("alice", new Query.Thread(sent.thread(), null)).participants());
    assertEquals(2, town.messages("alice", sent.thread()).get(0).recipients().recipients());
    town.answer("alice", sent.thread(), "only bob");
    assertEquals(1, town.outbox.size());
  }
}
