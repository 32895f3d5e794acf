package io.mainstem.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Rejected;
import io.mainstem.message.ThreadId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where messages of strangers stand, and what the owner can do about it. */
class StrangersTest {
  private final Town town = new Town("alice", "bob", "carol");

  private static Settings.Patch patch(Settings.WhoMayChat who, Boolean screen, Set<String> block) {
    return new Settings.Patch(null, who, null, screen, null, block, Set.of(), Map.of());
  }

  private ThreadId chatOfBob() {
    town.chat("bob", "hello", "alice");
    town.settle();
    return town.threads("alice").get(0).id();
  }

  @Test
  void acceptingBringsTheThreadAndAllLaterMessagesHome() {
    var thread = chatOfBob();
    assertEquals(new Counts(0, 1), town.counts("alice"));
    town.submit("alice", new Command.Accept(thread));
    assertEquals(new Counts(1, 0), town.counts("alice"));
    town.chat("bob", "again", "alice");
    town.settle();
    var views = town.messages("alice", thread);
    assertEquals(List.of(FolderId.CHATS), views.get(1).folders());
    assertNull(views.get(0).reason(), "the reason is that of Requests");
  }

  @Test
  void decliningIsSilentAndAcceptingStillWorksInJunk() {
    var thread = chatOfBob();
    town.submit("alice", new Command.Decline(thread));
    assertEquals(new Counts(0, 0), town.counts("alice"));
    town.chat("bob", "again", "alice");
    town.settle();
    town.submit("alice", new Command.Handed(town.at("alice").lastSeq()));
    town.submit("alice", new Command.Read(thread, town.at("alice").lastSeq()));
    town.settle();
    var atBob = town.threads("bob").get(0).id();
    assertEquals(Status.SENT, town.messages("bob", atBob).get(1).status(), "nobody is told");
    assertEquals(List.of(FolderId.JUNK), town.messages("alice", thread).get(1).folders());
    town.submit("alice", new Command.Accept(thread));
    assertEquals(List.of(FolderId.CHATS), town.messages("alice", thread).get(1).folders());
  }

  @Test
  void mailOfAStrangerIsInInboxMarkedAndScreenedOnlyOnWish() {
    var dora = Town.outsider("dora@elsewhere.example");
    var mail = Town.message(Channel.MAIL, dora, List.of(Town.person("alice")), "Hi", "x");
    var first = town.arrives("alice", mail);
    assertEquals(FolderId.INBOX, first.folder());
    assertEquals("new-sender", town.messages("alice", first.thread()).get(0).reason().code());
    town.submit("alice", new Command.ChangeSettings(patch(null, true, Set.of())));
    assertEquals(FolderId.REQUESTS, town.arrives("alice", mail).folder());
    town.mail("alice", "Re: Hi", "y", "dora@elsewhere.example");
    assertEquals(
        FolderId.INBOX, town.arrives("alice", mail).folder(), "writing to them is knowing them");
    assertEquals(0, town.counts("alice").requests());
  }

  @Test
  void onlyContactsMayChatWhenTheOwnerWantsIt() {
    town.submit(
        "alice", new Command.ChangeSettings(patch(Settings.WhoMayChat.CONTACTS, null, Set.of())));
    town.chat("bob", "hello", "alice");
    assertEquals(Rejected.Rule.NOT_PERMITTED, assertThrows(Rejected.class, town::settle).rule());
    town.chat("alice", "hello", "carol");
    town.settle();
    town.chat("carol", "hi", "alice");
    town.settle();
    assertEquals(1, town.counts("alice").unread());
  }

  @Test
  void whatABlockedPersonWritesGoesToJunk() {
    town.submit("alice", new Command.ChangeSettings(patch(null, null, Set.of("u:bob"))));
    town.chat("bob", "hello", "alice");
    town.settle();
    var junk = town.ask("alice", new Query.Threads(FolderId.JUNK, null, 10, null)).threads();
    assertEquals("blocked", junk.get(0).reason().code());
    assertEquals(new Counts(0, 0), town.counts("alice"));
    assertEquals(List.of(), town.threads("alice"));
  }

  @Test
  void aBurstToManyNewPeopleIsHeldAndGoesOutLater() {
    var box = town.at("alice");
    box.limits =
        new Limits(
            1 << 30,
            1000,
            100,
            1,
            Duration.ofDays(7),
            1 << 16,
            256,
            10,
            10,
            10,
            Duration.ofMinutes(10),
            Duration.ofDays(1),
            20);
    town.chat("alice", "one", "bob");
    var held = town.chat("alice", "two", "carol");
    assertEquals("burst-held", town.messages("alice", held.thread()).get(0).reason().code());
    town.settle();
    assertEquals(List.of(), town.threads("carol"));
    assertFalse(Mailbox.agendaIsDone(box.image, 1));
    town.now = Mailbox.dueMillis(box.image);
    assertTrue(town.submit("alice", new Command.Due()).changed());
    town.settle();
    assertEquals(1, town.threads("carol").size());
    assertNull(town.messages("alice", held.thread()).get(0).reason());
    assertTrue(Mailbox.agendaIsDone(box.image, 1));
  }

  @Test
  void anArchivedThreadComesBackUnlessItIsMuted() {
    var thread = chatOfBob();
    town.submit("alice", new Command.Accept(thread));
    town.submit("alice", new Command.Move(thread, FolderId.INBOX, FolderId.ARCHIVE));
    assertEquals(
        List.of(), town.ask("alice", new Query.Threads(FolderId.INBOX, null, 10, null)).threads());
    town.chat("bob", "back", "alice");
    town.settle();
    assertEquals(
        1, town.ask("alice", new Query.Threads(FolderId.INBOX, null, 10, null)).threads().size());
    town.submit("alice", new Command.Move(thread, FolderId.INBOX, FolderId.ARCHIVE));
    town.submit("alice", new Command.ChangeThread(thread, new ThreadSettings(true, null)));
    town.chat("bob", "not back", "alice");
    town.settle();
    assertEquals(
        List.of(), town.ask("alice", new Query.Threads(FolderId.INBOX, null, 10, null)).threads());
    assertEquals(0, town.counts("alice").unread());
  }

  @Test
  void aFullMailboxRefuses() {
    town.at("alice").limits =
        new Limits(
            1 << 30,
            1,
            100,
            100,
            Duration.ofDays(7),
            1 << 16,
            256,
            10,
            10,
            10,
            Duration.ofMinutes(10),
            Duration.ofDays(1),
            20);
    town.chat("alice", "one", "bob");
    assertEquals(
        Rejected.Rule.OVER_QUOTA,
        assertThrows(Rejected.class, () -> town.chat("alice", "two", "bob")).rule());
  }

  @Test
  void tooManyMessagesInAnHourAreRefused() {
    town.at("alice").limits =
        new Limits(
            1 << 30,
            99,
            2,
            100,
            Duration.ofDays(7),
            1 << 16,
            256,
            10,
            10,
            10,
            Duration.ofMinutes(10),
            Duration.ofDays(1),
            20);
    town.chat("alice", "one", "bob");
    town.chat("alice", "two", "bob");
    assertEquals(
        Rejected.Rule.RATE_LIMITED,
        assertThrows(Rejected.class, () -> town.chat("alice", "three", "bob")).rule());
    town.now += 3_600_000;
    town.chat("alice", "three", "bob");
  }
}
