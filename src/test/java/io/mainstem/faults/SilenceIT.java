package io.mainstem.faults;

import static io.mainstem.faults.Mailboxes.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.bench.ChatClient;
import io.mainstem.bench.ServerProcess;
import io.mainstem.bench.Ulids;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A full run, good and bad requests alike, leaves no address, subject, text, password or token in
 * what the program logs and counts.
 */
class SilenceIT {
  private static final String USER = "quagga";
  private static final String PASSWORD = "okapi-password-1";
  private static final String STRANGER = "axolotl@elsewhere.example";
  private static final String SUBJECT = "narwhal";
  private static final String TEXT = "pangolin";

  private final Vertx vertx = Vertx.vertx();

  @TempDir Path room;

  @Test
  void logsAndMetricsHoldNothingOfThePeople() throws Exception {
    Path data = room.resolve("data");
    String metrics;
    String token;
    try (var server = ServerProcess.start(data, ServerProcess.Start.PLAIN)) {
      server.admin("POST", "/admin/users", Map.of("name", USER, "password", PASSWORD));
      server.admin("POST", "/admin/users", Map.of("name", "vicuna", "password", PASSWORD));
      var client = new ChatClient(vertx, server.endpoint("http"));
      token = await(client.login(USER, PASSWORD));
      var answers = new CopyOnWriteArrayList<String>();
      var stream = await(client.stream(token, "", answers::add));
      quietly(() -> await(client.login(USER, "wrong-" + PASSWORD)));
      String good = token;
      for (JsonObject body :
          List.of(
              chat().put("to", new JsonArray().add("vicuna")),
              chat().put("to", new JsonArray().add("nobody-" + USER)),
              chat().put("to", new JsonArray().add("vicuna")).put("surplus", TEXT),
              chat())) {
        quietly(() -> await(client.call(HttpMethod.POST, "/api/v1/messages", good, body)));
        stream.writeTextMessage(body.put("op", "send").put("ref", "1").encode());
      }
      stream.writeTextMessage("{ not json " + TEXT);
      quietly(
          () ->
              await(
                  client.call(HttpMethod.GET, "/api/v1/threads/" + TEXT, good, new JsonObject())));
      for (String to :
          List.of(
              USER + "@mainstem.test",
              "nobody-" + USER + "@mainstem.test",
              STRANGER,
              "<<" + USER)) {
        quietly(
            () -> {
              try (var session = new MailLoad.Session(server.endpoint("smtp"))) {
                session.sendFor(STRANGER, to, STRANGER, SUBJECT + " " + TEXT);
              }
            });
      }
      quietly(
          () -> {
            try (var session = new MailLoad.Session(server.endpoint("submission"))) {
              session.login(USER, "wrong-" + PASSWORD);
            }
          });
      metrics = server.metrics();
      await(client.close());
    }
    await(vertx.close());
    String log = Files.readString(Path.of(data + ".log"));
    assertTrue(log.contains("mainstem ready"), "this is the log of the run");
    assertTrue(metrics.contains("# TYPE"), "these are the metrics of the run");
    for (String secret : List.of(USER, "vicuna", PASSWORD, "axolotl", SUBJECT, TEXT, token)) {
      assertFalse(
          log.contains(secret), () -> "the log holds '" + secret + "': " + line(log, secret));
      assertFalse(
          metrics.contains(secret),
          () -> "the metrics hold '" + secret + "': " + line(metrics, secret));
    }
  }

  private static String line(String text, String secret) {
    return text.lines().filter(l -> l.contains(secret)).findFirst().orElse("");
  }

  private static JsonObject chat() {
    return new JsonObject()
        .put("id", Ulids.next())
        .put("channel", "chat")
        .put("subject", SUBJECT)
        .put("text", TEXT);
  }

  private interface Attempt {
    void run() throws Exception;
  }

  private static void quietly(Attempt attempt) throws InterruptedException {
    try {
      attempt.run();
    } catch (IOException | RuntimeException | java.util.concurrent.ExecutionException refused) {
      // Many of these are meant to be refused; what they leave in the log is what counts.
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
