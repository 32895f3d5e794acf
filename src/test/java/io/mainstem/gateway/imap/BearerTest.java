package io.mainstem.gateway.imap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.directory.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OAUTHBEARER (RFC 7628) with the tokens that the API hands out. */
class BearerTest {
  @TempDir private Path data;

  @Test
  void aSessionsTokenLogsInItsOwnerUntilItIsEnded() throws Exception {
    try (var node = new ImapNode(data, Map.of(), List.of("alice", "bob"))) {
      var directory = Objects.requireNonNull(node.directory);
      var alice = Objects.requireNonNull(ImapNode.get(directory.accounts().find("alice")));
      var opened =
          ImapNode.get(
              directory
                  .sessions()
                  .open(alice.id(), Session.Kind.WEB, "a test", Duration.ofHours(1)));
      assertEquals("OK", login(node, "a=alice", opened.token()));
      assertEquals("OK", login(node, "", opened.token()));
      assertEquals("OK", login(node, "a=" + alice.addresses().get(0), opened.token()));
      assertEquals("NO [AUTHORIZATIONFAILED]", login(node, "a=bob", opened.token()));
      assertEquals("NO [AUTHENTICATIONFAILED]", login(node, "a=alice", opened.token() + "x"));
      assertTrue(ImapNode.get(directory.sessions().end(alice.id(), opened.session().id())));
      assertEquals("NO [AUTHENTICATIONFAILED]", login(node, "a=alice", opened.token()));
    }
  }

  private static String login(ImapNode node, String identity, String token) throws Exception {
    String said = "n," + identity + ",\u0001auth=Bearer " + token + "\u0001\u0001";
    String initial = Base64.getEncoder().encodeToString(said.getBytes(StandardCharsets.UTF_8));
    try (var client = new ImapClient(node.gateway.port())) {
      client.send("a AUTHENTICATE OAUTHBEARER " + initial + "\r\n");
      // A refusal comes behind a challenge, which any word answers (RFC 7628 §3.2.3).
      client.send("AQ==\r\n");
      String end = client.answer("a").tagged();
      return end.startsWith("OK") ? "OK" : end.substring(0, end.indexOf(']') + 1);
    }
  }
}
