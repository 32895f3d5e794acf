package io.mainstem.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.app.cli.AdminClient;
import io.mainstem.config.Config;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.mime.MailParser;
import io.mainstem.mime.MimeLimits;
import io.mainstem.mime.Raw;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who reads his chats in a mail program answers from there. */
class AnswerByMailTest {
  private static final String PASSWORD = "correct horse battery";

  @TempDir Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private Mainstem node;
  private AdminClient admin;

  @BeforeEach
  void start() throws Exception {
    Path data = directory.resolve("data");
    node =
        await(
            Mainstem.start(
                Config.of(
                    Map.of(
                        "data", data.toString(),
                        "http.port", "0",
                        "smtp.port", "0",
                        "submission.port", "0",
                        "submission.authWithoutTls", "loopback",
                        "imap.port", "0",
                        "admin.port", "0"))));
    admin = AdminClient.of(data);
    for (String name : new String[] {"alice", "bob", "carol"}) {
      admin.post("/admin/users", new JsonObject().put("name", name).put("password", PASSWORD));
    }
  }

  @AfterEach
  void stop() throws Exception {
    await(node.stop());
  }

  @Test
  void anAnswerToAChatLandsInTheSameThreadAsMail() throws Exception {
    String alice = token("alice");
    String bob = token("bob");
    String id = MessageId.of(System.currentTimeMillis(), 7, 42).value();
    JsonObject sent =
        post(
            "messages",
            alice,
            new JsonObject()
                .put("id", id)
                .put("to", new JsonArray().add("bob"))
                .put("channel", "chat")
                .put("text", "Lunch?"));
    Message chat = raw(bob, onlyMessage(bob, "Lunch?").getString("id"));
    String messageId = chat.headers().messageId();
    assertNotNull(messageId);
    assertEquals(messageId, raw(alice, id).headers().messageId(), "one id on both sides");
    submit(
        "bob",
        "alice@mainstem.test",
        "From: bob@mainstem.test\r\nTo: alice@mainstem.test\r\nSubject: Re: "
            + chat.subject()
            + "\r\nMessage-ID: <answer@client>\r\nIn-Reply-To: <"
            + messageId
            + ">\r\nReferences: <"
            + messageId
            + ">\r\n\r\nGladly.\r\n");
    JsonObject answer = onlyMessage(alice, "Gladly.");
    assertEquals("mail", answer.getString("channel"));
    assertEquals(sent.getString("threadId"), answer.getString("threadId"));
    assertEquals(
        onlyMessage(bob, "Lunch?").getString("threadId"),
        onlyMessage(bob, "Gladly.").getString("threadId"),
        "on his own side too");
  }

  @Test
  void anAnswerToAGroupStaysInItThoughItGoesToOneOfThem() throws Exception {
    String alice = token("alice");
    String bob = token("bob");
    String id = MessageId.of(System.currentTimeMillis(), 8, 43).value();
    JsonObject sent =
        post(
            "messages",
            alice,
            new JsonObject()
                .put("id", id)
                .put("to", new JsonArray().add("bob").add("carol"))
                .put("group", "Friends")
                .put("channel", "chat")
                .put("text", "All of us?"));
    String messageId =
        raw(bob, onlyMessage(bob, "All of us?").getString("id")).headers().messageId();
    submit(
        "bob",
        "alice@mainstem.test",
        "From: bob@mainstem.test\r\nTo: alice@mainstem.test\r\nSubject: Re: Friends\r\n"
            + "Message-ID: <group-answer@client>\r\nIn-Reply-To: <"
            + messageId
            + ">\r\n\r\nI come.\r\n");
    assertEquals(sent.getString("threadId"), onlyMessage(alice, "I come.").getString("threadId"));
  }

  // ---- inside

  private String token(String user) throws Exception {
    return admin.post("/admin/users/" + user + "/sessions", new JsonObject()).getString("token");
  }

  /** The one message with this text, in any thread, once it is there. */
  private JsonObject onlyMessage(String token, String text) {
    JsonObject[] found = new JsonObject[1];
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              int count = 0;
              for (String folder : new String[] {"", "?folder=requests"}) {
                for (Object thread : get("threads" + folder, token).getJsonArray("threads")) {
                  String path = "threads/" + ((JsonObject) thread).getString("id") + "/messages";
                  for (Object one : get(path, token).getJsonArray("messages")) {
                    JsonObject message = (JsonObject) one;
                    boolean same =
                        found[0] != null
                            && message.getString("id").equals(found[0].getString("id"));
                    if (message.getString("text").strip().equals(text) && !same) {
                      found[0] = message;
                      count++;
                    }
                  }
                }
              }
              assertTrue(count <= 1, "it is there once");
              return count == 1;
            });
    return found[0];
  }

  private Message raw(String token, String id) throws Exception {
    HttpRequest request = request("messages/" + id + "/raw", token).GET().build();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(200, response.statusCode());
    return new MailParser(MimeLimits.DEFAULT)
        .parse(Raw.of(new BlobKey("raw"), response.body()), null);
  }

  private JsonObject get(String path, String token) throws Exception {
    HttpResponse<String> response =
        http.send(request(path, token).GET().build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response.body());
    return new JsonObject(response.body());
  }

  private JsonObject post(String path, String token, JsonObject body) throws Exception {
    HttpResponse<String> response =
        http.send(
            request(path, token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(201, response.statusCode(), response.body());
    return new JsonObject(response.body());
  }

  private HttpRequest.Builder request(String path, String token) {
    return HttpRequest.newBuilder(
            URI.create("http://" + node.addresses().get("http") + "/api/v1/" + path))
        .header("Authorization", "Bearer " + token);
  }

  /** What a mail program does (RFC 6409). */
  private void submit(String user, String to, String mail) throws IOException {
    String[] at = String.valueOf(node.addresses().get("submission")).split(":");
    try (Socket socket = new Socket(at[0], Integer.parseInt(at[1]))) {
      socket.setSoTimeout(60_000);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String login =
          Base64.getEncoder()
              .encodeToString(("\0" + user + "\0" + PASSWORD).getBytes(StandardCharsets.US_ASCII));
      expect(in, "220");
      for (String line :
          new String[] {
            "EHLO client.example 250",
            "AUTH PLAIN " + login + " 235",
            "MAIL FROM:<" + user + "@mainstem.test> 250",
            "RCPT TO:<" + to + "> 250",
            "DATA 354",
            mail + ". 250",
            "QUIT 221"
          }) {
        int space = line.lastIndexOf(' ');
        String said = line.substring(0, space) + "\r\n";
        socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
        expect(in, line.substring(space + 1));
      }
    }
  }

  private static void expect(BufferedReader in, String code) throws IOException {
    String line;
    do {
      line = in.readLine();
      assertNotNull(line);
      assertTrue(line.startsWith(code), line);
    } while (line.charAt(3) == '-');
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
