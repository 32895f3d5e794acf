package io.mainstem.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.app.cli.AdminClient;
import io.mainstem.config.Config;
import io.mainstem.gateway.imap.ImapClient;
import io.mainstem.message.MessageId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One mailbox, seen by a mail program and by the page at once. */
class MailProgramTest {
  private static final String PASSWORD = "correct-horse-battery";

  private final HttpClient http = HttpClient.newHttpClient();
  @TempDir private Path directory;
  private Mainstem node;
  private String alice;
  private String bob;
  private int serial;

  @BeforeEach
  void start() throws Exception {
    node = started();
    AdminClient admin = AdminClient.of(directory.resolve("data"));
    for (String name : List.of("alice", "bob")) {
      admin.post("/admin/users", new JsonObject().put("name", name).put("password", PASSWORD));
    }
    alice = token(admin, "alice");
    bob = token(admin, "bob");
  }

  @AfterEach
  void stop() throws Exception {
    get(node.stop());
  }

  private static String token(AdminClient admin, String name) throws Exception {
    return admin.post("/admin/users/" + name + "/sessions", new JsonObject()).getString("token");
  }

  private Mainstem started() throws Exception {
    return get(
        Mainstem.start(
            Config.of(
                Map.of(
                    "data", directory.resolve("data").toString(),
                    "http.port", "0",
                    "smtp.port", "0",
                    "submission.port", "0",
                    "imap.port", "0",
                    "admin.port", "0"))));
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private ImapClient imap() throws IOException {
    String address = node.addresses().get("imap");
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    return ImapClient.of(port, "bob", PASSWORD);
  }

  private JsonObject call(String method, String path, String token, JsonObject body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://" + node.addresses().get("http") + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.encode()))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertTrue(response.statusCode() < 300, () -> path + ": " + response.body());
    return new JsonObject(response.body());
  }

  private String chat(String token, String to, String text) throws Exception {
    String id = MessageId.of(System.currentTimeMillis(), 7, ++serial).value();
    call(
        "POST",
        "/api/v1/messages",
        token,
        new JsonObject()
            .put("id", id)
            .put("to", new JsonArray().add(to))
            .put("channel", "chat")
            .put("text", text));
    return id;
  }

  private JsonObject shown(String token, String id) throws Exception {
    JsonArray threads = call("GET", "/api/v1/threads", token, null).getJsonArray("threads");
    String thread = threads.getJsonObject(0).getString("id");
    JsonArray messages =
        call("GET", "/api/v1/threads/" + thread + "/messages", token, null)
            .getJsonArray("messages");
    List<JsonObject> found =
        messages.stream()
            .map(JsonObject.class::cast)
            .filter(m -> m.getString("id").equals(id))
            .toList();
    assertEquals(1, found.size(), "a message is shown once, wherever it stands");
    return found.get(0);
  }

  private static String only(ImapClient.Answer answer) {
    assertEquals(1, answer.untagged().size(), answer.untagged()::toString);
    return answer.untagged().get(0);
  }

  private static String field(String text, String pattern) {
    Matcher m = Pattern.compile(pattern).matcher(text);
    assertTrue(m.find(), text);
    return m.group(1);
  }

  private static void idle(ImapClient client) throws IOException {
    client.send("i IDLE\r\n");
    String line = client.line();
    assertTrue(line.startsWith("+ "), line);
  }

  @Test
  void aChatIsAMailInChatsAndItsFlagsAreOne() throws Exception {
    chat(bob, "alice", "Are you there?");
    String id;
    String uid;
    String mail;
    try (var client = imap()) {
      client.ok("SELECT Chats");
      idle(client);
      id = chat(alice, "bob", "Grüße, yes.");
      assertEquals("* 2 EXISTS", client.line());
      client.send("DONE\r\n");
      assertTrue(client.answer("i").isOk());
      String first = only(client.ok("FETCH 1 (UID FLAGS THREADID BODY.PEEK[HEADER])"));
      String second = only(client.ok("FETCH 2 (UID FLAGS THREADID BODY.PEEK[])"));
      uid = field(second, "UID (\\d+)");
      mail = second.substring(second.indexOf('{'), second.length() - 1);
      assertTrue(first.contains("FLAGS (\\Seen)"), "what one wrote oneself is read");
      assertTrue(second.contains("FLAGS ()"), second);
      assertEquals(field(first, "THREADID \\((.*?)\\)"), field(second, "THREADID \\((.*?)\\)"));
      String parent = field(first, "(?i)\nMessage-ID: (<.*?>)");
      assertTrue(field(second, "(?is)\nReferences:(.*?)\r\n[^ ]").contains(parent), second);
      assertTrue(field(second, "\nSubject: (.*?)\r").startsWith("Chat with"), second);
      await()
          .atMost(30, TimeUnit.SECONDS)
          .until(() -> shown(alice, id).getString("status").equals("delivered"));
      client.ok("STORE 2 +FLAGS (\\Seen)");
      await()
          .atMost(30, TimeUnit.SECONDS)
          .until(() -> shown(alice, id).getString("status").equals("read"));
      assertEquals(0, call("GET", "/api/v1/counts", bob, null).getInteger("unread"));
      idle(client);
      call(
          "PUT",
          "/api/v1/messages/" + id + "/flags",
          bob,
          new JsonObject().put("flags", new JsonArray().add("\\Seen").add("\\Flagged")));
      String told = client.line();
      assertTrue(told.startsWith("* 2 FETCH (UID " + uid + " FLAGS (\\Seen \\Flagged)"), told);
      client.send("DONE\r\n");
      assertTrue(client.answer("i").isOk());
      client.ok("COPY 2 Archive");
      shown(bob, id);
    }
    get(node.stop());
    node = started();
    try (var client = imap()) {
      client.ok("SELECT Chats");
      String again = only(client.ok("UID FETCH " + uid + " BODY.PEEK[]"));
      assertEquals(mail, again.substring(again.indexOf('{'), again.length() - 1));
    }
  }

  @Test
  void anAnswerOfAMailProgramJoinsTheConversation() throws Exception {
    String id = chat(alice, "bob", "Dinner?");
    JsonObject thread =
        await()
            .atMost(30, TimeUnit.SECONDS)
            .until(
                () ->
                    call("GET", "/api/v1/threads?folder=Requests", bob, null)
                        .getJsonArray("threads"),
                requests -> !requests.isEmpty())
            .getJsonObject(0);
    call("POST", "/api/v1/threads/" + thread.getString("id") + "/accept", bob, new JsonObject());
    String parent;
    try (var client = imap()) {
      client.ok("SELECT Chats");
      parent = field(only(client.ok("FETCH 1 BODY.PEEK[HEADER]")), "(?i)\nMessage-ID: (<.*?>)");
      String answer =
          "From: bob@mainstem.test\r\nTo: alice@mainstem.test\r\nSubject: Re: Dinner\r\n"
              + ("Message-ID: <a1@bob.example>\r\nIn-Reply-To: " + parent + "\r\n\r\nYes.\r\n");
      int uid = client.append("Sent (\\Seen)", answer);
      client.ok("SELECT Sent");
      String kept = only(client.ok("UID FETCH " + uid + " (THREADID BODY.PEEK[])"));
      assertTrue(kept.contains(answer), "what was appended is kept byte for byte");
      assertEquals(thread.getString("id"), field(kept, "THREADID \\((.*?)\\)"));
    }
    assertEquals(thread.getString("id"), shown(bob, id).getString("threadId"));
  }
}
