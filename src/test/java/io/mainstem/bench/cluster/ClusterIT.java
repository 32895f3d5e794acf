package io.mainstem.bench.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mainstem.bench.Lab;
import io.mainstem.bench.NodeProcess;
import io.mainstem.bench.ServerProcess;
import io.mainstem.gateway.smtp.LineClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes of one cell as {@code scripts/cluster} starts them: whoever speaks to one is served as
 * at the other.
 */
class ClusterIT {
  private static final Duration SOON = Duration.ofMinutes(3);
  private static final String PASSWORD = "correct horse battery";
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void aMailTakenInByOneNodeIsReadAndCountedAtAnother(@TempDir Path directory) throws Exception {
    String missing = Cluster.missing(Tools.HERE);
    assumeTrue(missing == null, missing);
    Path room = directory.resolve("room");
    var cells = new LinkedHashMap<String, Integer>();
    cells.put("a", 2);
    var layout = new Cluster.Layout(cells, 23_500, Lab.QUICK_LOGIN);
    try (Cluster cluster = Cluster.start(room, layout, Tools.HERE, line -> {})) {
      NodeProcess one = cluster.nodes("a").get(0);
      NodeProcess two = cluster.nodes("a").get(1);
      var unused =
          one.server().admin("POST", "/admin/users", Map.of("name", "alice", "password", PASSWORD));
      String token = login(two);
      deliver(two, "for alice\r\n" + "a line of a long mail\r\n".repeat(1_000));

      assertEquals(1, threads(one, token));
      assertEquals(1, threads(two, token));
      // What only Redis can know is what both answer: the owner is not asked.
      await().atMost(SOON).until(() -> counts(one, token) == 1 && counts(two, token) == 1);
      // (But for a Redis that has paused for longer than it is waited for.)
      await()
          .atMost(SOON)
          .until(
              () -> {
                double asked = owners(one) + owners(two);
                for (int i = 0; i < 10; i++) {
                  assertEquals(1, counts(i % 2 == 0 ? one : two, token));
                }
                return asked == owners(one) + owners(two);
              });

      // Without the Redis of its data center a node asks the owner, and the count is right.
      cluster.redis("east").kill();
      deliver(one, "another\r\n");
      await().atMost(SOON).until(() -> counts(one, token) == 2 && counts(two, token) == 2);
      cluster.redis("east").start();
      await()
          .atMost(SOON)
          .until(
              () -> {
                double before = owners(one) + owners(two);
                return counts(one, token) == 2
                    && counts(two, token) == 2
                    && owners(one) + owners(two) == before;
              });
      two.kill();
      await().atMost(SOON).ignoreExceptions().until(() -> threads(one, token) == 2);
    }
    assertTrue(Files.notExists(room), "nothing is left behind");
  }

  private JsonNode call(NodeProcess node, String method, String path, String token, String body)
      throws Exception {
    ServerProcess.Endpoint at = node.server().endpoint("http");
    var request =
        HttpRequest.newBuilder(
                URI.create("http://" + at.host() + ":" + at.port() + "/api/v1" + path))
            .timeout(SOON)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    var answer = http.send(request.build(), BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body());
  }

  private String login(NodeProcess node) throws Exception {
    String body = JSON.writeValueAsString(Map.of("user", "alice", "password", PASSWORD));
    return call(node, "POST", "/session", "", body).get("token").asText();
  }

  private int threads(NodeProcess node, String token) throws Exception {
    return call(node, "GET", "/threads", token, "").get("threads").size();
  }

  private int counts(NodeProcess node, String token) throws Exception {
    return call(node, "GET", "/counts", token, "").get("unread").asInt();
  }

  /** How often the node asked an owner for counts. */
  private static double owners(NodeProcess node) throws Exception {
    return node.server()
        .metrics()
        .lines()
        .filter(line -> line.startsWith("mainstem_counts_read_total{source=\"owner\"}"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static void deliver(NodeProcess node, String text) throws Exception {
    String subject = text.substring(0, text.indexOf('\r'));
    try (var client = new LineClient(node.server().endpoint("smtp").port())) {
      assertTrue(client.say("EHLO c.example").startsWith("250"));
      assertTrue(client.say("MAIL FROM:<" + subject.charAt(0) + "@x.example>").startsWith("250"));
      assertTrue(client.say("RCPT TO:<alice@mainstem.test>").startsWith("250"));
      assertTrue(client.say("DATA").startsWith("354"));
      String said =
          client.say(
              "From: <"
                  + subject.charAt(0)
                  + "@x.example>\r\nTo: alice@mainstem.test\r\nSubject: "
                  + subject
                  + "\r\n\r\n"
                  + text
                  + ".");
      assertTrue(said.startsWith("250"), said);
    }
  }
}
