package io.mainstem.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.mailbox.Command.FlagsMode;
import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Headers;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.ThreadId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Moving, deleting, undoing, erasing; folders, drafts, order, together and apart. */
class TidyingTest {
  private static final Person DORA = Town.outsider("dora@elsewhere.example");
  private final Town town = new Town("alice", "bob");

  private Reply.Delivered mail(String subject) {
    return town.arrives(
        "alice",
        Town.message(
            Channel.MAIL, DORA, List.of(Town.person("alice")), subject, "text of " + subject));
  }

  private FolderView folder(FolderId id) {
    return town.ask("alice", new Query.Folders()).stream()
        .filter(f -> f.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private List<FolderId> places(MessageId id) {
    return town.ask("alice", new Query.One(id)).folders();
  }

  @Test
  void deletingGoesToTrashThenForGoodAndIsUndoneInTime() {
    var m = mail("one");
    town.submit("alice", new Command.Delete(m.id()));
    assertEquals(List.of(FolderId.TRASH), places(m.id()));
    var gone = town.submit("alice", new Command.Delete(m.id()));
    assertThrows(Rejected.class, () -> places(m.id()));
    assertTrue(town.submit("alice", new Command.Undo(gone.cursor().seq())).changed());
    assertEquals(List.of(FolderId.TRASH), places(m.id()));
    assertEquals("text of one", town.ask("alice", new Query.One(m.id())).message().text());
    assertFalse(town.submit("alice", new Command.Undo(gone.cursor().seq())).changed());
    assertEquals(
        Long.MAX_VALUE, Mailbox.dueMillis(town.at("alice").image), "nothing is erased any more");
  }

  @Test
  void aThreadWhoseNewestMessageStandsInTwoFoldersIsListedOnce() {
    town.chat("alice", "hello", "bob");
    town.settle();
    mail("in two folders");
    town.submit("alice", new Command.Place(FolderId.INBOX, List.of(1), FolderId.CHATS, false));
    // Of a thread with two channels the older place is passed over.
    town.mail("bob", "older", "older", "alice");
    town.chat("bob", "newest", "alice");
    town.settle();
    for (int limit = 1; limit < 4; limit++) {
      var listed =
          town.ask("alice", new Query.Threads(FolderId.INBOX, null, limit, null)).threads();
      assertEquals(
          listed.size(), listed.stream().map(ThreadView::id).distinct().count(), "of " + limit);
    }
  }

  @Test
  void contentIsErasedWhenTheTimeToUndoIsOver() {
    var m = mail("one");
    town.submit("alice", new Command.Delete(m.id()));
    var gone = town.submit("alice", new Command.Delete(m.id()));
    var box = town.at("alice");
    assertNotNull(box.log.get(m.cursor().seq()).body());
    town.now = Mailbox.dueMillis(box.image);
    town.submit("alice", new Command.Due());
    assertNull(box.log.get(m.cursor().seq()).body());
    var late =
        assertThrows(
            Rejected.class, () -> town.submit("alice", new Command.Undo(gone.cursor().seq())));
    assertEquals(Rejected.Rule.NOT_UNDOABLE, late.rule());
  }

  @Test
  void erasingTakesTheContentAtOnceAndLeavesThePlace() {
    var m = mail("one");
    town.submit("alice", new Command.Erase(m.id()));
    assertNull(town.at("alice").log.get(m.cursor().seq()).body());
    assertNull(town.ask("alice", new Query.One(m.id())).message());
    assertEquals(List.of(FolderId.INBOX), places(m.id()));
    var frames = town.ask("alice", new Query.Updates(new Cursor(0, 0), 10)).frames();
    assertEquals(2, frames.size());
  }

  private Command.Append append(
      MessageId id, String subject, Command.Replaced replaces, boolean waits) {
    return new Command.Append(
        id,
        FolderId.ARCHIVE,
        Town.message(Channel.MAIL, DORA, List.of(Town.person("alice")), subject, "text"),
        Set.of(),
        town.now,
        0,
        null,
        replaces,
        waits,
        null);
  }

  @Test
  void whatWaitsIsSeenByNobodyAndComesInAtOnce() {
    var one = town.submit("alice", append(town.id(), "one", null, true));
    var two = town.submit("alice", append(town.id(), "two", null, true));
    assertEquals(0, folder(FolderId.ARCHIVE).messages());
    assertThrows(Rejected.class, () -> places(one.id()));
    var frames = town.ask("alice", new Query.Updates(new Cursor(0, 0), 10)).frames();
    for (var frame : frames) {
      assertTrue(
          frame.folders().isEmpty()
              && frame.changes().stream().allMatch(c -> c instanceof Change.Bookkeeping),
          "nobody is told: " + frame);
    }
    var admit =
        new Command.Admit(
            FolderId.ARCHIVE,
            List.of(
                Command.Waiting.of(one.id(), Set.of("\\Seen")),
                Command.Waiting.of(two.id(), Set.of())));
    var admitted = town.submit("alice", admit);
    assertEquals(List.of(1, 2), admitted.to());
    assertEquals(2, folder(FolderId.ARCHIVE).messages());
    assertEquals(1, folder(FolderId.ARCHIVE).unseen());
    assertEquals("text", town.ask("alice", new Query.One(two.id())).message().text());
    assertEquals(
        Long.MAX_VALUE, Mailbox.dueMillis(town.at("alice").image), "nothing is erased any more");
    assertEquals(List.of(1, 2), town.submit("alice", admit).to(), "a repeat changes nothing");
    assertEquals(3, folder(FolderId.ARCHIVE).uidNext());
  }

  @Test
  void whatWaitsForTooLongIsErased() {
    var one = town.submit("alice", append(town.id(), "one", null, true));
    var two = town.submit("alice", append(town.id(), "two", null, true));
    var box = town.at("alice");
    assertNotNull(box.log.get(one.cursor().seq()).body());
    town.now = Mailbox.dueMillis(box.image);
    town.submit("alice", new Command.Due());
    assertNull(box.log.get(one.cursor().seq()).body());
    var admit =
        new Command.Admit(
            FolderId.ARCHIVE,
            List.of(
                Command.Waiting.of(two.id(), Set.of()), Command.Waiting.of(one.id(), Set.of())));
    assertThrows(Rejected.class, () -> town.submit("alice", admit));
    assertEquals(0, folder(FolderId.ARCHIVE).messages(), "all, or none");
  }

  @Test
  void aReplacedMessageGoesInTheEntryInWhichTheNewOneComes() {
    var old = town.submit("alice", append(town.id(), "draft", null, false));
    var replaces = new Command.Replaced(FolderId.ARCHIVE, old.uid());
    var next = town.submit("alice", append(town.id(), "draft", replaces, false));
    assertEquals(old.cursor().seq() + 1, next.cursor().seq());
    assertThrows(Rejected.class, () -> places(old.id()));
    assertEquals(1, folder(FolderId.ARCHIVE).messages());
    var frame = town.ask("alice", new Query.Updates(old.cursor(), 10)).frames().get(0);
    var change = frame.folders().get(0);
    assertEquals(next.uid(), change.added().get(0).uid());
    assertEquals(List.of(new UidRange(old.uid(), old.uid())), change.expunged());
    var again =
        assertThrows(
            Rejected.class,
            () -> town.submit("alice", append(town.id(), "draft", replaces, false)));
    assertEquals(Rejected.Rule.NOT_FOUND, again.rule());
    var box = town.at("alice");
    town.now = Mailbox.dueMillis(box.image);
    town.submit("alice", new Command.Due());
    assertNull(box.log.get(old.cursor().seq()).body(), "its content is erased in time");
    assertNotNull(box.log.get(next.cursor().seq()).body());
  }

  @Test
  void annotationsGoWithTheirFolder() {
    var work = town.submit("alice", new Command.CreateFolder("work")).folder();
    var note = new Annotation("/private/comment", "mine");
    assertTrue(town.submit("alice", new Command.Annotate(work, List.of(note))).changed());
    assertTrue(town.submit("alice", new Command.Annotate(null, List.of(note))).changed());
    assertFalse(town.submit("alice", new Command.Annotate(work, List.of(note))).changed());
    assertEquals(List.of(note), town.ask("alice", new Query.Annotations(work)));
    town.submit("alice", new Command.RenameFolder(work, "play"));
    assertEquals(List.of(note), town.ask("alice", new Query.Annotations(work)));
    town.submit("alice", new Command.DeleteFolder(work));
    assertThrows(Rejected.class, () -> town.ask("alice", new Query.Annotations(work)));
    assertEquals(List.of(note), town.ask("alice", new Query.Annotations(null)));
    town.submit(
        "alice", new Command.Annotate(null, List.of(new Annotation("/private/comment", null))));
    assertEquals(List.of(), town.ask("alice", new Query.Annotations(null)));
    var far = new Annotation("/private/far", "x".repeat(300_000));
    var refused =
        assertThrows(
            Rejected.class, () -> town.submit("alice", new Command.Annotate(null, List.of(far))));
    assertEquals(Rejected.Rule.OVER_QUOTA, refused.rule());
  }

  @Test
  void undoRevertsOnlyWhatNothingLaterTouched() {
    var a = mail("one");
    var b = mail("two");
    var moved =
        town.submit("alice", new Command.Move(a.thread(), FolderId.INBOX, FolderId.ARCHIVE));
    town.submit("alice", new Command.SetFlags(b.id(), Set.of("\\Flagged"), Set.of()));
    town.submit("alice", new Command.Undo(moved.cursor().seq()));
    assertEquals(List.of(FolderId.INBOX), places(a.id()));
    assertEquals(List.of(FolderId.ARCHIVE), places(b.id()));
  }

  @Test
  void sentStaysWhenAThreadMoves() {
    var m = mail("one");
    var sent = town.mail("alice", "Re: one", "answer", DORA.address());
    assertEquals(m.thread(), sent.thread());
    town.submit("alice", new Command.Move(m.thread(), FolderId.INBOX, FolderId.ARCHIVE));
    assertEquals(List.of(FolderId.SENT), places(sent.id()));
    assertEquals(List.of(FolderId.ARCHIVE), places(m.id()));
  }

  @Test
  void uidsAreNeverUsedAgain() {
    var m = mail("one");
    int uid = folder(FolderId.INBOX).uidNext() - 1;
    town.submit(
        "alice",
        new Command.StoreFlags(
            FolderId.INBOX, List.of(uid), Set.of("\\Deleted"), FlagsMode.ADD, 0));
    var gone = town.submit("alice", new Command.Expunge(FolderId.INBOX, List.of()));
    town.submit("alice", new Command.Undo(gone.cursor().seq()));
    assertEquals(uid + 2, folder(FolderId.INBOX).uidNext());
    assertEquals(1, folder(FolderId.INBOX).messages());
    assertEquals(List.of(FolderId.INBOX), places(m.id()));
  }

  @Test
  void storeLeavesAloneWhatChangedSince() {
    mail("one");
    long before = town.at("alice").lastSeq() - 1;
    var done =
        town.submit(
            "alice",
            new Command.StoreFlags(
                FolderId.INBOX,
                List.of(1),
                Set.of("\\Flagged"),
                FlagsMode.ADD,
                Math.max(1, before)));
    assertEquals(before < 1, done.changed());
    mail("two");
    long now = town.at("alice").lastSeq();
    assertTrue(
        town.submit(
                "alice",
                new Command.StoreFlags(FolderId.INBOX, List.of(1), Set.of("x"), FlagsMode.SET, now))
            .changed());
    assertFalse(
        town.submit(
                "alice",
                new Command.StoreFlags(FolderId.INBOX, List.of(1), Set.of(), FlagsMode.SET, now))
            .changed());
  }

  @Test
  void aDeletedFoldersMessagesGoToTrash() {
    var made = town.submit("alice", new Command.CreateFolder("Work"));
    var below = town.submit("alice", new Command.CreateFolder("Work/2026"));
    var m = mail("one");
    town.submit("alice", new Command.Move(m.thread(), FolderId.INBOX, made.folder()));
    town.submit("alice", new Command.RenameFolder(made.folder(), "Job"));
    assertEquals("Job/2026", folder(below.folder()).name());
    town.submit("alice", new Command.DeleteFolder(made.folder()));
    assertEquals(List.of(FolderId.TRASH), places(m.id()));
    var again = town.submit("alice", new Command.CreateFolder("Job"));
    assertTrue(folder(again.folder()).uidValidity() > 1);
    assertThrows(
        Rejected.class, () -> town.submit("alice", new Command.DeleteFolder(FolderId.INBOX)));
  }

  @Test
  void aDraftIsReplacedAndItsOldTextErased() {
    var id = town.id();
    var to = List.of(DORA);
    town.submit("alice", new Command.SaveDraft(id, null, to, Channel.MAIL, "s", "one", List.of()));
    long first = town.at("alice").lastSeq();
    town.submit("alice", new Command.SaveDraft(id, null, to, Channel.MAIL, "s", "two", List.of()));
    assertNull(town.at("alice").log.get(first).body());
    assertEquals("two", town.ask("alice", new Query.Drafts()).get(0).text());
    town.submit("alice", new Command.DiscardDraft(id));
    assertEquals(List.of(), town.ask("alice", new Query.Drafts()));
    assertFalse(town.submit("alice", new Command.DiscardDraft(id)).changed());
  }

  /** A mail program sends, and then puts its own copy into Sent (RFC 4315 §3: its UID is new). */
  @Test
  void aCopyOfWhatWasSentTakesItsPlaceInSent() {
    var sent = send("sent@mainstem.test");
    assertEquals(1, folder(FolderId.SENT).messages());
    var copy = copy("sent@mainstem.test");
    var found = town.submit("alice", copy);
    assertTrue(found.alike(), "who has the bytes is to look");
    assertEquals(sent.id(), found.id());
    assertEquals(1, folder(FolderId.SENT).uidNext() - 1, "nothing is stored yet");

    var put = town.submit("alice", copy.with(new Command.Alike(sent.id(), true)));
    assertEquals(sent.id(), put.id());
    assertEquals(2, put.uid());
    assertEquals(1, folder(FolderId.SENT).messages());
    assertEquals(3, folder(FolderId.SENT).uidNext());
    assertEquals(0, folder(FolderId.SENT).unseen());
    assertEquals(1, town.messages("alice", sent.thread()).size(), "the thread shows it once");
    var frames = town.ask("alice", new Query.Updates(sent.cursor(), 10)).frames();
    var changes = frames.get(frames.size() - 1).folders();
    assertEquals(List.of(new UidRange(1, 1)), changes.get(0).expunged());
    assertEquals(2, changes.get(0).added().get(0).uid());
    assertEquals(Set.of("\\Seen", "kept"), changes.get(0).added().get(0).words());
  }

  @Test
  void aCopyThatIsNoneIsAMessageOfItsOwn() {
    var sent = send("sent@mainstem.test");
    var other =
        town.submit("alice", copy("sent@mainstem.test").with(new Command.Alike(sent.id(), false)));
    assertFalse(other.id().equals(sent.id()));
    assertEquals(2, folder(FolderId.SENT).messages());
    // Nor is one of what does not stand in Sent any more.
    town.submit("alice", new Command.Delete(sent.id()));
    var late =
        town.submit("alice", copy("sent@mainstem.test").with(new Command.Alike(sent.id(), true)));
    assertFalse(late.id().equals(sent.id()));
    assertEquals(3, late.uid());
    // Drafts with the Message-ID of what is sent from them later are no copies.
    var draft = town.submit("alice", copy("draft@mainstem.test"));
    assertFalse(draft.alike());
    send("draft@mainstem.test");
    assertTrue(town.submit("alice", copy("draft@mainstem.test")).alike(), "what was sent is found");
  }

  @Test
  void copiesThatComeTogetherTakeThePlaceOfWhatWasSentWhenAllAreThere() {
    var sent = send("sent@mainstem.test");
    var copy = waiting("sent@mainstem.test");
    assertTrue(town.submit("alice", copy).alike());
    var known = town.submit("alice", copy.with(new Command.Alike(sent.id(), true)));
    assertEquals(sent.id(), known.id());
    assertEquals(1, known.uid(), "until all are there it stands where it stood");
    assertEquals(2, folder(FolderId.SENT).uidNext());
    var other = town.submit("alice", waiting("other@mainstem.test"));
    var admit =
        new Command.Admit(
            FolderId.SENT,
            List.of(
                new Command.Waiting(known.id(), Set.of("\\Seen"), known.uid()),
                new Command.Waiting(other.id(), Set.of(), other.uid())));
    assertEquals(List.of(2, 3), town.submit("alice", admit).to());
    assertEquals(2, folder(FolderId.SENT).messages());
    assertEquals(List.of(2, 3), town.submit("alice", admit).to(), "a repeat changes nothing");
    assertEquals(4, folder(FolderId.SENT).uidNext());
  }

  private Command.Append waiting(String messageId) {
    return new Command.Append(
        town.id(), FolderId.SENT, withId(messageId), Set.of(), town.now, 0, null, null, true, null);
  }

  @Test
  void aDraftThatIsReplacedByTheCopyOfWhatWasSentGoesInTheSameEntry() {
    var draft = town.submit("alice", append(town.id(), "draft", null, false));
    var sent = send("sent@mainstem.test");
    var copy = replacing(FolderId.ARCHIVE, draft.uid());
    assertTrue(town.submit("alice", copy).alike());
    var put = town.submit("alice", copy.with(new Command.Alike(sent.id(), true)));
    assertEquals(sent.id(), put.id());
    assertEquals(2, put.uid());
    assertEquals(1, folder(FolderId.SENT).messages());
    assertEquals(0, folder(FolderId.ARCHIVE).messages());
    var frame = town.ask("alice", new Query.Updates(sent.cursor(), 10)).frames().get(0);
    assertEquals(2, frame.folders().size(), "both folders change at once");
    // The copy in its own place: what was sent stays.
    var again = replacing(FolderId.SENT, 2);
    var once = town.submit("alice", again.with(new Command.Alike(sent.id(), true)));
    assertEquals(sent.id(), once.id());
    assertEquals(3, once.uid());
    assertEquals(1, folder(FolderId.SENT).messages());
    var box = town.at("alice");
    town.now = Mailbox.dueMillis(box.image);
    town.submit("alice", new Command.Due());
    assertNull(box.log.get(draft.cursor().seq()).body(), "the draft is erased in time");
    assertNotNull(box.log.get(sent.cursor().seq()).body());
    assertEquals(Long.MAX_VALUE, Mailbox.dueMillis(box.image));
  }

  private Command.Append replacing(FolderId folder, int uid) {
    return new Command.Append(
        town.id(),
        FolderId.SENT,
        withId("sent@mainstem.test"),
        Set.of("\\Seen"),
        town.now,
        0,
        null,
        new Command.Replaced(folder, uid),
        false,
        null);
  }

  /** Some programs put their copy into Sent first. */
  @Test
  void aCopyThatCameBeforeGivesWayToWhatIsSent() {
    var draft =
        Command.Append.of(
            town.id(),
            FolderId.DRAFTS,
            withId("early@mainstem.test"),
            Set.of("\\Draft"),
            town.now,
            0,
            null);
    town.submit("alice", draft);
    var early = town.submit("alice", copy("early@mainstem.test"));
    assertFalse(early.alike(), "nothing was sent yet");
    var command = submission("early@mainstem.test");
    var asked = town.submit("alice", command);
    assertFalse(asked.created());
    assertEquals(new Reply.Copy(early.id(), FolderId.SENT, early.uid()), asked.copy());
    assertThrows(Rejected.class, () -> places(command.id()));

    var sent = town.submit("alice", command.with(new Command.Alike(early.id(), true)));
    assertTrue(sent.created());
    assertNull(sent.copy());
    assertEquals(early.id(), sent.replaced());
    assertEquals(1, folder(FolderId.SENT).messages());
    assertEquals(3, folder(FolderId.SENT).uidNext());
    assertEquals(
        List.of(draft.id(), sent.id()),
        town.messages("alice", sent.thread()).stream().map(MessageView::id).toList());
    var frames = town.ask("alice", new Query.Updates(early.cursor(), 10)).frames();
    var change = frames.get(frames.size() - 1).folders().get(0);
    assertEquals(List.of(new UidRange(1, 1)), change.expunged());
    assertEquals(2, change.added().get(0).uid());
    assertEquals(Set.of("\\Seen", "kept"), change.added().get(0).words());
    assertTrue(town.submit("alice", new Command.Erase(early.id())).changed());
    assertNull(town.at("alice").log.get(early.cursor().seq()).body());
    // A second copy, after it was sent.
    assertEquals(sent.id(), town.submit("alice", copy("early@mainstem.test")).id());
    assertFalse(town.submit("alice", command).created(), "a repeat");
  }

  @Test
  void whatIsNoCopyOfWhatIsSentStays() {
    var early = town.submit("alice", copy("early@mainstem.test"));
    var sent =
        town.submit(
            "alice", submission("early@mainstem.test").with(new Command.Alike(early.id(), false)));
    assertTrue(sent.created());
    assertNull(sent.replaced());
    assertEquals(2, folder(FolderId.SENT).messages());
    // What stands elsewhere too is not erased.
    var two = town.submit("alice", copy("two@mainstem.test"));
    town.submit(
        "alice", new Command.Place(FolderId.SENT, List.of(two.uid()), FolderId.ARCHIVE, false));
    var after =
        town.submit(
            "alice", submission("two@mainstem.test").with(new Command.Alike(two.id(), true)));
    assertNull(after.replaced());
    assertEquals(List.of(FolderId.ARCHIVE), places(two.id()));
    // Of somebody else's mail in Sent nobody asks.
    town.submit(
        "alice",
        Command.Append.of(
            town.id(),
            FolderId.SENT,
            Message.of(
                Channel.MAIL,
                DORA,
                List.of(Town.person("alice")),
                "s",
                "t",
                withId("dora@mainstem.test").headers()),
            Set.of(),
            town.now,
            0,
            null));
    assertNull(town.submit("alice", submission("dora@mainstem.test")).copy());
  }

  private Command.Send submission(String messageId) {
    return town.submission(withId(messageId), "raw", List.of(Town.person("bob")));
  }

  private Reply.Sent send(String messageId) {
    var message = withId(messageId);
    return town.submit(
        "alice", Command.Send.of(town.id(), null, message, List.of(Town.person("bob")), null));
  }

  private Command.Append copy(String messageId) {
    return Command.Append.of(
        town.id(), FolderId.SENT, withId(messageId), Set.of("\\Seen", "kept"), town.now, 0, null);
  }

  private static Message withId(String messageId) {
    return Message.of(
        Channel.MAIL,
        Town.person("alice"),
        List.of(Town.person("bob")),
        "lunch",
        "at one?",
        Headers.of(messageId, null, List.of(), null));
  }

  @Test
  void importsEnterTheThreadsPastAndMoveNoClock() {
    var m = mail("now");
    var old = Town.message(Channel.MAIL, DORA, List.of(Town.person("alice")), "old", "then");
    var append =
        Command.Append.of(
            town.id(), FolderId.ARCHIVE, old, Set.of("\\Seen"), Town.START - 1_000_000, 60, "h1");
    var first = town.submit("alice", append);
    assertEquals(m.thread(), first.thread());
    assertEquals(
        List.of("then", "text of now"),
        town.messages("alice", m.thread()).stream().map(v -> v.message().text()).toList());
    var again =
        town.submit(
            "alice",
            Command.Append.of(town.id(), FolderId.ARCHIVE, old, Set.of(), Town.START, 0, "h1"));
    assertFalse(again.created());
    assertEquals(first.uid(), again.uid());
    var future =
        Command.Append.of(
            town.id(), FolderId.ARCHIVE, old, Set.of(), town.now + 9_999_999, 0, null);
    town.submit("alice", future);
    var stamps =
        town.messages("alice", m.thread()).stream()
            .map(v -> v.position().stamp().millis())
            .toList();
    assertTrue(stamps.get(2) <= town.now, "never later than now");
  }

  @Test
  void anAnswerNeverStandsBeforeWhatItAnswers() {
    var ahead =
        Town.message(
            Channel.CHAT,
            Town.person("bob"),
            List.of(Town.person("alice")),
            "",
            "from a fast clock");
    var m =
        town.submit(
            "alice",
            Command.Deliver.of(
                town.id(), "u:bob", null, Hlc.ofMillis(town.now + 4_000), ahead, null, null));
    town.answer("alice", m.thread(), "answer");
    assertEquals(
        List.of("from a fast clock", "answer"),
        town.messages("alice", m.thread()).stream().map(v -> v.message().text()).toList());
    var far =
        Command.Deliver.of(
            town.id(), "u:bob", null, Hlc.ofMillis(town.now + 60_000), ahead, null, null);
    assertEquals(
        Rejected.Rule.BUSY, assertThrows(Rejected.class, () -> town.submit("alice", far)).rule());
  }

  @Test
  void togetherAndApartChangeCountsAndNeverMessages() {
    mail("one");
    town.chat("alice", "hi", "bob");
    town.settle();
    var atBob = town.threads("bob").get(0).id();
    town.submit("alice", new Command.Read(town.threads("alice").get(0).id(), 0));
    town.answer("bob", atBob, "chat");
    town.mail("bob", "mail", "mail", "alice");
    town.settle();
    assertEquals(2, town.counts("alice").unread());
    apart("alice", ChannelView.APART);
    assertEquals(3, town.counts("alice").unread(), "mail and chat of Bob, mail of Dora");
    var thread =
        town.threads("alice").stream()
            .filter(t -> t.participants().get(0).user() != null)
            .findFirst()
            .orElseThrow()
            .id();
    var chat =
        town.ask("alice", new Query.Messages(thread, null, Channel.CHAT, 9, null, null)).messages();
    assertEquals(List.of("hi", "chat"), chat.stream().map(v -> v.message().text()).toList());
    town.submit(
        "alice", new Command.ChangeThread(thread, new ThreadSettings(false, ChannelView.TOGETHER)));
    assertEquals(2, town.counts("alice").unread(), "together for one person");
    apart("alice", ChannelView.TOGETHER);
    assertEquals(3, town.messages("alice", thread).size());
  }

  private void apart(String user, ChannelView view) {
    var patch = new Settings.Patch(view, null, null, null, null, Set.of(), Set.of(), Map.of());
    town.submit(user, new Command.ChangeSettings(patch));
  }

  @Test
  void retentionEmptiesTrash() {
    var m = mail("one");
    town.submit("alice", new Command.Delete(m.id()));
    var patch = new Settings.Patch(null, null, null, null, 30, Set.of(), Set.of(), Map.of());
    town.submit("alice", new Command.ChangeSettings(patch));
    town.submit("alice", new Command.Due());
    assertEquals(1, folder(FolderId.TRASH).messages());
    town.now += 31L * 86_400_000;
    town.submit("alice", new Command.Due());
    assertEquals(0, folder(FolderId.TRASH).messages());
    assertNull(town.at("alice").log.get(m.cursor().seq()).body());
  }

  @Test
  void whatDoesNotExistIsNotFound() {
    var none = new ThreadId("none");
    for (Command<?> c :
        List.of(
            new Command.Read(none, 0),
            new Command.Accept(none),
            new Command.Delete(town.id()),
            new Command.Undo(99),
            new Command.Move(none, FolderId.INBOX, FolderId.TRASH))) {
      assertEquals(
          Rejected.Rule.NOT_FOUND,
          assertThrows(Rejected.class, () -> town.submit("alice", c)).rule(),
          c.toString());
    }
    Message m = Town.message(Channel.CHAT, Town.person("alice"), List.of(), "", "x");
    assertThrows(
        Rejected.class,
        () -> town.submit("alice", Command.Send.of(town.id(), null, m, List.of(), null)));
    assertThrows(
        Rejected.class,
        () ->
            town.submit(
                "alice",
                Command.Send.of(
                    MessageId.of(5, 5, 5), null, m, List.of(Town.person("bob")), null)));
  }

  @Test
  void storeNamesWhatItLeftAlone() {
    mail("one");
    long between = town.at("alice").lastSeq();
    mail("two");
    var stored =
        town.submit(
            "alice",
            new Command.StoreFlags(
                FolderId.INBOX, List.of(1, 2), Set.of("\\Flagged"), FlagsMode.ADD, between));
    assertEquals(List.of(2), stored.modified());
    assertTrue(stored.changed());
  }

  @Test
  void copyAndMoveTellTheNewUids() {
    mail("one");
    mail("two");
    var copied =
        town.submit(
            "alice", new Command.Place(FolderId.INBOX, List.of(2, 1, 9), FolderId.ARCHIVE, false));
    assertEquals(List.of(1, 2), copied.from());
    assertEquals(List.of(1, 2), copied.to());
    assertEquals(folder(FolderId.ARCHIVE).uidValidity(), copied.uidValidity());
    var moved =
        town.submit("alice", new Command.Place(FolderId.INBOX, List.of(2), FolderId.ARCHIVE, true));
    assertEquals(List.of(3), moved.to());
    var change = town.ask("alice", new Query.Updates(new Cursor(1, moved.cursor().seq() - 1), 1));
    var folders = change.frames().get(0).folders();
    assertEquals(
        List.of(new UidRange(2, 2)),
        folders.stream()
            .filter(c -> c.folder().equals(FolderId.INBOX))
            .findFirst()
            .orElseThrow()
            .expunged());
    assertFalse(
        town.submit("alice", new Command.Place(FolderId.INBOX, List.of(7), FolderId.ARCHIVE, true))
            .changed());
  }
}
