package io.mainstem.ops;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.config.Config;
import io.mainstem.message.Rejected;
import io.mainstem.stage.Stages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Long beside any pause of the machine. */
  private static final String PATIENT = "60000";

  @TempDir private Path data;
  private final HttpClient client = HttpClient.newHttpClient();
  private Vertx vertx;
  private Metrics metrics;
  private Stages stages;
  private HealthWatch health;
  private HttpServer gateway;
  private AdminServer admin;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    metrics = new Metrics();
    stages = new Stages(metrics.registry(), System::nanoTime);
    Config config =
        Config.of(Map.of("health.blockedLoopMillis", PATIENT, "health.minFreeBytes", "0"));
    health = new HealthWatch(vertx, stages, config.health(), data);
    Router router = Router.router(vertx);
    new OpsRoutes(vertx, health, metrics).mount(router);
    gateway = done(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    admin =
        done(
            AdminServer.start(
                vertx,
                config.admin(),
                data,
                List.of(
                    routes -> {
                      routes
                          .get("/admin/absent")
                          .handler(
                              r -> r.fail(new Rejected(Rejected.Rule.NOT_FOUND, "no such user")));
                      routes
                          .post("/admin/echo")
                          .handler(r -> AdminServer.answer(r, 200, r.body().asJsonObject()));
                      routes
                          .get("/admin/broken")
                          .handler(r -> r.fail(new IllegalStateException("secret text")));
                    })));
  }

  @AfterEach
  void stop() throws Exception {
    health.close();
    done(vertx.close());
    metrics.close();
  }

  @Test
  void readinessSaysWhyNot() throws Exception {
    assertEquals(200, get("/health/live").statusCode());
    assertEquals("{\"status\":\"UP\"}", get("/health/ready").body());
    stages.stage("store.append", 1).enter();
    HttpResponse<String> full = get("/health/ready");
    assertEquals(503, full.statusCode());
    assertTrue(full.body().contains("stage store.append is full: 1 of 1"), full.body());
    assertEquals(200, get("/health/live").statusCode());
  }

  @Test
  void stopUnderWayIsNotReady() throws Exception {
    health.drain();
    assertTrue(get("/health/ready").body().contains("stopping"));
  }

  @Test
  void diskNearItsEndIsNotReady() throws Exception {
    Config config =
        Config.of(
            Map.of("health.blockedLoopMillis", PATIENT, "health.minFreeBytes", "1125899906842624"));
    var strict = new HealthWatch(vertx, stages, config.health(), data);
    assertTrue(strict.troubles().getFirst().contains("disk"), strict.troubles().toString());
    strict.close();
  }

  @Test
  void blockedLoopIsNoticed() throws Exception {
    Config config =
        Config.of(Map.of("health.blockedLoopMillis", "200", "health.minFreeBytes", "0"));
    var strict = new HealthWatch(vertx, Stages.unobserved(), config.health(), data);
    var release = new CountDownLatch(1);
    vertx.runOnContext(
        nothing -> {
          try {
            assertTrue(release.await(LIMIT.toSeconds(), TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    try {
      await()
          .atMost(LIMIT)
          .until(() -> strict.troubles().stream().anyMatch(t -> t.contains("is blocked")));
    } finally {
      release.countDown();
    }
    await().atMost(LIMIT).until(() -> strict.troubles().isEmpty());
    strict.close();
  }

  @Test
  void metricsNameTheStages() throws Exception {
    stages.stage("mailbox.host", 10).pass(() -> Future.succeededFuture());
    stages.stage("mailbox.host", 10).refused("busy");
    String text = get("/metrics").body();
    assertTrue(text.contains("mainstem_stage_seconds_count{stage=\"mailbox.host\"} 1"), text);
    assertTrue(text.contains("mainstem_stage_depth{stage=\"mailbox.host\"} 0.0"), text);
    assertTrue(
        text.contains("mainstem_stage_refused_total{reason=\"busy\",stage=\"mailbox.host\"} 1.0"),
        text);
    assertTrue(text.contains("jvm_memory_used_bytes"), text);
  }

  @Test
  void adminWantsTheTokenOfAFileThatOnlyWeCanRead() throws Exception {
    Path file = data.resolve(AdminToken.FILE);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(401, admin("GET", "/admin/ping", "wrong", "").statusCode());
    assertEquals(401, admin("GET", "/admin/nothing", "", "").statusCode());
    assertEquals(200, admin("GET", "/admin/ping", Files.readString(file), "").statusCode());
    assertTrue(admin.address().startsWith("127.0.0.1:"));
  }

  @Test
  void adminTellsWhoseFaultItIs() throws Exception {
    String token = Files.readString(data.resolve(AdminToken.FILE));
    assertEquals("{\"a\":1}", admin("POST", "/admin/echo", token, "{\"a\":1}").body());
    assertEquals(400, admin("POST", "/admin/echo", token, "{").statusCode());
    assertEquals(413, admin("POST", "/admin/echo", token, " ".repeat((1 << 20) + 1)).statusCode());
    assertEquals(404, admin("GET", "/admin/nothing", token, "").statusCode());
    HttpResponse<String> rejected = admin("GET", "/admin/absent", token, "");
    assertEquals(404, rejected.statusCode());
    assertEquals(
        new JsonObject().put("error", "no such user").put("rule", "NOT_FOUND"),
        new JsonObject(rejected.body()));
    HttpResponse<String> broken = admin("GET", "/admin/broken", token, "");
    assertEquals(500, broken.statusCode());
    assertFalse(broken.body().contains("secret"), broken.body());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + gateway.actualPort() + path);
    return client.send(
        HttpRequest.newBuilder(uri).timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> admin(String method, String path, String token, String body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://" + admin.address() + path))
            .timeout(LIMIT)
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }
}
