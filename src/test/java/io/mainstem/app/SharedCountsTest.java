package io.mainstem.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mainstem.app.cli.AdminClient;
import io.mainstem.config.Config;
import io.mainstem.counts.RedisProcess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with a Redis: its API answers counts from there, and without it as ever. */
class SharedCountsTest {
  private static final Duration SOON = Duration.ofSeconds(120);
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void countsAreReadFromRedisWhileItIsThere(@TempDir Path data) throws Exception {
    Vertx vertx = Vertx.vertx();
    try (RedisProcess redis = new RedisProcess()) {
      Mainstem node = get(Mainstem.start(Config.of(settings(data, redis))));
      try {
        AdminClient admin = AdminClient.of(data);
        String alice = session(admin, "alice");
        String bob = session(admin, "bob");
        String api = "http://" + node.addresses().get("http") + "/api/v1";
        var message =
            new JsonObject()
                .put("id", ulid())
                .put("to", new JsonArray().add("bob"))
                .put("channel", "chat")
                .put("text", "hello");
        assertEquals(201, send("POST", api + "/messages", alice, message).statusCode());
        String bobId =
            new JsonObject(send("GET", api + "/session", bob, null).body())
                .getJsonObject("user")
                .getString("id");
        String key = "mainstem.counts." + bobId;
        await()
            .atMost(SOON)
            .until(() -> field(redis, vertx, key, "u") + field(redis, vertx, key, "r") == 1);

        // What only Redis can know is what is answered: no mailbox was asked.
        redis.send(vertx, Command.HSET, key, "u", "77", "r", "5");
        JsonObject counts = new JsonObject(send("GET", api + "/counts", bob, null).body());
        assertEquals(77, counts.getInteger("unread"));
        assertEquals(5, counts.getInteger("requests"));

        redis.kill();
        counts = new JsonObject(send("GET", api + "/counts", bob, null).body());
        assertEquals(1, counts.getInteger("unread") + counts.getInteger("requests"));

        redis.start();
        await()
            .atMost(SOON)
            .until(
                () -> {
                  send("GET", api + "/counts", bob, null);
                  return field(redis, vertx, key, "u") + field(redis, vertx, key, "r") == 1;
                });
      } finally {
        get(node.stop());
      }
    } finally {
      get(vertx.close());
    }
  }

  private static int field(RedisProcess redis, Vertx vertx, String key, String field)
      throws Exception {
    var value = redis.send(vertx, Command.HGET, key, field);
    return value == null ? 0 : value.toInteger();
  }

  private static String session(AdminClient admin, String name) throws Exception {
    admin.post(
        "/admin/users",
        new JsonObject().put("name", name).put("password", "correct horse battery"));
    return admin.post("/admin/users/" + name + "/sessions", new JsonObject()).getString("token");
  }

  private static Map<String, String> settings(Path data, RedisProcess redis) {
    var settings = new HashMap<String, String>();
    for (String gateway : new String[] {"http", "smtp", "submission", "imap", "admin"}) {
      settings.put(gateway + ".port", "0");
    }
    settings.put("data", data.toString());
    settings.put("counts.redis.servers", redis.url());
    settings.put("counts.redis.retryMillis", "50");
    settings.put("counts.redis.timeoutMillis", "60000");
    return settings;
  }

  private HttpResponse<String> send(String method, String url, String token, JsonObject body)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.encode()))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /**
   * The time in ten characters of Crockford's base 32, and sixteen that need not be random here.
   */
  private static String ulid() {
    var text = new StringBuilder();
    for (int shift = 45; shift >= 0; shift -= 5) {
      int digit = (int) (System.currentTimeMillis() >>> shift) & 31;
      text.append("0123456789ABCDEFGHJKMNPQRSTVWXYZ".charAt(digit));
    }
    return text + "0000000000000001";
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
