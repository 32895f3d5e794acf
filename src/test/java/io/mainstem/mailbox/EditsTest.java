package io.mainstem.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.app.ComposedForms;
import io.mainstem.message.FolderId;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import io.mainstem.mime.MailComposer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A chat gets another text, everywhere, and nothing else about it changes. */
class EditsTest {
  private final Town town = new Town("alice", "bob", "carol");

  @BeforeEach
  void asMailToo() {
    town.mailboxes.values().forEach(box -> box.forms = new ComposedForms());
  }

  private static Command.Edit edit(MessageId id, int number, String text) {
    return new Command.Edit(id, number, text, null, text.length());
  }

  private Reply.Done edited(String user, MessageId id, int number, String text) {
    return town.submit(user, edit(id, number, text));
  }

  private Rule refusal(String user, Command<?> command) {
    return assertThrows(Rejected.class, () -> town.submit(user, command)).rule();
  }

  private MessageView view(String user, MessageId id) {
    return town.ask(user, new Query.One(id));
  }

  private String text(String user, MessageId id) {
    return said(view(user, id));
  }

  private static String said(MessageView view) {
    Message message = view.message();
    return message == null ? "(erased)" : message.text();
  }

  private List<PlacementView> placements(String user, FolderId folder) {
    return town.ask(user, new Query.Placements(folder, 1, Integer.MAX_VALUE, 0)).placements();
  }

  private PlacementView placement(String user, FolderId folder, MessageId id) {
    return placements(user, folder).stream()
        .filter(p -> p.message().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private String mail(String user, MessageId id) {
    var w = town.ask(user, new Query.Form(id));
    try (var in =
        MailComposer.compose(w.message(), w.id(), w.form(), r -> InputStream.nullInputStream())
            .open()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Alice and Bob know one another; nothing is under way. */
  private ThreadId acquainted() {
    var thread = town.chat("alice", "hello", "bob").thread();
    town.settle();
    town.submit("bob", new Command.Accept(town.threads("bob").get(0).id()));
    town.answer("bob", town.threads("bob").get(0).id(), "yes?");
    town.settle();
    return thread;
  }

  @Test
  void everybodySeesTheNewTextInItsOldPlace() {
    var thread = acquainted();
    var first = town.answer("alice", thread, "tset").id();
    town.settle();
    town.answer("alice", thread, "after");
    town.settle();
    var atBob = town.threads("bob").get(0).id();
    var order = town.messages("bob", atBob).stream().map(MessageView::id).toList();
    var counts = town.counts("bob");
    var before = view("bob", first);
    assertNull(before.edited());
    assertTrue(edited("alice", first, 1, "test").changed());
    assertEquals("test", text("alice", first));
    assertEquals(
        new MessageView.Edited(1, java.time.Instant.ofEpochMilli(town.now)),
        view("alice", first).edited());
    town.settle();
    var after = view("bob", first);
    assertEquals("test", said(after));
    assertEquals(view("alice", first).edited(), after.edited());
    assertEquals(order, town.messages("bob", atBob).stream().map(MessageView::id).toList());
    assertEquals(counts, town.counts("bob"));
    assertEquals(before.position(), after.position());
    assertEquals(before.seq(), after.seq());
    assertEquals(before.flags(), after.flags());
    assertTrue(town.outbox.isEmpty());
    assertTrue(Mailbox.agendaIsDone(town.at("alice").image, 1));
  }

  @Test
  void theLastMessageOfAThreadIsShownAsItIsNow() {
    var sent = town.chat("alice", "tset", "bob");
    town.settle();
    edited("alice", sent.id(), 1, "test");
    town.settle();
    for (String user : List.of("alice", "bob")) {
      var last =
          user.equals("bob")
              ? town.ask(user, new Query.Threads(FolderId.REQUESTS, null, 9, null)).threads().get(0)
              : town.threads(user).get(0);
      assertEquals("test", said(java.util.Objects.requireNonNull(last.last())), user);
    }
  }

  @Test
  void theOldTextIsTakenOutOfTheLogAtOnce() {
    var sent = town.chat("alice", "the old secret", "bob");
    town.settle();
    edited("alice", sent.id(), 1, "a second secret");
    town.settle();
    edited("alice", sent.id(), 2, "nothing");
    town.settle();
    for (String user : List.of("alice", "bob")) {
      for (var row : town.at(user).log.values()) {
        var body = row.body() == null ? "" : new String(row.body(), StandardCharsets.UTF_8);
        assertFalse(body.contains("secret"), user);
      }
      for (var object : town.at(user).bytes().values()) {
        assertFalse(new String(object, StandardCharsets.UTF_8).contains("secret"), user);
      }
      assertEquals("nothing", text(user, sent.id()));
    }
  }

  @Test
  void eachPlacementHasANewUidAndTheOldOneIsGone() {
    var thread = acquainted();
    var id = town.answer("alice", thread, "tset").id();
    town.settle();
    var keep = town.submit("bob", new Command.CreateFolder("Keep")).folder();
    int old = placement("bob", FolderId.CHATS, id).uid();
    town.submit("bob", new Command.Place(FolderId.CHATS, List.of(old), keep, false));
    town.submit("bob", new Command.SetFlags(id, Set.of("\\Seen", "work"), Set.of()));
    var was = placement("bob", FolderId.CHATS, id);
    var copy = placement("bob", keep, id);
    long seq = town.at("bob").lastSeq();
    edited("alice", id, 1, "another text");
    town.settle();
    for (var now : List.of(placement("bob", FolderId.CHATS, id), placement("bob", keep, id))) {
      assertEquals(was.words(), now.words());
      assertEquals(was.receivedMillis(), now.receivedMillis());
      assertEquals(was.thread(), now.thread());
      assertNotEquals(was.emailId(), now.emailId());
      assertEquals(mail("bob", id).length(), now.sizeBytes());
      assertTrue(now.modseq() > seq);
    }
    assertTrue(placement("bob", FolderId.CHATS, id).uid() > was.uid());
    assertTrue(placement("bob", keep, id).uid() > copy.uid());
    for (var folder : List.of(FolderId.CHATS, keep)) {
      int gone = folder.equals(keep) ? copy.uid() : was.uid();
      assertEquals(
          List.of(new UidRange(gone, gone)),
          town.ask("bob", new Query.Expunged(folder, 1, Integer.MAX_VALUE, seq)).uids());
      assertTrue(
          placements("bob", folder).stream().noneMatch(p -> p.uid() == gone),
          "the old UID is gone");
    }
  }

  @Test
  void itsMailIsTheSameAfterReplayAndDiffersFromTheOldOneInMessageIdAndText() {
    var thread = acquainted();
    var id = town.answer("alice", thread, "tset").id();
    town.settle();
    var old = mail("bob", id);
    edited("alice", id, 1, "test");
    town.settle();
    var now = mail("bob", id);
    var root = id.value().toLowerCase(java.util.Locale.ROOT);
    assertEquals(
        old.replace("<" + root + "@chat", "<" + root + ".1@chat").replace("tset", "test"), now);
    var box = town.at("bob").replayed(town.at("bob").log);
    box.warm.clear();
    var again = box.ask(new Query.Form(id), town.now);
    assertEquals(town.ask("bob", new Query.Form(id)), again);
  }

  @Test
  void whoAnswersTheEditedMailAnswersTheChat() {
    var sent = town.chat("alice", "tset", "bob");
    edited("alice", sent.id(), 1, "test");
    assertEquals(
        sent.id().value(),
        io.mainstem.message.MailForm.chatOf(
            io.mainstem.message.MailForm.chatId(sent.id().value(), 1)));
    assertNull(io.mainstem.message.MailForm.chatOf("a.b@elsewhere.example"));
  }

  @Test
  void anEditThatComesFirstIsTheMessageAndTheMessageChangesNothing() {
    acquainted();
    var sent = town.chat("alice", "first", "bob");
    edited("alice", sent.id(), 1, "second");
    edited("alice", sent.id(), 2, "third");
    var ways = List.copyOf(town.outbox);
    town.outbox.clear();
    assertEquals(3, ways.size());
    for (int i : List.of(1, 0, 2, 1, 0, 2)) {
      town.submit("bob", ways.get(i).deliver());
      assertEquals(
          i == 2 || town.at("bob").eventKinds.containsKey("Edited") ? "third" : "second",
          text("bob", sent.id()));
    }
    assertEquals(1, town.at("bob").eventKinds.get("Edited"));
    assertEquals(
        1,
        town.messages("bob", view("bob", sent.id()).thread()).stream()
            .filter(m -> m.id().equals(sent.id()))
            .count());
  }

  @Test
  void whatWasNotHandedYetIsHandedAsItIsNow() {
    acquainted();
    town.submit("bob", new Command.Read(town.threads("bob").get(0).id(), town.at("bob").lastSeq()));
    town.settle();
    var sent = town.chat("alice", "first", "bob");
    var other = town.chat("alice", "other", "bob");
    edited("alice", sent.id(), 1, "second");
    var lost = List.copyOf(town.outbox);
    town.outbox.clear();
    town.at("alice").dropSome(new SplittableRandom(1), 1);
    var due = town.ask("alice", new Query.Outstanding(0, 9)).outgoing();
    assertEquals(lost.subList(1, 3), due);
    due.forEach(o -> town.submit("bob", o.deliver()));
    assertEquals("second", text("bob", sent.id()));
    assertEquals("other", text("bob", other.id()));
    // Whoever has read the edited message has read no more than that.
    var bob = new UserId("bob");
    var atBob = view("bob", sent.id());
    town.submit(
        "alice",
        new Command.Report(
            bob, List.of(new Command.Progress(sent.thread(), due.get(1).seq(), 0, 0))));
    assertEquals(List.of(), town.ask("alice", new Query.Outstanding(0, 9)).outgoing());
    assertTrue(Mailbox.agendaIsDone(town.at("alice").image, 1));
    town.submit("bob", new Command.SetFlags(atBob.id(), Set.of("\\Seen"), Set.of()));
    town.settle();
    assertEquals(Status.READ, view("alice", sent.id()).status());
    assertNotEquals(Status.READ, view("alice", other.id()).status());
  }

  @Test
  void anEditOfAnOldMessageIsFoundBehindManyNewOnes() {
    var thread = acquainted();
    var old = town.answer("alice", thread, "tset").id();
    for (int i = 0; i < 600; i++) {
      town.answer("alice", thread, "m" + i);
    }
    town.settle();
    edited("alice", old, 1, "test");
    var expected = List.copyOf(town.outbox);
    town.outbox.clear();
    town.at("alice").dropSome(new SplittableRandom(1), 1);
    assertEquals(expected, town.ask("alice", new Query.Outstanding(0, 9)).outgoing());
  }

  @Test
  void aRepeatChangesNothingAndOfTwoAtATimeOneIsRefused() {
    var sent = town.chat("alice", "zero", "bob");
    edited("alice", sent.id(), 1, "one");
    assertFalse(edited("alice", sent.id(), 1, "one").changed());
    assertEquals(Rule.CONFLICT, refusal("alice", edit(sent.id(), 1, "another")));
    assertEquals(Rule.CONFLICT, refusal("alice", edit(sent.id(), 3, "too far")));
    edited("alice", sent.id(), 2, "two");
    assertEquals(Rule.CONFLICT, refusal("alice", edit(sent.id(), 1, "one")));
    assertEquals("two", text("alice", sent.id()));
  }

  @Test
  void theSameSendAgainIsARepeatAfterAnEditToo() {
    var people = List.of(Town.person("bob"));
    var send =
        Command.Send.of(
            town.id(),
            null,
            Town.message(
                io.mainstem.message.Channel.CHAT, Town.person("alice"), people, "", "zero"),
            people,
            null);
    var sent = town.submit("alice", send);
    edited("alice", sent.id(), 1, "one");
    assertFalse(town.submit("alice", send).created());
    assertEquals("one", text("alice", sent.id()));
  }

  @Test
  void whatMayNotBeEditedIsRefusedByItsRule() {
    var thread = acquainted();
    var atBob = town.threads("bob").get(0).id();
    var bobs = town.answer("bob", atBob, "from bob").id();
    town.settle();
    assertEquals(Rule.NOT_PERMITTED, refusal("alice", edit(bobs, 1, "x")));
    var mail = town.mail("alice", "s", "t", "bob").id();
    assertEquals(Rule.NOT_PERMITTED, refusal("alice", edit(mail, 1, "x")));
    var id = town.answer("alice", thread, "zero").id();
    assertEquals(Rule.NOT_FOUND, refusal("alice", edit(town.id(), 1, "x")));
    assertEquals(Rule.INVALID, refusal("alice", edit(id, 1, " \n")));
    var limits = town.at("alice").limits;
    assertEquals(
        Rule.TOO_LARGE, refusal("alice", edit(id, 1, "x".repeat(limits.maxTextBytes() + 1))));
    for (int i = 1; i <= limits.maxEdits(); i++) {
      edited("alice", id, i, "text " + i);
    }
    assertEquals(Rule.NOT_PERMITTED, refusal("alice", edit(id, limits.maxEdits() + 1, "x")));
    var late = town.answer("alice", thread, "late").id();
    town.now += Duration.ofDays(1).toMillis() + 1;
    assertEquals(Rule.NOT_PERMITTED, refusal("alice", edit(late, 1, "x")));
    var gone = town.answer("alice", thread, "gone").id();
    town.submit("alice", new Command.Delete(gone));
    assertEquals(Rule.NOT_PERMITTED, refusal("alice", edit(gone, 1, "x")));
    town.submit("alice", new Command.Delete(gone));
    assertEquals(Rule.NOT_FOUND, refusal("alice", edit(gone, 1, "x")));
  }

  @Test
  void whoHasErasedItGetsNothingOfItAgain() {
    acquainted();
    var sent = town.chat("alice", "tset", "bob");
    town.settle();
    town.submit("bob", new Command.Erase(sent.id()));
    edited("alice", sent.id(), 1, "test");
    town.settle();
    assertEquals("(erased)", text("bob", sent.id()));
    assertNull(town.at("bob").eventKinds.get("Edited"));
    assertTrue(Mailbox.agendaIsDone(town.at("alice").image, 1), "alice owes nothing");
  }

  @Test
  void whoHasDeletedItAndTakesThatBackFindsTheNewText() {
    acquainted();
    var sent = town.chat("alice", "tset", "bob");
    town.settle();
    town.submit("bob", new Command.Delete(sent.id()));
    var forGood = town.submit("bob", new Command.Delete(sent.id()));
    edited("alice", sent.id(), 1, "test");
    town.settle();
    town.submit("bob", new Command.Undo(forGood.cursor().seq()));
    assertEquals("test", text("bob", sent.id()));
    town.now += Duration.ofHours(1).toMillis();
    town.submit("bob", new Command.Due());
    assertEquals("test", text("bob", sent.id()), "its erasure was taken back, too");
  }

  @Test
  void whatIsDeletedForGoodIsErasedWithItsEdit() {
    acquainted();
    var sent = town.chat("alice", "tset", "bob");
    town.settle();
    town.submit("bob", new Command.Delete(sent.id()));
    town.submit("bob", new Command.Delete(sent.id()));
    edited("alice", sent.id(), 1, "the secret");
    town.settle();
    town.now += Duration.ofHours(1).toMillis();
    town.submit("bob", new Command.Due());
    for (var row : town.at("bob").log.values()) {
      assertFalse(
          row.body() != null
              && new String(row.body(), StandardCharsets.UTF_8).contains("the secret"));
    }
  }

  @Test
  void anEditOfTheSenderTakesNoUndoAway() {
    var thread = acquainted();
    var id = town.answer("alice", thread, "tset").id();
    town.settle();
    var atBob = town.threads("bob").get(0).id();
    var undone = new ArrayList<Reply.Done>();
    undone.add(town.submit("bob", new Command.SetFlags(id, Set.of("work"), Set.of())));
    edited("alice", id, 1, "one");
    town.settle();
    undone.add(town.submit("bob", new Command.Move(atBob, FolderId.INBOX, FolderId.ARCHIVE)));
    edited("alice", id, 2, "two");
    town.settle();
    edited("alice", id, 3, "three");
    town.settle();
    assertEquals(List.of(FolderId.ARCHIVE), view("bob", id).folders());
    assertTrue(town.submit("bob", new Command.Undo(undone.get(1).cursor().seq())).changed());
    assertEquals(List.of(FolderId.CHATS), view("bob", id).folders());
    assertEquals(Set.of("work"), view("bob", id).flags());
    var read = town.submit("bob", new Command.Read(atBob, town.at("bob").lastSeq()));
    edited("alice", id, 4, "four");
    town.settle();
    assertTrue(view("bob", id).flags().contains("\\Seen"));
    assertTrue(town.submit("bob", new Command.Undo(read.cursor().seq())).changed());
    assertFalse(view("bob", id).flags().contains("\\Seen"));
    assertEquals("four", text("bob", id));
    assertEquals(
        Rule.NOT_UNDOABLE, refusal("alice", new Command.Undo(town.at("alice").lastSeq() - 1)));
  }

  @Test
  void whatWasTouchedAfterAnEditIsNotUndoneFromBeforeIt() {
    var thread = acquainted();
    var id = town.answer("alice", thread, "tset").id();
    town.settle();
    var flagged = town.submit("bob", new Command.SetFlags(id, Set.of("work"), Set.of()));
    edited("alice", id, 1, "one");
    town.settle();
    town.submit("bob", new Command.SetFlags(id, Set.of("\\Flagged"), Set.of()));
    assertFalse(town.submit("bob", new Command.Undo(flagged.cursor().seq())).changed());
    assertEquals(Set.of("work", "\\Flagged"), view("bob", id).flags());
  }

  @Test
  void aGroupGetsItAndWhoLeftGetsWhatHeHadGot() {
    var people = List.of(Town.person("bob"), Town.person("carol"));
    var group =
        town.submit(
            "alice",
            Command.Send.of(
                town.id(),
                null,
                Town.message(
                    io.mainstem.message.Channel.CHAT, Town.person("alice"), List.of(), "", "tset"),
                people,
                "Friends"));
    town.settle();
    town.submit(
        "alice",
        new Command.ChangeGroup(group.thread(), null, List.of(), List.of(Town.person("carol"))));
    edited("alice", group.id(), 1, "test");
    town.settle();
    assertEquals("test", text("bob", group.id()));
    assertEquals("test", text("carol", group.id()));
  }

  @Test
  void whatFailedIsTriedAgainWithTheNewText() {
    acquainted();
    var sent = town.chat("alice", "tset", "bob");
    var first = town.outbox.poll();
    town.submit("alice", new Command.Fail(sent.id(), Town.person("bob"), "no room"));
    edited("alice", sent.id(), 1, "test");
    assertTrue(town.outbox.isEmpty(), "nobody has it who could be told");
    town.submit("alice", new Command.Retry(sent.id()));
    // The first try had come through after all.
    town.submit("bob", first.deliver());
    town.settle();
    assertEquals("test", text("bob", sent.id()));
    assertNotEquals(Status.FAILED, view("alice", sent.id()).status());
    edited("alice", sent.id(), 2, "again");
    town.settle();
    assertEquals("again", text("bob", sent.id()));
  }

  @Test
  void anEditThatFailsLeavesTheMessageDelivered() {
    acquainted();
    var sent = town.chat("alice", "tset", "bob");
    town.settle();
    edited("alice", sent.id(), 1, "test");
    town.outbox.clear();
    town.submit("alice", new Command.Fail(sent.id(), Town.person("bob"), "he has gone"));
    assertNotEquals(Status.FAILED, view("alice", sent.id()).status());
    assertEquals(List.of(), town.ask("alice", new Query.Outstanding(0, 9)).outgoing());
    assertTrue(Mailbox.agendaIsDone(town.at("alice").image, 1));
  }

  @Test
  void erasingWhatIsStillOwedOwesNothing() {
    acquainted();
    var sent = town.chat("alice", "tset", "bob");
    town.settle();
    edited("alice", sent.id(), 1, "the secret");
    town.outbox.clear();
    town.submit("alice", new Command.Erase(sent.id()));
    assertEquals(List.of(), town.ask("alice", new Query.Outstanding(0, 9)).outgoing());
    assertTrue(Mailbox.agendaIsDone(town.at("alice").image, 1));
    assertNotEquals(Status.FAILED, view("alice", sent.id()).status());
    for (var row : town.at("alice").log.values()) {
      assertFalse(
          row.body() != null
              && new String(row.body(), StandardCharsets.UTF_8).contains("the secret"));
    }
  }

  @Test
  void aFrameTellsTheNewTextAndMovesNothing() {
    var sent = town.chat("alice", "tset", "bob");
    town.settle();
    long before = town.at("bob").lastSeq();
    edited("alice", sent.id(), 1, "test");
    town.settle();
    var frames = town.ask("bob", new Query.Updates(new Cursor(1, before), 9)).frames();
    assertEquals(1, frames.size());
    var changes = frames.get(0).changes();
    var changed = (Change.MessageChanged) changes.get(0);
    assertFalse(changed.arrived());
    assertEquals("test", said(changed.message()));
    assertEquals(1, java.util.Objects.requireNonNull(changed.message().edited()).number());
    assertEquals(
        List.of("MessageChanged", "CountsChanged"),
        changes.stream().map(c -> c.getClass().getSimpleName()).toList());
    var folder = frames.get(0).folders().get(0);
    assertEquals(1, folder.added().size());
    assertEquals(List.of(new UidRange(1, 1)), folder.expunged());
  }
}
