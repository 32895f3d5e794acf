package io.mainstem.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mainstem.app.cli.AdminClient;
import io.mainstem.app.cli.Cli;
import io.mainstem.blob.BlobSettings;
import io.mainstem.blob.NeedleBlobStore;
import io.mainstem.config.Config;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is erased in a mailbox is no longer held in the blobs either. */
class ErasureTest {
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void anErasedMessageLetsItsBlobsGo(@TempDir Path directory) throws Exception {
    Path data = directory.resolve("data");
    Path mbox =
        Files.writeString(
            directory.resolve("mbox"),
            """
            From a@x.example Thu Nov 19 10:00:00 2020
            From: a@x.example
            Subject: stays

            x

            From a@x.example Thu Nov 19 10:00:01 2020
            From: a@x.example
            Subject: goes

            y
            """);
    Mainstem node =
        await(
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
    try {
      AdminClient admin = AdminClient.of(data);
      admin.post(
          "/admin/users",
          new JsonObject().put("name", "alice").put("password", "correct horse battery"));
      String token = admin.post("/admin/users/alice/sessions", new JsonObject()).getString("token");
      assertEquals(
          0,
          Cli.run("import", "mbox", mbox.toString(), "--user", "alice", "--data", data.toString()));
      String base = "http://" + node.addresses().get("http") + "/api/v1";
      String thread =
          send("GET", base + "/threads", token)
              .getJsonArray("threads")
              .getJsonObject(0)
              .getString("id");
      JsonArray messages =
          send("GET", base + "/threads/" + thread + "/messages", token).getJsonArray("messages");
      assertEquals(2, messages.size());
      for (Object one : messages) {
        JsonObject message = (JsonObject) one;
        if (message.getString("subject").equals("goes")) {
          JsonObject erased =
              send("DELETE", base + "/messages/" + message.getString("id") + "?erase=true", token);
          assertEquals(true, erased.getString("seq") != null, erased::encode);
        }
      }
    } finally {
      await(node.stop());
    }
    Vertx vertx = Vertx.vertx();
    NeedleBlobStore blobs = NeedleBlobStore.open(vertx, BlobSettings.in(data.resolve("blob")));
    assertEquals(2, blobs.state().blobs());
    assertEquals(
        1, await(blobs.sweep(Duration.ofDays(-1))), "one of the two is no longer referred to");
    await(blobs.close());
    await(vertx.close());
  }

  private JsonObject send(String method, String url, String token) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("Authorization", "Bearer " + token)
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response.body());
    return new JsonObject(response.body());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
