package io.mainstem.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.app.cli.AdminClient;
import io.mainstem.app.cli.Cli;
import io.mainstem.blob.S3Server;
import io.mainstem.config.Config;
import io.mainstem.config.ConfigException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose blobs are in an object store. */
class ObjectStorageTest {
  @TempDir private Path directory;

  @Test
  void aMailLiesInTheObjectStoreAndIsReadFromThere() throws Exception {
    String raw =
        "From: a@x.example\nSubject: far away\n\n" + "a line of a long mail\n".repeat(10_000);
    Path mbox =
        Files.writeString(
            directory.resolve("mbox"), "From a@x.example Thu Nov 19 10:00:00 2020\n" + raw + "\n");
    try (S3Server server = new S3Server(Files.createDirectory(directory.resolve("objects")))) {
      Mainstem node = await(Mainstem.start(Config.of(settings(server))));
      try {
        AdminClient admin = AdminClient.of(directory.resolve("data"));
        admin.post(
            "/admin/users",
            new JsonObject().put("name", "alice").put("password", "correct horse battery"));
        String token =
            admin.post("/admin/users/alice/sessions", new JsonObject()).getString("token");
        assertEquals(
            0,
            Cli.run(
                "import",
                "mbox",
                mbox.toString(),
                "--user",
                "alice",
                "--data",
                directory.resolve("data").toString()));
        String base = "http://" + node.addresses().get("http") + "/api/v1";
        String thread = first(get(base + "/threads", token), "threads");
        String message = first(get(base + "/threads/" + thread + "/messages", token), "messages");
        String read = get(base + "/messages/" + message + "/raw", token);
        assertEquals(raw.lines().toList(), read.lines().toList());
        assertEquals(2, server.objects(), "the bytes, and alice's reference to them");
        assertFalse(Files.exists(directory.resolve("data/blob")), "nothing of it is on this disk");
      } finally {
        await(node.stop());
      }
    }
  }

  @Test
  void aNodeWithoutItsObjectStoreSaysWhichSettingToLookAt() throws Exception {
    Map<String, String> settings;
    try (S3Server server = new S3Server(Files.createDirectory(directory.resolve("objects")))) {
      settings = settings(server);
    }
    settings.put("blob.s3.attempts", "1");
    var failure =
        assertThrows(
            ExecutionException.class,
            () ->
                Mainstem.start(Config.of(settings))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS));
    assertTrue(failure.getCause() instanceof StartFailure);
    assertTrue(failure.getCause().getMessage().contains("blob.s3.endpoint"));
  }

  @Test
  void settingsThatCannotReachAnObjectStoreAreRefusedAndShowNoSecret() {
    var settings =
        new HashMap<>(
            Map.of(
                "blob.kind", "s3",
                "blob.s3.endpoint", "https://s3.example",
                "blob.s3.bucket", "mails",
                "blob.s3.accessKey", "key",
                "blob.s3.secretKey", "hush"));
    assertFalse(Config.of(settings).toString().contains("hush"));
    assertRefused(settings, "blob.s3.endpoint", "s3.example");
    assertRefused(settings, "blob.s3.endpoint", "https://s3.example/path");
    assertRefused(settings, "blob.s3.bucket", "Mails");
    assertRefused(settings, "blob.s3.prefix", "no-slash");
    assertRefused(settings, "blob.s3.accessKey", "");
    assertRefused(settings, "blob.s3.secretKey", "");
    assertRefused(settings, "blob.kind", "tape");
  }

  private static void assertRefused(Map<String, String> good, String key, String value) {
    var settings = new HashMap<>(good);
    settings.put(key, value);
    var refused = assertThrows(ConfigException.class, () -> Config.of(settings));
    assertTrue(String.valueOf(refused.getMessage()).contains(key), refused::getMessage);
  }

  private Map<String, String> settings(S3Server server) {
    var settings = new HashMap<String, String>();
    for (String gateway : new String[] {"http", "smtp", "submission", "imap", "admin"}) {
      settings.put(gateway + ".port", "0");
    }
    settings.put("data", directory.resolve("data").toString());
    settings.put("blob.kind", "s3");
    settings.put("blob.s3.endpoint", server.endpoint().toString());
    settings.put("blob.s3.bucket", S3Server.BUCKET);
    settings.put("blob.s3.prefix", "cell-a/");
    settings.put("blob.s3.accessKey", S3Server.ACCESS_KEY);
    settings.put("blob.s3.secretKey", S3Server.SECRET_KEY);
    return settings;
  }

  private static String first(String json, String list) {
    return new JsonObject(json).getJsonArray(list).getJsonObject(0).getString("id");
  }

  private static String get(String url, String token) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create(url))
                  .header("Authorization", "Bearer " + token)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(200, response.statusCode(), response.body());
      return response.body();
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
