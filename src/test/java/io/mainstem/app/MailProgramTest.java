package io.mainstem.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import java.util.Locale;
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
  void anEditedChatIsANewMailInTheOldPlace() throws Exception {
    chat(bob, "alice", "Are you there?");
    String id;
    String old;
    String uid;
    String mail;
    String state;
    try (var idling = imap();
        var busy = imap();
        var away = imap()) {
      idling.ok("SELECT Chats");
      idle(idling);
      id = chat(alice, "bob", "Se you at six");
      assertEquals("* 2 EXISTS", idling.line());
      busy.ok("SELECT Chats");
      busy.ok("STORE 2 +FLAGS (\\Flagged work)");
      String heard = idling.line();
      while (!heard.startsWith("* 2 FETCH (")) {
        heard = idling.line(); // the folder has a new keyword
      }
      old = only(busy.ok("FETCH 2 (UID FLAGS INTERNALDATE EMAILID THREADID BODY.PEEK[])"));
      away.ok("ENABLE QRESYNC");
      state = String.join("\n", away.ok("SELECT Chats").untagged());
      away.ok("LOGOUT");
      edit(alice, id, 1, "See you at six");
      List<String> told = List.of(idling.line(), idling.line());
      assertEquals(List.of("* 2 EXPUNGE", "* 2 EXISTS"), told);
      idling.send("DONE\r\n");
      assertTrue(idling.answer("i").isOk());
      // No number changes while a client speaks of numbers (RFC 9051 §7.5.1).
      for (String command : List.of("FETCH 1 FLAGS", "STORE 1 +FLAGS (x)", "SEARCH ALL")) {
        var answer = busy.ok(command);
        assertTrue(
            answer.untagged().stream().noneMatch(line -> line.endsWith("EXPUNGE")),
            command + ": " + answer);
      }
      assertTrue(busy.ok("NOOP").untagged().contains("* 2 EXPUNGE"));
      String now = only(busy.ok("FETCH 2 (UID FLAGS INTERNALDATE EMAILID THREADID BODY.PEEK[])"));
      uid = field(now, "UID (\\d+)");
      String oldUid = field(old, "UID (\\d+)");
      assertTrue(Integer.parseInt(uid) > Integer.parseInt(oldUid), now);
      for (String same :
          List.of("FLAGS (\\(.*?\\))", "INTERNALDATE (\".*?\")", "THREADID (\\S+)")) {
        assertEquals(field(old, same), field(now, same));
      }
      assertTrue(field(now, "FLAGS \\((.*?)\\)").contains("work"), now);
      assertNotEquals(field(old, "EMAILID (\\S+)"), field(now, "EMAILID (\\S+)"));
      mail = now.substring(now.indexOf('{'), now.length() - 1);
      String before = old.substring(old.indexOf('{'), old.length() - 1);
      String name = id.toLowerCase(Locale.ROOT);
      assertEquals(
          before
              .substring(before.indexOf('\n'))
              .replace("<" + name + "@", "<" + name + ".1@")
              .replace("Se you", "See you"),
          mail.substring(mail.indexOf('\n')));
      assertEquals(List.of(), busy.ok("UID FETCH " + oldUid + " BODY.PEEK[]").untagged());
      assertEquals("* SEARCH " + uid, only(busy.ok("UID SEARCH BODY \"See you\"")).strip());
      assertEquals("* SEARCH", only(busy.ok("UID SEARCH BODY \"Se you\"")).strip());
      assertEquals("* SEARCH " + uid, only(busy.ok("UID SEARCH KEYWORD work")).strip());
    }
    try (var back = imap()) {
      back.ok("ENABLE QRESYNC");
      var caught =
          back.ok(
              "SELECT Chats (QRESYNC (%s %s))"
                  .formatted(
                      field(state, "UIDVALIDITY (\\d+)"), field(state, "HIGHESTMODSEQ (\\d+)")));
      assertTrue(
          caught.untagged().contains("* VANISHED (EARLIER) " + field(old, "UID (\\d+)")),
          caught::toString);
      assertTrue(
          caught.untagged().stream().anyMatch(line -> line.contains("FETCH (UID " + uid + " ")),
          caught::toString);
      // An answer to the new text is an answer to the chat.
      int answer =
          back.append(
              "Sent (\\Seen)",
              ("From: bob@mainstem.test\r\nTo: alice@mainstem.test\r\nSubject: Re\r\n"
                      + "Message-ID: <a2@bob.example>\r\nIn-Reply-To: ")
                  + field(mail, "(?i)\nMessage-ID: (<.*?>)")
                  + "\r\n\r\nFine.\r\n");
      back.ok("SELECT Sent");
      assertEquals(
          field(old, "THREADID \\((.*?)\\)"),
          field(only(back.ok("UID FETCH " + answer + " THREADID")), "THREADID \\((.*?)\\)"));
    }
    assertEquals(1, shown(bob, id).getJsonObject("edited").getInteger("number"));
    assertEquals("See you at six", shown(bob, id).getString("text"));
    assertEquals("See you at six", shown(alice, id).getString("text"));
    String longer = "See you at six. ".repeat(1000).strip();
    edit(alice, id, 2, longer);
    await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> shown(bob, id).getString("text").equals(longer));
    edit(alice, id, 3, "See you at six");
    await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> shown(bob, id).getJsonObject("edited").getInteger("number") == 3);
    get(node.stop());
    node = started();
    try (var client = imap()) {
      client.ok("SELECT Chats");
      String again = client.ok("FETCH 2 (BODY.PEEK[])").untagged().getLast();
      assertEquals(
          mail.replace(".1@", ".3@"), again.substring(again.indexOf('{'), again.length() - 1));
    }
  }

  private void edit(String token, String id, int number, String text) throws Exception {
    call(
        "POST",
        "/api/v1/messages/" + id + "/edit",
        token,
        new JsonObject().put("number", number).put("text", text));
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
