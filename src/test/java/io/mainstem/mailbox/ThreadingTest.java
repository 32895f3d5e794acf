package io.mainstem.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Headers;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which thread a message belongs to, and who said it. */
class ThreadingTest {
  private static final Person DORA = Town.outsider("dora@elsewhere.example");
  private final Town town = new Town("alice", "bob", "carol");
  private int n;

  private Message mail(Person from, List<Person> to, String subject, Headers headers) {
    return Message.of(Channel.MAIL, from, to, subject, "text", headers);
  }

  private Headers headers(@Nullable String inReplyTo, @Nullable String listId, boolean machine) {
    return new Headers(
        "m" + n++ + "@x",
        inReplyTo,
        inReplyTo == null ? List.of() : List.of(inReplyTo),
        null,
        List.of(),
        List.of(),
        null,
        listId,
        null,
        machine,
        null,
        null,
        null);
  }

  private List<Person> alice() {
    return List.of(Town.person("alice"));
  }

  @Test
  void chatAndMailWithTheSamePeopleAreOneThread() {
    town.chat("alice", "hi", "bob");
    var thread = town.mail("alice", "Lunch", "at one?", "bob").thread();
    assertEquals(1, town.threads("alice").size());
    assertEquals(2, town.messages("alice", thread).size());
    assertEquals(ThreadKind.PEOPLE, town.threads("alice").get(0).kind());
  }

  @Test
  void onePersonMoreIsAnotherThread() {
    var two = town.chat("alice", "hi", "bob").thread();
    var three = town.chat("alice", "hi both", "bob", "carol").thread();
    assertNotEquals(two, three);
    town.settle();
    assertEquals(2, town.threads("bob").size());
  }

  @Test
  void notesToOneselfAreAThreadWithoutPeople() {
    var note = town.chat("alice", "buy milk", "alice").thread();
    var view = town.ask("alice", new Query.Thread(note, null));
    assertEquals(List.of(), view.participants());
    assertEquals(0, view.unread());
    assertEquals(0, town.outbox.size());
  }

  @Test
  void mailToOneselfIsOneMessageWithTwoPlacements() {
    var sent = town.mail("alice", "Note", "x", "alice");
    var views = town.messages("alice", sent.thread());
    assertEquals(1, views.size());
    assertEquals(List.of(FolderId.SENT, FolderId.INBOX), views.get(0).folders());
    assertEquals(new Counts(0, 0), town.counts("alice"), "own messages are never unread");
  }

  @Test
  void aGroupKeepsItsThreadWhenItsMembersChange() {
    var people = List.of(Town.person("bob"));
    var sent =
        town.submit(
            "alice",
            Command.Send.of(
                town.id(),
                null,
                Town.message(Channel.CHAT, Town.person("alice"), people, "", "hi"),
                people,
                "Trip"));
    town.submit(
        "alice",
        new Command.ChangeGroup(sent.thread(), "Trip 2", List.of(Town.person("carol")), List.of()));
    town.answer("alice", sent.thread(), "carol too");
    town.settle();
    assertEquals("Trip 2", town.threads("bob").get(0).title());
    assertEquals(2, town.threads("bob").get(0).participants().size());
    assertEquals(
        1,
        town.messages("carol", town.threads("carol").get(0).id()).size(),
        "who joins later sees what comes later");
    var second =
        town.submit(
            "alice",
            Command.Send.of(
                town.id(),
                null,
                Town.message(Channel.CHAT, Town.person("alice"), people, "", "hi"),
                people,
                "Trip"));
    assertNotEquals(sent.thread(), second.thread(), "two groups may have the same people");
    var first = town.messages("alice", sent.thread());
    assertNull(first.get(0).recipients());
    assertEquals(2, first.get(1).recipients().recipients());
  }

  @Test
  void aListIsOneThreadWhoeverWrites() {
    var a =
        town.arrives("alice", mail(DORA, alice(), "One", headers(null, "dev.list.example", false)));
    var b =
        town.arrives(
            "alice",
            mail(
                Town.outsider("eve@x.example"),
                alice(),
                "Two",
                headers(null, "Dev.List.Example", true)));
    assertEquals(a.thread(), b.thread());
    assertEquals(ThreadKind.LIST, town.threads("alice").get(0).kind());
  }

  @Test
  void machinesMakeTopicsByReferencesThenSubject() {
    var first = headers(null, null, true);
    var a = town.arrives("alice", mail(DORA, alice(), "Build 7", first));
    var b = town.arrives("alice", mail(DORA, alice(), "Re: Build 7", headers(null, null, true)));
    var c =
        town.arrives("alice", mail(DORA, alice(), "Other", headers(first.messageId(), null, true)));
    var d = town.arrives("alice", mail(DORA, alice(), "Third", headers(null, null, true)));
    assertEquals(a.thread(), b.thread());
    assertEquals(a.thread(), c.thread());
    assertNotEquals(a.thread(), d.thread());
    assertEquals(ThreadKind.TOPIC, town.threads("alice").get(0).kind());
  }

  @Test
  void moreThanTwentyPeopleAreACrowd() {
    var crowd = new ArrayList<>(alice());
    for (int i = 0; i < 21; i++) {
      crowd.add(Town.outsider("p" + i + "@x.example"));
    }
    town.arrives("alice", mail(DORA, crowd, "Party", headers(null, null, false)));
    assertEquals(ThreadKind.TOPIC, town.threads("alice").get(0).kind());
  }

  @Test
  void anAnswerToAListMessageStaysThere() {
    var first = headers(null, "dev.list.example", false);
    var list = town.arrives("alice", mail(DORA, alice(), "One", first));
    var answer =
        town.arrives(
            "alice", mail(DORA, alice(), "Re: One", headers(first.messageId(), null, false)));
    assertEquals(list.thread(), answer.thread());
  }

  @Test
  void anAnswerInAnotherPeopleThreadLinksBack() {
    var first = headers(null, null, false);
    var asked = town.arrives("alice", mail(DORA, alice(), "Q", first));
    var eve = Town.outsider("eve@x.example");
    var answer =
        town.arrives(
            "alice",
            mail(
                eve,
                List.of(Town.person("alice"), DORA),
                "Re: Q",
                headers(first.messageId(), null, false)));
    assertNotEquals(asked.thread(), answer.thread());
    assertEquals(asked.id(), town.messages("alice", answer.thread()).get(0).answers());
    var same =
        town.arrives(
            "alice", mail(DORA, alice(), "Re: Q", headers(first.messageId(), null, false)));
    assertNull(
        town.messages("alice", same.thread()).get(1).answers(),
        "in its own thread there is nothing to link");
  }

  @Test
  void mailThatOnlyClaimsToBeFromBobNeverJoinsHisThread() {
    var bobs = town.chat("alice", "hi", "bob").thread();
    var from = new Person("bob@mainstem.test", "bob", null);
    var fake =
        town.submit(
            "alice",
            Command.Deliver.of(
                town.id(),
                "smtp",
                null,
                Hlc.ofMillis(town.now),
                mail(from, alice(), "Money", headers(null, null, false)),
                Town.person("bob"),
                null));
    assertNotEquals(bobs, fake.thread());
    assertEquals(FolderId.INBOX, fake.folder());
    var view = town.messages("alice", fake.thread()).get(0);
    assertEquals("not-from-account", view.reason().code());
    assertEquals(
        "Says that it is from bob; was not sent with their password.", view.reason().text());
  }

  @Test
  void theLaterOfTwoMessagesWithOneIdGetsAnother() {
    var id = town.id();
    var chat = Town.message(Channel.CHAT, Town.person("bob"), alice(), "", "from bob");
    var a =
        town.submit(
            "alice",
            Command.Deliver.of(id, "u:bob", null, Hlc.ofMillis(town.now), chat, null, null));
    var other = Town.message(Channel.CHAT, Town.person("carol"), alice(), "", "from carol");
    var deliver =
        Command.Deliver.of(id, "u:carol", null, Hlc.ofMillis(town.now), other, null, null);
    var b = town.submit("alice", deliver);
    assertEquals(id, a.id());
    assertNotEquals(id, b.id());
    assertEquals(b.id(), town.submit("alice", deliver).id());
    assertEquals("from carol", town.ask("alice", new Query.One(b.id())).message().text());
  }
}
