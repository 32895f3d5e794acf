package io.mainstem.gateway.http;

import static io.mainstem.gateway.http.GatewayFixture.SOON;
import static io.mainstem.gateway.http.GatewayFixture.chat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.gateway.http.GatewayFixture.Stream;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told a client when the owner of its mailbox is not sure that he is. */
final class StaleTest {
  @TempDir private Path data;
  private GatewayFixture server;
  private String alice;

  @BeforeEach
  void start() throws Exception {
    server = new GatewayFixture(data, Map.of());
    alice = server.login("alice");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private Optional<String> mark(int status, HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer = server.as(alice, request);
    assertEquals(status, answer.statusCode(), answer::body);
    return answer.headers().firstValue("Mainstem-Stale");
  }

  /** Every way in which an answer is written: as JSON, as a problem, as a stream of bytes. */
  private List<Optional<String>> marks(JsonObject sent) throws Exception {
    return List.of(
        mark(200, server.get("/threads")),
        mark(200, server.get("/counts")),
        mark(200, server.get("/updates?since=" + sent.getString("seq"))),
        mark(200, server.post("/threads/" + sent.getString("threadId") + "/read", read(sent))),
        mark(404, server.get("/messages/" + GatewayFixture.newId().value())),
        mark(404, server.get("/messages/" + sent.getString("id") + "/html")));
  }

  private static JsonObject read(JsonObject sent) {
    return new JsonObject().put("upTo", sent.getString("seq"));
  }

  @Test
  void whatIsAnsweredFromAMailboxIsMarkedHoweverItIsWritten() throws Exception {
    var sent = server.jsonAs(alice, server.post("/messages", chat("bob", "one")));
    marks(sent).forEach(mark -> assertEquals(Optional.empty(), mark));
    server.mailboxes.stale(7_400);
    marks(sent).forEach(mark -> assertEquals(Optional.of("7"), mark));
    assertEquals(Optional.empty(), mark(200, server.get("/session")), "no mailbox was asked");
    server.mailboxes.stale(0);
    marks(sent).forEach(mark -> assertEquals(Optional.empty(), mark));
  }

  @Test
  void aStreamIsToldWhenItBeginsAndWhenItEnds() throws Exception {
    var stream = new Stream();
    server.open(alice, "", stream);
    var caughtUp = stream.next();
    assertEquals("caughtUp", caughtUp.getString("type"));
    assertFalse(caughtUp.containsKey("stale"), caughtUp.encode());
    server.mailboxes.stale(6_000);
    assertEquals(new JsonObject().put("type", "stale"), stream.next());
    var late = new Stream();
    server.open(alice, "", late);
    var lateCaughtUp = late.next();
    assertTrue(lateCaughtUp.getBoolean("stale"), lateCaughtUp.encode());
    server.mailboxes.stale(0);
    assertEquals(new JsonObject().put("type", "fresh"), stream.next());
    assertEquals(new JsonObject().put("type", "fresh"), late.next());
  }

  @Test
  void aPollThatWaitsIsAnsweredWhenItBeginsAndWhenItEnds() throws Exception {
    assertEquals(Optional.of("6"), markOfPoll(6_000));
    assertEquals(Optional.empty(), markOfPoll(0));
  }

  /** Of a poll that would wait longer than this test does. */
  private Optional<String> markOfPoll(long millis) throws Exception {
    var poll =
        server.client.sendAsync(
            server.get("/updates?wait=60").header("Authorization", "Bearer " + alice).build(),
            HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    Awaitility.await().atMost(SOON).until(() -> server.mailboxes.watchers(server.alice.id()) == 1);
    server.mailboxes.stale(millis);
    var answer = poll.get(30, TimeUnit.SECONDS);
    assertEquals(200, answer.statusCode());
    assertTrue(new JsonObject(answer.body()).getJsonArray("updates").isEmpty());
    Awaitility.await().atMost(SOON).until(() -> server.mailboxes.watchers(server.alice.id()) == 0);
    return answer.headers().firstValue("Mainstem-Stale");
  }
}
