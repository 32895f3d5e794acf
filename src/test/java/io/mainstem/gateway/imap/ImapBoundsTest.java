package io.mainstem.gateway.imap;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What no program of good will does: bounded, answered, and never in the way of others. */
class ImapBoundsTest {
  @TempDir private Path data;
  private ImapNode node;

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private ImapClient client(String user) throws IOException {
    return ImapClient.of(node.gateway.port(), user);
  }

  @Test
  void linesOfMegabytesAreRefusedAndTheSessionGoesOn() throws Exception {
    node = new ImapNode(data, Map.of());
    try (var client = client("u1")) {
      client.send("a NOOP " + "x".repeat(3 << 20) + "\r\n");
      assertTrue(client.answer("a").tagged().startsWith("BAD [TOOBIG]"), "it says why");
      assertTrue(client.say("NOOP").isOk(), "the session goes on");
      client.send("b LOGIN {5000000+}\r\n" + "y".repeat(5_000_000) + "\r\n");
      assertTrue(client.answer("b").tagged().startsWith("BAD [TOOBIG]"), "it says why");
      assertTrue(client.say("NOOP").isOk(), "the session goes on");
    }
  }

  @Test
  void whatIsNoMailIsKeptExactlyAndShownSafely() throws Exception {
    node = new ImapNode(data, Map.of());
    var nested = new StringBuilder("MIME-Version: 1.0\r\n");
    for (int i = 0; i < 1_000; i++) {
      nested.append("Content-Type: multipart/mixed; boundary=b").append(i).append("\r\n\r\n--b");
      nested.append(i).append("\r\n");
    }
    List<String> mails =
        List.of(
            nested + "\r\nThe end.\r\n",
            "Subject: bare \r return\nline feed\r\n\r\nNUL: \0.\r\n",
            "S\u00e4bject: \u00ff\u00fe\r\n\u0080\u0081",
            "Subject: " + "long".repeat(300_000) + "\r\n\r\n",
            "\r\n",
            "(((((\"\\\r\n.\r\n");
    try (var client = client("u1")) {
      for (int i = 0; i < mails.size(); i++) {
        String mail = mails.get(i);
        client.ok("APPEND INBOX ~{" + mail.length() + "+}\r\n" + mail);
      }
      client.ok("SELECT INBOX");
      for (int i = 1; i <= mails.size(); i++) {
        String mail = mails.get(i - 1);
        String answer = client.ok("FETCH " + i + " BODY.PEEK[]").untagged().get(0);
        assertEquals("* " + i + " FETCH (BODY[] {" + mail.length() + "}\r\n" + mail + ")", answer);
        assertEquals(
            1, client.ok("FETCH " + i + " (ENVELOPE BODYSTRUCTURE PREVIEW)").untagged().size());
      }
      assertTrue(client.ok("SEARCH TEXT \"zzz\"").isOk());
      assertTrue(client.ok("SORT (SUBJECT) UTF-8 ALL").isOk());
      assertTrue(client.ok("THREAD REFERENCES UTF-8 ALL").isOk());
    }
  }

  @Test
  void whoSaysNothingIsSentAwayAndHindersNobody() throws Exception {
    node = new ImapNode(data, Map.of("imap.limits.loginSeconds", "10"));
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 500; i++) {
        silent.add(new Socket(InetAddress.getLoopbackAddress(), node.gateway.port()));
      }
      try (var client = client("u1")) {
        assertTrue(client.say("NOOP").isOk(), "others are served");
        await().atMost(120, TimeUnit.SECONDS).until(() -> node.gateway.connections() == 1);
        assertTrue(client.say("NOOP").isOk(), "who has logged in stays");
      }
      String said =
          new String(silent.get(7).getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertTrue(said.endsWith("* BYE Nothing came for too long\r\n"), said);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void oneAddressHasABoundOfConnections() throws Exception {
    node = new ImapNode(data, Map.of("imap.limits.maxConnectionsPerAddress", "3"));
    List<ImapClient> open = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      open.add(client("u" + i));
    }
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), node.gateway.port())) {
      String said = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertTrue(said.startsWith("* BYE [UNAVAILABLE] "), said);
    }
    open.get(0).close();
    await().atMost(30, TimeUnit.SECONDS).until(() -> node.gateway.connections() == 2);
    open.set(0, client("u4"));
    for (ImapClient client : open) {
      client.close();
    }
  }

  @Test
  void wrongPasswordsAreSlowedAndEndTheConnectionAtABound() throws Exception {
    node = new ImapNode(data, Map.of("imap.limits.maxBadCommands", "5"), List.of("alice"));
    try (var inside = ImapClient.of(node.gateway.port(), "alice", ImapNode.PASSWORD);
        var client = new ImapClient(node.gateway.port())) {
      var codes = new ArrayList<String>();
      for (int i = 0; i < 30; i++) {
        codes.add(client.say("LOGIN alice wrong" + i).tagged().replaceAll("\\].*", "]"));
      }
      assertEquals("NO [AUTHENTICATIONFAILED]", codes.get(0));
      assertEquals("NO [UNAVAILABLE]", codes.get(29), codes::toString);
      assertTrue(inside.say("NOOP").isOk(), "a session that exists goes on");
      for (int i = 0; i < 5; i++) {
        assertTrue(client.say("FROBNICATE").tagged().startsWith("BAD "));
      }
      client.send("x FROBNICATE\r\n");
      assertThrows(EOFException.class, () -> client.answer("never"));
    }
  }
}
