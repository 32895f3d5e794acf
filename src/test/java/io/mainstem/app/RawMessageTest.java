package io.mainstem.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written here can be had as mail. */
class RawMessageTest {
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void aChatHasAnRfc5322FormThatIsAlwaysTheSame(@TempDir Path directory) throws Exception {
    Path data = directory.resolve("data");
    Mainstem node = start(data);
    try {
      AdminClient admin = AdminClient.of(data);
      JsonObject user = new JsonObject().put("password", "correct horse battery");
      admin.post("/admin/users", user.copy().put("name", "alice"));
      admin.post("/admin/users", user.copy().put("name", "bob"));
      String token = admin.post("/admin/users/alice/sessions", new JsonObject()).getString("token");
      String base = "http://" + node.addresses().get("http") + "/api/v1/messages";
      String id = MessageId.of(System.currentTimeMillis(), 7, 42).value();
      JsonObject chat =
          new JsonObject()
              .put("id", id)
              .put("to", new JsonArray().add("bob"))
              .put("channel", "chat")
              .put("text", "Grüße\nFrom here");
      HttpRequest.Builder send =
          HttpRequest.newBuilder(URI.create(base))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(chat.encode()));
      assertEquals(201, call(send, token).statusCode());
      HttpRequest.Builder raw = HttpRequest.newBuilder(URI.create(base + "/" + id + "/raw"));
      HttpResponse<byte[]> first = call(raw, token);
      assertEquals(200, first.statusCode());
      Message mail =
          new MailParser(MimeLimits.DEFAULT).parse(Raw.of(new BlobKey("raw"), first.body()), null);
      assertEquals("Grüße\nFrom here", mail.text());
      assertEquals("alice@mainstem.test", mail.from().address());
      assertEquals("bob@mainstem.test", mail.to().get(0).address());
      assertArrayEquals(first.body(), call(raw, token).body());
      HttpRequest.Builder none =
          HttpRequest.newBuilder(URI.create(base + "/" + MessageId.of(1, 1, 1).value() + "/raw"));
      assertEquals(404, call(none, token).statusCode());
      await(node.stop());
      node = start(data);
      String again = "http://" + node.addresses().get("http") + "/api/v1/messages/" + id + "/raw";
      assertArrayEquals(
          first.body(), call(HttpRequest.newBuilder(URI.create(again)), token).body());
    } finally {
      await(node.stop());
    }
  }

  private static Mainstem start(Path data) throws Exception {
    return await(
        Mainstem.start(
            Config.of(
                Map.of(
                    "data",
                    data.toString(),
                    "http.port",
                    "0",
                    "smtp.port",
                    "0",
                    "submission.port",
                    "0",
                    "imap.port",
                    "0",
                    "admin.port",
                    "0"))));
  }

  private HttpResponse<byte[]> call(HttpRequest.Builder request, String token) throws Exception {
    return http.send(
        request.setHeader("Authorization", "Bearer " + token).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
