package io.mainstem.gateway.http;

import static io.mainstem.gateway.http.GatewayFixture.PASSWORD;
import static io.mainstem.gateway.http.GatewayFixture.chat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.gateway.http.protocol.Cursors;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Settings;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each operation as a program sees it. */
final class ApiTest {
  @TempDir private Path data;
  private GatewayFixture server;
  private String alice;
  private String bob;

  @BeforeEach
  void start() throws Exception {
    server = new GatewayFixture(data, Map.of());
    alice = server.login("alice");
    bob = server.login("bob@mainstem.test");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private static JsonObject json(HttpResponse<String> answer) {
    return new JsonObject(answer.body());
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String type) {
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(
        "application/problem+json", answer.headers().firstValue("Content-Type").orElse(""));
    assertEquals("urn:mainstem:problem:" + type, json(answer).getString("type"));
    assertEquals(status, json(answer).getInteger("status"));
  }

  private String threadOfAliceAndBob() throws Exception {
    return server
        .jsonAs(alice, server.post("/messages", chat("bob", "hello")))
        .getString("threadId");
  }

  @Test
  void loginTellsWhoOneIs() throws Exception {
    var answer =
        server.send(
            server.post(
                "/session", new JsonObject().put("user", "alice").put("password", PASSWORD)));
    assertEquals(200, answer.statusCode());
    var user = json(answer).getJsonObject("user");
    assertEquals("Alice", user.getString("name"));
    assertEquals("alice@mainstem.test", user.getString("address"));
    assertEquals(true, user.getBoolean("self"));
    var cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
    assertTrue(
        cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Strict")
            && cookie.contains("Path=/"),
        cookie);
    assertTrue(
        json(answer).getString("token").length() >= 26, "at least 128 random bits in base 32");
  }

  @Test
  void wrongPasswordAndUnknownUserAnswerAlike() throws Exception {
    var wrong =
        server.send(
            server.post(
                "/session", new JsonObject().put("user", "alice").put("password", "no such")));
    var nobody =
        server.send(
            server.post(
                "/session", new JsonObject().put("user", "nobody").put("password", "no such")));
    assertProblem(wrong, 401, "wrong-password");
    assertEquals(wrong.body(), nobody.body());
  }

  @Test
  void withoutSessionNothingIsTold() throws Exception {
    for (var path :
        new String[] {
          "/threads", "/counts", "/settings", "/updates", "/sessions", "/blobs/x", "/stream"
        }) {
      var answer = server.send(server.get(path));
      assertTrue(
          answer.statusCode() == 401 || answer.statusCode() == 426,
          path + " " + answer.statusCode());
    }
    assertProblem(server.as("nonsense", server.get("/threads")), 401, "unauthenticated");
    assertProblem(server.as(alice + "x", server.get("/threads")), 401, "unauthenticated");
  }

  @Test
  void logoutEndsTheSession() throws Exception {
    assertEquals(204, server.as(alice, server.write("DELETE", "/session", null)).statusCode());
    assertProblem(server.as(alice, server.get("/threads")), 401, "unauthenticated");
  }

  @Test
  void sessionsAreListedAndEndedByTheirOwner() throws Exception {
    var other = server.login("alice");
    var sessions = server.jsonAs(alice, server.get("/sessions")).getJsonArray("sessions");
    assertEquals(2, sessions.size());
    var current =
        sessions.stream().map(JsonObject.class::cast).filter(s -> s.getBoolean("current")).toList();
    assertEquals(1, current.size());
    var id =
        sessions.stream()
            .map(JsonObject.class::cast)
            .filter(s -> !s.getBoolean("current"))
            .findFirst()
            .orElseThrow();
    assertProblem(
        server.as(bob, server.write("DELETE", "/sessions/" + id.getString("id"), null)),
        404,
        "not-found");
    assertEquals(
        204,
        server
            .as(alice, server.write("DELETE", "/sessions/" + id.getString("id"), null))
            .statusCode());
    assertProblem(server.as(other, server.get("/threads")), 401, "unauthenticated");
    assertProblem(
        server.as(alice, server.write("DELETE", "/sessions/nothing", null)), 404, "not-found");
  }

  @Test
  void sendingIsIdempotent() throws Exception {
    var message = chat("bob", "hello");
    var first = server.as(alice, server.post("/messages", message));
    assertEquals(201, first.statusCode(), first.body());
    assertEquals(message.getString("id"), json(first).getString("id"));
    assertNotNull(json(first).getString("threadId"));
    var again = server.as(alice, server.post("/messages", message));
    assertEquals(200, again.statusCode());
    assertEquals(first.body(), again.body());
    assertProblem(
        server.as(alice, server.post("/messages", message.copy().put("text", "other"))),
        409,
        "conflict");
    assertEquals(
        1,
        server.mailboxes.commands.stream()
            .filter(c -> c instanceof Command.Send)
            .map(c -> ((Command.Send) c).message().text())
            .filter("other"::equals)
            .count());
  }

  @Test
  void recipientsAreNamesAddressesAndIds() throws Exception {
    for (var to :
        new String[] {"bob", "bob@mainstem.test", "BOB@Mainstem.Test", server.bob.id().value()}) {
      assertEquals(
          201, server.as(alice, server.post("/messages", chat(to, "hello"))).statusCode(), to);
    }
    for (var to :
        new String[] {
          "nobody", "nobody@mainstem.test", "x@elsewhere.example", "a b c", "@", "UPPER!"
        }) {
      assertProblem(
          server.as(alice, server.post("/messages", chat(to, "hello"))), 422, "unknown-recipient");
    }
    assertEquals(4, server.mailboxes.commands.size(), "what is refused reaches no mailbox");
  }

  @Test
  void aMessageNamesItsRecipientsOnceAndSaysSomething() throws Exception {
    var both = chat("bob", "hello").put("threadId", "t-1");
    var neither =
        new JsonObject().put("id", both.getString("id")).put("channel", "chat").put("text", "x");
    var nothing = chat("bob", "  ");
    for (var bad :
        new JsonObject[] {
          both,
          neither,
          nothing,
          chat("bob", "x").put("channel", "sms"),
          chat("bob", "x").put("subject", "a\nb")
        }) {
      assertProblem(server.as(alice, server.post("/messages", bad)), 400, "invalid");
    }
  }

  @Test
  void longTextIsTakenAndGivenBackWhole() throws Exception {
    var text = "Grüße 👋 ".repeat(8000);
    var thread =
        server.jsonAs(alice, server.post("/messages", chat("bob", text))).getString("threadId");
    var messages =
        server
            .jsonAs(alice, server.get("/threads/" + thread + "/messages"))
            .getJsonArray("messages");
    assertEquals(text, messages.getJsonObject(0).getString("text"));
    var updates =
        server
            .jsonAs(bob, server.get("/updates?since=" + Cursors.write(1, 0)))
            .getJsonArray("updates");
    assertEquals(
        text,
        updates
            .getJsonObject(0)
            .getJsonArray("changes")
            .getJsonObject(0)
            .getJsonObject("message")
            .getString("text"));
    assertProblem(
        server.as(alice, server.post("/messages", chat("bob", "x".repeat((256 << 10) + 1)))),
        413,
        "too-large");
    assertProblem(
        server.as(alice, server.post("/messages", chat("bob", "x".repeat(2 << 20)))),
        413,
        "too-large");
  }

  @Test
  void threadsAndMessagesHaveTheShapeOfTheContract() throws Exception {
    var thread = threadOfAliceAndBob();
    var page =
        server.jsonAs(alice, server.get("/threads?folder=inbox&channel=chat&limit=10&before="));
    var shown = page.getJsonArray("threads").getJsonObject(0);
    assertEquals(thread, shown.getString("id"));
    assertEquals("people", shown.getString("kind"));
    assertEquals("Bob", shown.getString("title"));
    assertEquals("hello", shown.getJsonObject("last").getString("text"));
    assertFalse(shown.getJsonObject("last").containsKey("html"));
    assertTrue(page.containsKey("next"));
    assertNull(page.getValue("next"));
    var message =
        server
            .jsonAs(alice, server.get("/threads/" + thread + "/messages"))
            .getJsonArray("messages")
            .getJsonObject(0);
    assertEquals("sent", message.getString("status"));
    assertEquals("chat", message.getString("channel"));
    assertEquals(
        Set.of("Bob"), Set.of(message.getJsonArray("to").getJsonObject(0).getString("name")));
    assertEquals(true, message.getJsonObject("from").getBoolean("self"));
    assertTrue(
        message.getString("sentAt").matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"),
        message.getString("sentAt"));
    var received =
        server
            .jsonAs(bob, server.get("/messages/" + message.getString("id")))
            .getJsonObject("message");
    assertFalse(received.containsKey("status"), "what was received has no status");
  }

  @Test
  void pagesGoOnWhereTheyEnded() throws Exception {
    var thread = threadOfAliceAndBob();
    for (int i = 0; i < 4; i++) {
      server.jsonAs(alice, server.post("/messages", chat("bob", "m" + i)));
      Thread.onSpinWait();
    }
    var newest = server.jsonAs(alice, server.get("/threads/" + thread + "/messages?limit=3"));
    assertEquals(3, newest.getJsonArray("messages").size());
    var older =
        server.jsonAs(
            alice,
            server.get(
                "/threads/" + thread + "/messages?limit=3&before=" + newest.getString("next")));
    assertEquals(2, older.getJsonArray("messages").size());
    assertNull(older.getString("next"));
    assertProblem(
        server.as(alice, server.get("/threads/" + thread + "/messages?before=zzz")),
        400,
        "bad-cursor");
    assertProblem(
        server.as(alice, server.get("/threads/" + thread + "/messages?limit=0")), 400, "invalid");
    assertProblem(
        server.as(alice, server.get("/threads/" + thread + "/messages?limit=501")), 400, "invalid");
    assertProblem(
        server.as(alice, server.get("/threads/" + thread + "/messages?limit=x")), 400, "invalid");
  }

  @Test
  void whatIsSomebodyElsesAnswersLikeWhatDoesNotExist() throws Exception {
    var thread = threadOfAliceAndBob();
    var foreign = server.as(bob, server.get("/threads/" + thread + "/messages"));
    var absent = server.as(bob, server.get("/threads/t-none/messages"));
    assertProblem(foreign, 404, "not-found");
    assertEquals(foreign.body(), absent.body());
    assertProblem(server.as(bob, server.get("/threads/UPPER..%2F/messages")), 404, "not-found");
  }

  @Test
  void everyCommandReachesTheMailbox() throws Exception {
    var thread = threadOfAliceAndBob();
    var id = GatewayFixture.newId().value();
    var seq = server.jsonAs(alice, server.get("/counts")).getString("seq");
    server.mailboxes.commands.clear();
    assertEquals(
        200, status("POST", "/threads/" + thread + "/read", new JsonObject().put("upTo", seq)));
    assertEquals(
        200, status("POST", "/threads/" + thread + "/unread", new JsonObject().put("from", id)));
    assertEquals(
        200,
        status(
            "POST",
            "/threads/" + thread + "/move",
            new JsonObject().put("from", "Inbox").put("to", "archive")));
    assertEquals(
        200,
        status("POST", "/threads/" + thread + "/settings", new JsonObject().put("muted", true)));
    assertEquals(200, status("POST", "/threads/" + thread + "/accept", null));
    assertEquals(200, status("POST", "/threads/" + thread + "/decline", null));
    assertEquals(
        200,
        status(
            "POST",
            "/threads/" + thread + "/group",
            new JsonObject().put("title", "Trip").put("add", new JsonArray().add("bob"))));
    assertEquals(
        501, status("POST", "/threads/" + thread + "/merge", new JsonObject().put("with", "t-2")));
    assertEquals(501, status("POST", "/threads/" + thread + "/unmerge", null));
    assertEquals(200, status("DELETE", "/messages/" + id, null));
    assertEquals(200, status("DELETE", "/messages/" + id + "?erase=true", null));
    assertEquals(200, status("POST", "/messages/" + id + "/retry", null));
    var edit = new JsonObject().put("number", 1).put("text", "new text");
    assertEquals(200, status("POST", "/messages/" + id + "/edit", edit));
    assertEquals(
        400, status("POST", "/messages/" + id + "/edit", new JsonObject().put("text", "x")));
    assertEquals(
        400,
        status(
            "POST",
            "/messages/" + id + "/edit",
            new JsonObject().put("number", 0).put("text", "x")));
    assertEquals(
        200,
        status(
            "POST",
            "/drafts",
            new JsonObject()
                .put("id", id)
                .put("to", new JsonArray().add("bob"))
                .put("text", "half")));
    assertEquals(200, status("DELETE", "/drafts/" + id, null));
    assertEquals(200, status("POST", "/undo", new JsonObject().put("seq", seq)));
    assertEquals(
        200,
        status(
            "PUT",
            "/settings",
            new JsonObject()
                .put("receipts", false)
                .put("blocked", new JsonArray().add("x@y.example"))));
    assertEquals(201, status("POST", "/folders", new JsonObject().put("name", "Travel")));
    assertEquals(
        200,
        status(
            "PUT",
            "/folders/own-1",
            new JsonObject().put("name", "Trips").put("subscribed", false)));
    assertEquals(200, status("DELETE", "/folders/own-1", null));
    var kinds = server.mailboxes.commands.stream().map(c -> c.getClass().getSimpleName()).toList();
    assertEquals(
        java.util.List.of(
            "Read",
            "Unread",
            "Move",
            "ChangeThread",
            "Accept",
            "Decline",
            "ChangeGroup",
            "Delete",
            "Erase",
            "Retry",
            "Edit",
            "SaveDraft",
            "DiscardDraft",
            "Undo",
            "ChangeSettings",
            "CreateFolder",
            "RenameFolder",
            "Subscribe",
            "DeleteFolder"),
        kinds);
    var settings =
        (Command.ChangeSettings)
            server.mailboxes.commands.stream()
                .filter(c -> c instanceof Command.ChangeSettings)
                .findFirst()
                .orElseThrow();
    assertEquals(Set.of("a:x@y.example"), settings.patch().block());
    assertEquals(Boolean.FALSE, settings.patch().receipts());
  }

  @Test
  void flagsAreSetAsAWhole() throws Exception {
    var sent = server.jsonAs(alice, server.post("/messages", chat("bob", "hello")));
    assertEquals(
        200,
        status(
            "PUT",
            "/messages/" + sent.getString("id") + "/flags",
            new JsonObject().put("flags", new JsonArray().add("\\Flagged"))));
    var set = (Command.SetFlags) server.mailboxes.commands.getLast();
    assertEquals(Set.of("\\Flagged"), set.add());
    assertEquals(Set.of("\\Seen"), set.remove());
  }

  private int status(String method, String path, JsonObject body) throws Exception {
    return server.as(alice, server.write(method, path, body)).statusCode();
  }

  @Test
  void smallQuestionsAreAnswered() throws Exception {
    var counts = server.jsonAs(alice, server.get("/counts"));
    assertEquals(2, counts.getInteger("unread"));
    assertEquals(1, counts.getInteger("requests"));
    assertNotNull(counts.getString("seq"));
    var settings = server.jsonAs(alice, server.get("/settings")).getJsonObject("settings");
    assertEquals("together", settings.getString("channels"));
    assertEquals(
        "Inbox",
        server
            .jsonAs(alice, server.get("/folders"))
            .getJsonArray("folders")
            .getJsonObject(0)
            .getString("name"));
    assertEquals(0, server.jsonAs(alice, server.get("/drafts")).getJsonArray("drafts").size());
    assertEquals(
        "Alice",
        server.jsonAs(alice, server.get("/session")).getJsonObject("user").getString("name"));
    assertTrue(server.send(server.get("/openapi.yaml")).body().startsWith("openapi: 3.1.0"));
    assertEquals(
        "UP",
        server
            .client
            .send(
                java.net.http.HttpRequest.newBuilder(
                        java.net.URI.create(server.base() + "/health/live"))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  @Test
  void everyRuleHasItsStatus() throws Exception {
    var expected =
        Map.ofEntries(
            Map.entry(Rule.CONFLICT, 409),
            Map.entry(Rule.NOT_FOUND, 404),
            Map.entry(Rule.INVALID, 400),
            Map.entry(Rule.UNKNOWN_RECIPIENT, 422),
            Map.entry(Rule.TOO_LARGE, 413),
            Map.entry(Rule.OVER_QUOTA, 507),
            Map.entry(Rule.RATE_LIMITED, 429),
            Map.entry(Rule.NOT_PERMITTED, 403),
            Map.entry(Rule.NOT_UNDOABLE, 409),
            Map.entry(Rule.RESET, 410),
            Map.entry(Rule.BUSY, 503),
            Map.entry(Rule.STORE_FULL, 507),
            Map.entry(Rule.STORE_FAILED, 503));
    assertEquals(Rule.values().length, expected.size());
    for (var rule : Rule.values()) {
      server.mailboxes.refuse = command -> new Rejected(rule, "because");
      var answer = server.as(alice, server.post("/messages", chat("bob", "hello")));
      assertEquals(expected.get(rule), answer.statusCode(), rule.name());
      assertEquals("because", json(answer).getString("detail"));
    }
  }

  @Test
  void ourFaultsTellAnIdAndNothingElse() throws Exception {
    server.mailboxes.refuse = command -> new IllegalStateException("secret inner words");
    var answer = server.as(alice, server.post("/messages", chat("bob", "hello")));
    assertProblem(answer, 500, "internal");
    assertFalse(
        answer.body().contains("secret") || answer.body().contains("Exception"), answer.body());
    assertNotNull(json(answer).getString("id"));
  }

  @Test
  void settingsKeepWhatIsNotNamed() throws Exception {
    server.mailboxes.answer =
        query ->
            query instanceof Query.GetSettings
                ? new Query.SettingsAt(
                    new Settings(
                        Settings.DEFAULT.channels(),
                        Settings.DEFAULT.whoMayChat(),
                        true,
                        false,
                        0,
                        Set.of("u:x", "a:old@y.example"),
                        Map.of()),
                    new io.mainstem.mailbox.Cursor(1, 0))
                : null;
    assertEquals(
        200,
        status(
            "PUT",
            "/settings",
            new JsonObject().put("blocked", new JsonArray().add("x").add("new@y.example"))));
    var patch = ((Command.ChangeSettings) server.mailboxes.commands.getLast()).patch();
    assertEquals(Set.of("a:new@y.example"), patch.block());
    assertEquals(Set.of("a:old@y.example"), patch.unblock());
    assertNull(patch.receipts());
  }
}
