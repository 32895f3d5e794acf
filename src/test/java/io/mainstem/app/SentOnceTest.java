package io.mainstem.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.app.cli.AdminClient;
import io.mainstem.config.Config;
import io.mainstem.gateway.imap.ImapClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
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

/**
 * Programs send a mail over SMTP and put their own copy of it into Sent over IMAP, in every order
 * and by every command: it stands there once, and says whom it went to.
 */
class SentOnceTest {
  private static final String PASSWORD = "correct-horse-battery";

  @TempDir private Path directory;
  private Mainstem node;

  @BeforeEach
  void start() throws Exception {
    node =
        get(
            Mainstem.start(
                Config.of(
                    Map.of(
                        "data", directory.resolve("data").toString(),
                        "http.port", "0",
                        "smtp.port", "0",
                        "submission.port", "0",
                        "imap.port", "0",
                        "admin.port", "0"))));
    AdminClient admin = AdminClient.of(directory.resolve("data"));
    for (String name : List.of("alice", "bob", "carol")) {
      admin.post("/admin/users", new JsonObject().put("name", name).put("password", PASSWORD));
    }
  }

  @AfterEach
  void stop() throws Exception {
    get(node.stop());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void theCopyNamesBccAsWhatWasSentDoes() throws Exception {
    String mail = mail("one");
    submit(mail, "bob", "carol");
    String copy = "Bcc: Carol <carol@mainstem.test>\r\n" + mail;
    try (var alice = imap("alice")) {
      assertEquals(2, alice.append("Sent", copy));
      assertEquals("* 1 EXISTS", sent(alice));
      assertEquals(
          "Bcc: carol@mainstem.test\r\n\r\n", header(alice, "BCC"), "whom it went to, too");
      String envelope = alice.ok("FETCH 1 ENVELOPE").untagged().get(0);
      assertTrue(envelope.contains("((NIL NIL \"carol\" \"mainstem.test\"))"), envelope);
      whole(alice, "Bcc: carol@mainstem.test\r\n");
      assertEquals("* SEARCH 1", alice.ok("SEARCH BCC carol@").untagged().get(0));
    }
    for (String name : List.of("bob", "carol")) {
      try (var imap = imap(name)) {
        await().atMost(120, TimeUnit.SECONDS).until(() -> arrived(imap, "one"));
        assertEquals("\r\n", header(imap, "BCC"), "of Bcc nobody is told");
        assertFalse(imap.ok("FETCH 1 ENVELOPE").untagged().get(0).contains("carol"));
        whole(imap, "Received: ");
      }
    }
  }

  @Test
  void bccThatTheProgramSendsStandsInItsCopyAsItWas() throws Exception {
    String field = "Bcc: Carol\r\n <carol@mainstem.test>\r\n";
    submit(field + mail("two"), "bob", "carol");
    try (var alice = imap("alice")) {
      assertEquals(2, alice.append("Sent", field + mail("two")));
      assertEquals("* 1 EXISTS", sent(alice));
      assertEquals(field + "\r\n", header(alice, "BCC"));
    }
    try (var carol = imap("carol")) {
      await().atMost(120, TimeUnit.SECONDS).until(() -> arrived(carol, "two"));
      assertEquals("\r\n", header(carol, "BCC"));
    }
  }

  /** What is sent on goes to others than it names, and that is no secret. */
  @Test
  void whoIsNamedInAnyWayIsNotHidden() throws Exception {
    submit("Resent-To: carol@mainstem.test\r\n" + mail("three"), "carol");
    submit(mail("four"), "bob");
    try (var alice = imap("alice")) {
      alice.ok("SELECT Sent");
      assertTrue(alice.ok("SEARCH BCC \"\"").untagged().contains("* SEARCH"), "no Bcc");
      whole(alice, "Received: ");
    }
  }

  @Test
  void aCopyThatCameFirstGivesWay() throws Exception {
    String mail = mail("five");
    try (var alice = imap("alice")) {
      String copy = "Bcc: carol@mainstem.test\r\n" + mail;
      alice.ok("APPEND Sent (\\Seen \\Flagged) {" + copy.length() + "+}\r\n" + copy);
      submit(mail, "bob", "carol");
      assertEquals("* 1 EXISTS", sent(alice));
      assertEquals(
          "* 1 FETCH (UID 2 FLAGS (\\Seen \\Flagged))",
          alice.ok("FETCH 1 (UID FLAGS)").untagged().get(0));
      whole(alice, "Bcc: carol@mainstem.test\r\n");
      // One that says something else is kept.
      String other = mail("six");
      alice.append("Sent", other + "A line that was not sent.\r\n");
      submit(other, "bob");
      assertEquals("* 3 EXISTS", alice.ok("NOOP").untagged().get(0));
    }
    try (var bob = imap("bob")) {
      await().atMost(120, TimeUnit.SECONDS).until(() -> arrived(bob, "six"));
      assertEquals("* 2 EXISTS", inbox(bob));
    }
  }

  @Test
  void copiesThatComeTogetherOrInPlaceOfADraftAreKnown() throws Exception {
    String one = mail("seven");
    String two = mail("eight");
    String three = mail("nine");
    submit(one, "bob");
    submit(two, "bob");
    submit(three, "bob");
    try (var alice = imap("alice")) {
      var put =
          alice.ok(
              "APPEND Sent (\\Seen) {"
                  + one.length()
                  + "+}\r\n"
                  + one
                  + " (\\Seen) {"
                  + two.length()
                  + "+}\r\n"
                  + two);
      assertTrue(put.tagged().startsWith("OK [APPENDUID 1 4:5] "), put.tagged());
      alice.append("Drafts", three);
      alice.ok("SELECT Drafts");
      alice.ok("UID REPLACE 1 Sent (\\Seen) {" + three.length() + "+}\r\n" + three);
      assertEquals(
          List.of("* STATUS \"Drafts\" (MESSAGES 0)"),
          alice.ok("STATUS Drafts (MESSAGES)").untagged());
      assertEquals("* 3 EXISTS", sent(alice));
      assertEquals("* SEARCH 4 5 6", alice.ok("UID SEARCH ALL").untagged().get(0));
    }
  }

  private static String mail(String subject) {
    return "From: Alice <alice@mainstem.test>\r\nTo: bob@mainstem.test\r\nSubject: "
        + subject
        + "\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <"
        + subject
        + "@example.org>\r\n\r\nText.\r\n";
  }

  // ---- IMAP

  private ImapClient imap(String user) throws IOException {
    return ImapClient.of(port("imap"), user, PASSWORD);
  }

  private static String sent(ImapClient client) throws IOException {
    return exists(client.ok("SELECT Sent"));
  }

  private static String inbox(ImapClient client) throws IOException {
    return exists(client.ok("SELECT INBOX"));
  }

  private static String exists(ImapClient.Answer selected) {
    return selected.untagged().stream()
        .filter(l -> l.endsWith(" EXISTS"))
        .findFirst()
        .orElseThrow();
  }

  private static boolean arrived(ImapClient client, String subject) throws IOException {
    client.ok("SELECT INBOX");
    return client.ok("SEARCH SUBJECT " + subject).untagged().get(0).length() > "* SEARCH".length();
  }

  private static String header(ImapClient client, String field) throws IOException {
    return literal(client, "BODY.PEEK[HEADER.FIELDS (" + field + ")]");
  }

  /** Size, whole, header and text, and pieces of the first message are those of one mail. */
  private static void whole(ImapClient client, String start) throws IOException {
    String body = literal(client, "BODY.PEEK[]");
    assertTrue(body.startsWith(start), body);
    assertEquals(
        "* 1 FETCH (RFC822.SIZE " + body.length() + ")",
        client.ok("FETCH 1 RFC822.SIZE").untagged().get(0));
    assertEquals(body, literal(client, "BODY.PEEK[HEADER]") + literal(client, "BODY.PEEK[TEXT]"));
    for (int from = 0; from < body.length(); from += 7) {
      int to = Math.min(body.length(), from + 20);
      assertEquals(body.substring(from, to), literal(client, "BODY.PEEK[]<" + from + ".20>"));
    }
  }

  private static String literal(ImapClient client, String item) throws IOException {
    String answer = client.ok("FETCH 1 " + item).untagged().get(0);
    return answer.substring(answer.indexOf('\n') + 1, answer.length() - 1);
  }

  // ---- SMTP

  private int port(String name) {
    String address = node.addresses().get(name);
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private void submit(String mail, String... to) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port("submission"))) {
      socket.setSoTimeout(60_000);
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      String token =
          Base64.getEncoder()
              .encodeToString(("\0alice\0" + PASSWORD).getBytes(StandardCharsets.US_ASCII));
      expect(in, "220");
      say(socket, in, "EHLO localhost", "250");
      say(socket, in, "AUTH PLAIN " + token, "235");
      say(socket, in, "MAIL FROM:<alice@mainstem.test>", "250");
      for (String name : to) {
        say(socket, in, "RCPT TO:<" + name + "@mainstem.test>", "250");
      }
      say(socket, in, "DATA", "354");
      say(socket, in, mail + ".", "250");
    }
  }

  private static void say(Socket socket, BufferedReader in, String line, String code)
      throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    expect(in, code);
  }

  private static void expect(BufferedReader in, String code) throws IOException {
    String line = in.readLine();
    while (line != null && line.length() > 3 && line.charAt(3) == '-') {
      line = in.readLine();
    }
    assertTrue(line != null && line.startsWith(code), "wanted " + code + ": " + line);
  }
}
