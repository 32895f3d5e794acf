package io.mainstem.bench.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mainstem.bench.CassandraNodes;
import io.mainstem.bench.Lab;
import io.mainstem.bench.NodeProcess;
import io.mainstem.bench.ServerProcess;
import io.mainstem.gateway.smtp.LineClient;
import io.mainstem.message.MessageId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two cells of a node each behind one directory, as {@code scripts/cluster} starts them: users of
 * both are served by both, one goes from one to the other, and who loses a cell is who lives there.
 */
class TwoCellsIT {
  private static final Duration SOON = Duration.ofMinutes(5);
  private static final String PASSWORD = "correct horse battery";
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();

  /** Somebody with a mailbox, at a node. */
  private record Session(NodeProcess node, String token) {
    Session at(NodeProcess other) {
      return new Session(other, token);
    }
  }

  @Test
  void anyNodeServesUsersOfBothCellsAndEachFailsAlone(@TempDir Path directory) throws Exception {
    assumeTrue(CassandraNodes.missing() == null, () -> String.valueOf(CassandraNodes.missing()));
    assumeTrue(
        Files.exists(Tools.HERE.directory().resolve("redis")),
        "the programs beside the nodes are not there: run scripts/cluster --once, or scripts/test");
    var cells = new LinkedHashMap<String, Integer>();
    cells.put("a", 1);
    cells.put("b", 1);
    var layout = new Cluster.Layout(cells, 23_700, Lab.QUICK_LOGIN);
    try (Cluster cluster =
        Cluster.start(directory.resolve("room"), layout, Tools.HERE, line -> {})) {
      NodeProcess a1 = cluster.nodes("a").getFirst();
      NodeProcess b1 = cluster.nodes("b").getFirst();
      assertEquals("a", add(a1, "alice").get("cell").asText());
      assertEquals("a", add(a1, "carol").get("cell").asText());
      assertEquals("b", add(b1, "bob").get("cell").asText());
      await().atMost(SOON).until(() -> reaches(a1, "b") && reaches(b1, "a"));

      // Each logs in where he does not live, and what is said there is there at once.
      Session alice = login(b1, "alice");
      Session bob = login(a1, "bob");
      Session carol = login(a1, "carol");
      String picture = "a line of an attachment\r\n".repeat(4_000);
      mail(b1, "alice", "picture", picture);
      assertEquals(List.of("picture"), subjects(alice));
      assertEquals(List.of("picture"), subjects(alice.at(a1)));
      chat(alice, "bob", "from cell to cell");
      await().atMost(SOON).until(() -> texts(bob).contains("from cell to cell"));
      await().atMost(SOON).until(() -> texts(bob.at(b1)).contains("from cell to cell"));

      // She goes to the other cell while mail comes, and a device waits that knows where it was.
      String cursor = call(alice, "GET", "/counts", "").get("seq").asText();
      byte[] before = raw(alice, "picture");
      JsonNode moving = a1.server().admin("POST", "/admin/users/alice/move", Map.of("cell", "b"));
      assertEquals("b", moving.get("move").get("cell").asText());
      var sent = new TreeSet<String>();
      await()
          .atMost(SOON)
          .until(
              () -> {
                String subject = "while she moves " + sent.size();
                mail(sent.size() % 2 == 0 ? a1 : b1, "alice", subject, "short\r\n");
                sent.add(subject);
                return user(a1, "alice").get("cell").asText().equals("b");
              });
      mail(a1, "alice", "after she moved", "short\r\n");
      sent.add("after she moved");
      // Mail that came while she took nothing waits in a room, and comes by itself.
      await()
          .atMost(SOON)
          .ignoreExceptions()
          .until(() -> new TreeSet<>(subjects(alice)).containsAll(sent));
      assertEquals(sent.size() + 1, mails(alice.at(a1)).size(), "nothing is there twice");
      assertEquals(sent.size() + 1, mails(alice).size());
      assertArrayEquals(before, raw(alice.at(a1), "picture"), "her attachment came along");
      var told = new TreeSet<String>();
      await()
          .atMost(SOON)
          .until(
              () -> {
                told.clear();
                updates(alice, cursor)
                    .findValues("subject")
                    .forEach(subject -> told.add(subject.asText()));
                return told.containsAll(sent);
              });

      // Without cell b, its users are without service, and the others notice nothing.
      b1.kill();
      mail(a1, "carol", "for carol", "short\r\n");
      assertEquals(List.of("for carol"), subjects(carol));
      mail(a1, "bob", "while he was away", "short\r\n");
      chat(carol, "bob", "are you there?");
      assertEquals(503, ask(bob, "GET", "/threads", "").statusCode());
      for (int i = 0; i < 20; i++) {
        long began = System.nanoTime();
        chat(carol, "alice", "line " + i);
        assertTrue(
            System.nanoTime() - began < Duration.ofSeconds(10).toNanos(),
            "who lives in cell a waits for nobody of cell b");
      }
      b1.start();
      await()
          .atMost(SOON)
          .ignoreExceptions()
          .until(() -> subjects(bob).contains("while he was away"));
      await().atMost(SOON).ignoreExceptions().until(() -> texts(bob).contains("are you there?"));
      await().atMost(SOON).ignoreExceptions().until(() -> texts(alice).contains("line 19"));

      refusesAnotherObjectStore(a1, directory);
    }
  }

  /** A node that could not read the others' attachments does not start. */
  private static void refusesAnotherObjectStore(NodeProcess like, Path directory) throws Exception {
    // Its own settings, but for the place of its objects.
    assertEquals(0, like.stop());
    try {
      var wrong = like.with(directory.resolve("wrong"), "blob.s3.prefix=elsewhere/");
      wrong.start();
      wrong.close();
      throw new AssertionError("it has started");
    } catch (java.io.IOException refused) {
      assertTrue(
          String.valueOf(refused.getMessage())
              .contains("The object store is not that of the other cells of this directory"),
          refused.getMessage());
    }
  }

  // ---- operators

  private static JsonNode add(NodeProcess node, String name) throws Exception {
    return node.server().admin("POST", "/admin/users", Map.of("name", name, "password", PASSWORD));
  }

  private static JsonNode user(NodeProcess node, String name) throws Exception {
    return node.server().admin("GET", "/admin/users/" + name, Map.of());
  }

  private static boolean reaches(NodeProcess node, String cell) throws Exception {
    for (JsonNode each : node.server().admin("GET", "/admin/cells", Map.of()).get("cells")) {
      if (each.get("name").asText().equals(cell)) {
        return each.get("reached").asBoolean();
      }
    }
    return false;
  }

  // ---- users

  private HttpResponse<byte[]> bytes(Session who, String method, String path, String body)
      throws Exception {
    ServerProcess.Endpoint at = who.node().server().endpoint("http");
    var request =
        HttpRequest.newBuilder(
                URI.create("http://" + at.host() + ":" + at.port() + "/api/v1" + path))
            .timeout(SOON)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!who.token().isEmpty()) {
      request.header("Authorization", "Bearer " + who.token());
    }
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> ask(Session who, String method, String path, String body)
      throws Exception {
    return bytes(who, method, path, body);
  }

  private JsonNode call(Session who, String method, String path, String body) throws Exception {
    var answer = ask(who, method, path, body);
    assertEquals(2, answer.statusCode() / 100, new String(answer.body(), StandardCharsets.UTF_8));
    return JSON.readTree(answer.body());
  }

  private Session login(NodeProcess node, String name) throws Exception {
    String body = JSON.writeValueAsString(Map.of("user", name, "password", PASSWORD));
    return new Session(
        node, call(new Session(node, ""), "POST", "/session", body).get("token").asText());
  }

  private JsonNode updates(Session who, String since) throws Exception {
    return call(who, "GET", "/updates?wait=0&limit=500&since=" + since, "");
  }

  private void chat(Session from, String to, String text) throws Exception {
    var random = ThreadLocalRandom.current();
    var id = MessageId.of(System.currentTimeMillis(), random.nextLong(), random.nextLong());
    var unused =
        call(
            from,
            "POST",
            "/messages",
            JSON.writeValueAsString(
                Map.of("id", id.toString(), "to", List.of(to), "channel", "chat", "text", text)));
  }

  private List<JsonNode> messages(Session who) throws Exception {
    var all = new java.util.ArrayList<JsonNode>();
    for (JsonNode thread : call(who, "GET", "/threads?limit=500", "").get("threads")) {
      call(who, "GET", "/threads/" + thread.get("id").asText() + "/messages?limit=500", "")
          .get("messages")
          .forEach(all::add);
    }
    return all;
  }

  private List<JsonNode> mails(Session who) throws Exception {
    return messages(who).stream()
        .filter(message -> message.get("channel").asText().equals("mail"))
        .toList();
  }

  private List<String> subjects(Session who) throws Exception {
    return mails(who).stream().map(mail -> mail.get("subject").asText()).toList();
  }

  private List<String> texts(Session who) throws Exception {
    return messages(who).stream().map(message -> message.path("text").asText()).toList();
  }

  /** The mail as it came. */
  private byte[] raw(Session who, String subject) throws Exception {
    for (JsonNode mail : mails(who)) {
      if (mail.get("subject").asText().equals(subject)) {
        var answer = bytes(who, "GET", "/messages/" + mail.get("id").asText() + "/raw", "");
        assertEquals(200, answer.statusCode());
        return answer.body();
      }
    }
    throw new AssertionError("no mail " + subject);
  }

  private static void mail(NodeProcess node, String to, String subject, String text)
      throws Exception {
    try (var client = new LineClient(node.server().endpoint("smtp").port())) {
      assertTrue(client.say("EHLO c.example").startsWith("250"));
      assertTrue(client.say("MAIL FROM:<writer@x.example>").startsWith("250"));
      assertTrue(client.say("RCPT TO:<" + to + "@mainstem.test>").startsWith("250"));
      assertTrue(client.say("DATA").startsWith("354"));
      String said =
          client.say(
              "From: <writer@x.example>\r\nTo: "
                  + to
                  + "@mainstem.test\r\nSubject: "
                  + subject
                  + "\r\n\r\n"
                  + text
                  + ".");
      assertTrue(said.startsWith("250"), said);
    }
  }
}
