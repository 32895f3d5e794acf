package io.mainstem.gateway.smtp;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.MessageView;
import io.mainstem.message.FolderId;
import io.mainstem.message.Person;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail of our users, from their mail program's socket to everybody's mailboxes. */
class SubmissionTest {
  private static final String MAIL =
      "From: Alice <alice@mainstem.test>\r\n"
          + "To: Bob <bob@mainstem.test>\r\n"
          + "Bcc: carol@mainstem.test\r\n"
          + "Subject: Hello\r\n\r\n"
          + "It works.\r\n";

  @TempDir private Path data;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node =
        new TestNode(
            data,
            Map.of("delivery.retryFirstMillis", "20"),
            Limits.DEFAULT,
            List.of("alice", "bob", "carol", "dave"));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private LineClient login() throws Exception {
    var client = new LineClient(node.submission.port());
    client.say("EHLO laptop");
    assertEquals(
        "235 2.7.0 Welcome", client.say("AUTH PLAIN " + plain("alice", TestNode.PASSWORD)));
    return client;
  }

  private static String plain(String user, String password) {
    return Base64.getEncoder()
        .encodeToString(("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8));
  }

  private static String send(LineClient client, String mail, String... recipients)
      throws Exception {
    assertEquals("250 2.1.0 Sender ok", client.say("MAIL FROM:<alice@mainstem.test>"));
    for (String recipient : recipients) {
      assertEquals("250 2.1.5 Recipient ok", client.say("RCPT TO:<" + recipient + ">"));
    }
    assertTrue(client.say("DATA").startsWith("354"));
    return client.send((mail + ".\r\n").getBytes(StandardCharsets.ISO_8859_1)).read();
  }

  private MessageView only(String user) throws Exception {
    await().atMost(60, TimeUnit.SECONDS).until(() -> node.messages(user).size() == 1);
    return node.messages(user).getFirst();
  }

  @Test
  void aMailStandsInSentAndComesToAllWithoutBcc() throws Exception {
    try (var client = login()) {
      assertTrue(send(client, MAIL, "bob@mainstem.test", "carol@mainstem.test").startsWith("250"));
    }
    MessageView sent = node.messages("alice").getFirst();
    assertEquals(List.of(FolderId.SENT), sent.folders());
    assertTrue(sent.sent());
    for (String user : List.of("bob", "carol")) {
      MessageView got = only(user);
      assertEquals(node.user("alice"), got.message().from().user(), "a password said who sent it");
      assertEquals(node.user("bob"), got.message().to().getFirst().user());
      assertEquals("It works.", got.message().text());
      String raw = node.raw(got);
      assertFalse(raw.contains("carol"), raw);
      assertFalse(raw.contains("127.0.0.1"), "where Alice sits is nobody's business");
      assertTrue(raw.contains("\r\nDate: ") && raw.contains("\r\nMessage-ID: <"), raw);
      assertTrue(
          raw.endsWith(
              "Subject: Hello\r\n"
                  + raw.substring(raw.indexOf("Date: "), raw.indexOf("\r\n\r\n"))
                  + "\r\n\r\nIt works.\r\n"),
          raw);
    }
  }

  @Test
  void aBccThatIsNotUtf8StandsInTheSendersCopy() throws Exception {
    String field = "Bcc: J\u00f6rg <carol@mainstem.test>\r\n";
    String mail = MAIL.replace("Bcc: carol@mainstem.test\r\n", field);
    try (var client = login()) {
      assertTrue(send(client, mail, "bob@mainstem.test", "carol@mainstem.test").startsWith("250"));
    }
    var headers = node.messages("alice").getFirst().message().headers();
    assertEquals(field, headers.apart());
    assertEquals(
        List.of("carol@mainstem.test"), headers.bcc().stream().map(Person::address).toList());
    assertFalse(node.raw(only("bob")).contains("carol"));
  }

  @Test
  void aRepeatIsSentOnce() throws Exception {
    String mail = "Message-ID: <1@laptop>\r\n" + MAIL;
    try (var client = login()) {
      for (int i = 0; i < 3; i++) {
        assertTrue(send(client, mail, "bob@mainstem.test").startsWith("250"));
      }
    }
    only("bob");
    assertEquals(1, node.messages("alice").size());
  }

  @Test
  void nobodySendsInAnotherName() throws Exception {
    try (var client = login()) {
      assertEquals(
          "550 5.7.1 This address is not yours", client.say("MAIL FROM:<bob@mainstem.test>"));
      assertEquals(
          "550 5.7.1 This address is not yours",
          send(client, MAIL.replace("alice@", "bob@"), "carol@mainstem.test"));
      assertEquals("250 2.1.0 Sender ok", client.say("MAIL FROM:<Alice+work@mainstem.test>"));
    }
    assertEquals(0, node.messages("carol").size());
    assertEquals(0, node.messages("alice").size());
  }

  @Test
  void othersAreRefusedClearly() throws Exception {
    try (var client = login()) {
      client.say("MAIL FROM:<alice@mainstem.test>");
      assertEquals(
          "550 5.7.1 <eve@other.example> Mail to other servers cannot be sent from here yet",
          client.say("RCPT TO:<eve@other.example>"));
      assertEquals(
          "550 5.1.1 <nobody@mainstem.test> No such user here",
          client.say("RCPT TO:<nobody@mainstem.test>"));
    }
  }

  @Test
  void aBlindCopyToSeveralNamesNoneOfThem() throws Exception {
    String mail =
        "From: alice@mainstem.test\r\n"
            + "Subject: Party\r\n"
            + "Bcc: bob@mainstem.test, carol@mainstem.test\r\n\r\n"
            + "Tonight.\r\n";
    try (var client = login()) {
      assertTrue(send(client, mail, "bob@mainstem.test", "carol@mainstem.test").startsWith("250"));
    }
    MessageView bob = only("bob");
    assertTrue(
        bob.message().to().stream().noneMatch(person -> person.address().startsWith("carol")));
    assertTrue(bob.message().headers().bcc().isEmpty());
    assertFalse(node.raw(bob).contains("carol"));
    only("carol");
  }

  @Test
  void aMailToOneselfIsOneMessage() throws Exception {
    String mail =
        "From: alice@mainstem.test\r\nTo: alice@mainstem.test\r\nSubject: Note\r\n\r\nMilk.\r\n";
    try (var client = login()) {
      assertTrue(send(client, mail, "alice@mainstem.test").startsWith("250"));
    }
    MessageView note = only("alice");
    assertEquals(List.of(FolderId.INBOX, FolderId.SENT), note.folders().stream().sorted().toList());
  }

  @Test
  void aWrongPasswordIsWrongWhoeverItIs() throws Exception {
    try (var client = new LineClient(node.submission.port())) {
      client.say("EHLO laptop");
      assertEquals(
          "535 5.7.8 Name or password is wrong",
          client.say("AUTH PLAIN " + plain("alice", "wrong")));
      assertEquals(
          "535 5.7.8 Name or password is wrong",
          client.say("AUTH PLAIN " + plain("nobody", "wrong")));
      assertEquals(
          "530 5.7.0 Authentication required", client.say("MAIL FROM:<alice@mainstem.test>"));
    }
  }
}
