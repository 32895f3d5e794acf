package io.mainstem.gateway.smtp;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.MessageView;
import io.mainstem.message.FolderId;
import io.mainstem.message.Rejected;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail from outside, from the socket to the mailboxes. */
class MailDeliveryTest {
  private static final String MAIL =
      "Message-ID: <1@elsewhere.example>\r\n"
          + "From: Dora <dora@elsewhere.example>\r\n"
          + "To: alice@mainstem.test\r\n"
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
            List.of("alice", "bob"));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private String send(String mail, String... recipients) throws Exception {
    try (var client = new LineClient(node.smtp.port())) {
      String reply = send(client, mail, recipients);
      client.say("QUIT");
      return reply;
    }
  }

  private static String send(LineClient client, String mail, String... recipients)
      throws Exception {
    begin(client, recipients);
    return client.send(mail + ".\r\n").read();
  }

  private static void begin(LineClient client, String... recipients) throws Exception {
    client.say("EHLO mx.elsewhere.example");
    client.say("MAIL FROM:<dora@elsewhere.example>");
    for (String recipient : recipients) {
      assertTrue(client.say("RCPT TO:<" + recipient + ">").startsWith("250"));
    }
    assertTrue(client.say("DATA").startsWith("354"));
  }

  @Test
  void aMailStandsInTheInboxWithItsTrace() throws Exception {
    assertTrue(send(MAIL, "alice@mainstem.test").startsWith("250 2.0.0 Ok: kept as "));
    MessageView message = node.messages("alice").getFirst();
    assertEquals("It works.", message.message().text());
    assertEquals("Hello", message.message().subject());
    assertEquals(List.of(FolderId.INBOX), message.folders());
    assertNull(message.message().from().user());
    assertEquals(node.user("alice"), message.message().to().getFirst().user());
    String raw = node.raw(message);
    assertTrue(raw.endsWith(MAIL), "the mail's own bytes are untouched");
    assertTrue(
        raw.startsWith(
            "Return-Path: <dora@elsewhere.example>\r\n"
                + "Received: from mx.elsewhere.example ([127.0.0.1])\r\n"
                + " by mainstem.test with ESMTP id "),
        raw);
    assertTrue(raw.contains("\r\n for <alice@mainstem.test>;\r\n "), raw);
  }

  @Test
  void oneMailForTwoHasOneStampAndOneBlob() throws Exception {
    send(MAIL, "alice@mainstem.test", "bob@mainstem.test", "alice+again@mainstem.test");
    MessageView alice = node.messages("alice").getFirst();
    MessageView bob = node.messages("bob").getFirst();
    assertEquals(1, node.messages("alice").size());
    assertEquals(alice.message().raw(), bob.message().raw());
    assertEquals(alice.sentAt(), bob.sentAt());
    assertEquals(alice.id(), bob.id());
    assertFalse(node.raw(alice).contains("for <"), "nobody sees who else got it");
  }

  @Test
  void aRepeatAfterALostReplyIsStoredOnce() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (var client = new LineClient(node.smtp.port())) {
        begin(client, "alice@mainstem.test");
        // The connection ends before the reply can come.
        client.send(MAIL + ".\r\n");
      }
    }
    assertTrue(send(MAIL, "alice@mainstem.test").startsWith("250"));
    assertTrue(send(MAIL, "alice@mainstem.test", "bob@mainstem.test").startsWith("250"));
    assertEquals(1, node.messages("alice").size());
    assertEquals(1, node.messages("bob").size());
  }

  @Test
  void theSameWordsSentTwiceWithoutMessageIdAreTwoMails() throws Exception {
    String mail = "Subject: Hello\r\n\r\nIt works.\r\n";
    send(mail, "alice@mainstem.test");
    send(mail, "alice@mainstem.test");
    assertEquals(2, node.messages("alice").size());
    try (var client = new LineClient(node.smtp.port())) {
      // Whoever leaves without a word after the 250 may not have seen it.
      assertTrue(send(client, mail, "alice@mainstem.test").startsWith("250"));
    }
    send(mail, "alice@mainstem.test");
    assertEquals(3, node.messages("alice").size());
  }

  @Test
  void aMailInOurOwnNameIsMarked() throws Exception {
    send(
        "From: Bob <bob@mainstem.test>\r\n"
            + "To: alice@mainstem.test\r\n"
            + "Subject: Money\r\n\r\n"
            + "Please.\r\n",
        "alice@mainstem.test");
    MessageView message = node.messages("alice").getFirst();
    assertNull(message.message().from().user());
    assertNotNull(message.reason());
  }

  @Test
  void onlyOurOwnRecipientsAreTaken() throws Exception {
    try (var client = new LineClient(node.smtp.port())) {
      client.say("EHLO c");
      client.say("MAIL FROM:<dora@elsewhere.example>");
      assertEquals(
          "550 5.1.1 <nobody@mainstem.test> No such user here",
          client.say("RCPT TO:<nobody@mainstem.test>"));
      assertEquals(
          "550 5.7.1 <eve@other.example> We do not relay",
          client.say("RCPT TO:<eve@other.example>"));
      assertEquals(
          "550 5.7.1 <\"eve@other.example\"@[127.0.0.1]> We do not relay",
          client.say("RCPT TO:<\"eve@other.example\"@[127.0.0.1]>"));
      assertEquals(
          "550 5.1.1 <eve%other.example@mainstem.test> No such user here",
          client.say("RCPT TO:<eve%other.example@mainstem.test>"));
      assertEquals(
          "250 2.1.5 Recipient ok",
          client.say("RCPT TO:<@relay.example:ALICE+shop@Mainstem.Test>"));
    }
  }

  @Test
  void whatCannotBeWrittenNowWaitsAndComes() throws Exception {
    node.mailboxes.failing.put(node.user("bob"), () -> new Rejected(Rejected.Rule.BUSY, "busy"));
    assertTrue(send(MAIL, "alice@mainstem.test", "bob@mainstem.test").startsWith("250"));
    assertEquals(1, node.messages("alice").size());
    assertEquals(0, node.messages("bob").size());
    // The sender lost our reply and comes again, while Bob's mailbox still does not answer.
    assertTrue(send(MAIL, "alice@mainstem.test", "bob@mainstem.test").startsWith("250"));
    node.mailboxes.failing.clear();
    await().atMost(60, TimeUnit.SECONDS).until(() -> node.messages("bob").size() == 1);
    assertTrue(send(MAIL, "bob@mainstem.test").startsWith("250"));
    MessageView bob = node.messages("bob").getFirst();
    assertEquals(1, node.messages("bob").size());
    assertEquals("It works.", bob.message().text());
    assertEquals(node.messages("alice").getFirst().id(), bob.id());
    assertTrue(node.raw(bob).endsWith(MAIL));
  }

  @Test
  void aFullDiskIsSaidAndTheNextTryIsNoSecondMail() throws Exception {
    node.mailboxes.failing.put(
        node.user("bob"), () -> new Rejected(Rejected.Rule.STORE_FULL, "full"));
    assertTrue(send(MAIL, "alice@mainstem.test", "bob@mainstem.test").startsWith("452 4.3.1 "));
    node.mailboxes.failing.clear();
    assertTrue(send(MAIL, "alice@mainstem.test", "bob@mainstem.test").startsWith("250"));
    assertEquals(1, node.messages("alice").size());
    assertEquals(1, node.messages("bob").size());
    assertTrue(node.raw(node.messages("alice").getFirst()).endsWith(MAIL));
    assertTrue(node.raw(node.messages("bob").getFirst()).endsWith(MAIL));
  }

  @Test
  void aFullMailboxIsSaid() throws Exception {
    node.mailboxes.failing.put(
        node.user("bob"), () -> new Rejected(Rejected.Rule.OVER_QUOTA, "full"));
    assertEquals("552 5.2.2 The mailbox is full", send(MAIL, "bob@mainstem.test"));
    assertTrue(send(MAIL, "alice@mainstem.test", "bob@mainstem.test").startsWith("250"));
    assertEquals(1, node.messages("alice").size());
  }

  @Test
  void aMailThatGoesInCirclesIsRefused() throws Exception {
    String hop = "Received: from a by b; Sat, 21 Nov 2026 10:00:00 +0000\r\n";
    assertTrue(send(hop.repeat(100) + MAIL, "alice@mainstem.test").startsWith("250"));
    assertTrue(send(hop.repeat(101) + MAIL, "alice@mainstem.test").startsWith("554 5.4.6 "));
    assertEquals(1, node.messages("alice").size());
  }

  @Test
  void aMailThatIsNoMailIsShownAsItIs() throws Exception {
    assertTrue(send("\u0001\u0002 no header at all\r\n", "alice@mainstem.test").startsWith("250"));
    MessageView message = node.messages("alice").getFirst();
    assertTrue(message.message().text().contains("no header at all"));
  }
}
