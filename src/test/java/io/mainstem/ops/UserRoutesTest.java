package io.mainstem.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.config.Config;
import io.mainstem.directory.Directory;
import io.mainstem.directory.LoginOutcome;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksDirectoryStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserRoutesTest {
  @TempDir Path data;

  private Vertx vertx;
  private RocksDatabase db;
  private RocksDirectoryStore store;
  private Directory directory;
  private AdminServer server;
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    db = RocksDatabase.open(data.resolve("store"), Config.defaults().store(), StageMeter.NONE);
    store = new RocksDirectoryStore(db);
    Config config =
        Config.of(Map.of("directory.argon2.memoryKib", "1024", "directory.argon2.iterations", "1"));
    directory =
        await(
            new Directory(
                    store,
                    config.directory(),
                    "cell-1",
                    100,
                    InstantSource.system(),
                    System::nanoTime)
                .start());
    var routes = new UserRoutes(directory, Duration.ofDays(1));
    server = await(AdminServer.start(vertx, config.admin(), data, List.of(routes::mount)));
  }

  @AfterEach
  void stop() {
    await(server.stop());
    await(vertx.close());
    directory.close();
    db.close();
  }

  private static <T extends @Nullable Object> T await(Future<T> future) {
    try {
      return future.await(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
  }

  private JsonObject call(String method, String path, @Nullable JsonObject body, int expected)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
            .header("Authorization", "Bearer " + Files.readString(data.resolve(AdminToken.FILE)))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.encode()));
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(expected, response.statusCode(), response.body());
    return new JsonObject(response.body());
  }

  private JsonObject add(String name) throws Exception {
    return call(
        "POST",
        "/admin/users",
        new JsonObject().put("name", name).put("password", "password of " + name),
        201);
  }

  @Test
  void aUserIsAddedListedLockedOutAndLetIn() throws Exception {
    JsonObject alice =
        call(
            "POST",
            "/admin/users",
            new JsonObject()
                .put("name", "alice")
                .put("password", "correct horse")
                .put("displayName", "Alice Liddell"),
            201);
    assertEquals("alice@mainstem.test", alice.getString("address"));
    assertEquals("Alice Liddell", alice.getString("displayName"));
    assertEquals(
        alice, call("GET", "/admin/users", null, 200).getJsonArray("users").getJsonObject(0));
    String token = call("POST", "/admin/users/alice/sessions", null, 201).getString("token");
    assertNotNull(await(directory.sessions().use(token)));

    assertTrue(call("POST", "/admin/users/alice/disable", null, 200).getBoolean("disabled"));
    assertNull(await(directory.sessions().use(token)));
    assertFalse(
        call("POST", "/admin/users/alice%40mainstem.test/enable", null, 200)
            .getBoolean("disabled"));

    assertEquals(
        alice,
        call(
            "PUT",
            "/admin/users/alice/password",
            new JsonObject().put("password", "another one"),
            200));
    assertInstanceOf(
        LoginOutcome.Welcome.class,
        await(directory.logins().login("alice", "another one", "192.0.2.1")));
  }

  @Test
  void usersComeInPages() throws Exception {
    var added = new java.util.TreeSet<String>();
    for (int i = 0; i < 5; i++) {
      added.add(add("user" + i).getString("id"));
    }
    var seen = new java.util.TreeSet<String>();
    String next = "";
    int pages = 0;
    while (next != null) {
      JsonObject page =
          call("GET", "/admin/users?limit=2" + (next.isEmpty() ? "" : "&after=" + next), null, 200);
      page.getJsonArray("users")
          .forEach(user -> assertTrue(seen.add(((JsonObject) user).getString("id"))));
      next = page.getString("next");
      pages++;
    }
    assertEquals(added, seen);
    assertEquals(3, pages);
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    add("alice");
    assertEquals(
        "CONFLICT",
        call("POST", "/admin/users", new JsonObject().put("name", "Alice"), 409).getString("rule"));
    assertEquals(
        "INVALID",
        call("POST", "/admin/users", new JsonObject().put("name", "two words"), 400)
            .getString("rule"));
    assertEquals("INVALID", call("POST", "/admin/users", null, 400).getString("rule"));
    assertEquals(
        "NOT_FOUND", call("POST", "/admin/users/nobody/disable", null, 404).getString("rule"));
    assertEquals(
        "INVALID",
        call("PUT", "/admin/users/alice/password", new JsonObject().put("password", "short"), 400)
            .getString("rule"));
    assertEquals("INVALID", call("GET", "/admin/users?limit=0", null, 400).getString("rule"));
    assertEquals("INVALID", call("GET", "/admin/users?after=%00", null, 400).getString("rule"));
    call("POST", "/admin/users", new JsonObject().put("name", 7), 400);
  }

  @Test
  void aDomainsPolicyIsChanged() throws Exception {
    JsonObject alice = add("alice");
    call(
        "PUT",
        "/admin/domains/second.test",
        new JsonObject().put("catchAll", "alice").put("plusAddressing", false),
        200);
    JsonObject second =
        call("GET", "/admin/domains", null, 200).getJsonArray("domains").getJsonObject(1);
    assertEquals(
        new JsonObject()
            .put("name", "second.test")
            .put("plusAddressing", false)
            .put("quotaBytes", 0)
            .put("catchAll", alice.getString("id")),
        second);
    call("PUT", "/admin/domains/second.test", new JsonObject().put("catchAll", "nobody"), 404);
    call("PUT", "/admin/domains/UPPER.test", new JsonObject(), 400);
  }
}
