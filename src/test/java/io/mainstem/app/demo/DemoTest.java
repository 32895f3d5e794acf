package io.mainstem.app.demo;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.app.Mainstem;
import io.mainstem.app.StartFailure;
import io.mainstem.config.Config;
import io.mainstem.config.ConfigException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo in a whole node, looked at through the API as its people would. */
class DemoTest {
  private static final DemoSettings RANDOM = new DemoSettings(null);

  @TempDir Path data;

  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable Mainstem node;

  private Mainstem start(@Nullable DemoSettings demo) throws Exception {
    Map<String, String> settings =
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
            "0");
    Mainstem started = Mainstem.start(Config.of(settings), demo).await(180, TimeUnit.SECONDS);
    node = started;
    return started;
  }

  @AfterEach
  void stop() throws Exception {
    Mainstem running = node;
    if (running != null) {
      running.stop().await(120, TimeUnit.SECONDS);
      node = null;
    }
  }

  private JsonObject state() throws Exception {
    return new JsonObject(Files.readString(data.resolve("demo.json")));
  }

  private HttpResponse<String> login(Mainstem running, String user, String password)
      throws Exception {
    var body = new JsonObject().put("user", user).put("password", password).encode();
    var request =
        HttpRequest.newBuilder(
                URI.create("http://" + running.addresses().get("http") + "/api/v1/session"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private String token(Mainstem running, String user) throws Exception {
    return new JsonObject(
            login(running, user, state().getJsonObject("passwords").getString(user)).body())
        .getString("token");
  }

  private JsonObject get(Mainstem running, String token, String path) throws Exception {
    var request =
        HttpRequest.newBuilder(
                URI.create("http://" + running.addresses().get("http") + "/api/v1" + path))
            .header("Authorization", "Bearer " + token);
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response.body());
    return new JsonObject(response.body());
  }

  private static Stream<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast);
  }

  private List<JsonObject> messages(Mainstem running, String token, JsonObject thread)
      throws Exception {
    return objects(
            get(running, token, "/threads/" + thread.getString("id") + "/messages?limit=500")
                .getJsonArray("messages"))
        .toList();
  }

  /** Everything that a person sees, as far as two starts must show the same. */
  private String seen(Mainstem running, String user) throws Exception {
    String token = token(running, user);
    var all = new StringBuilder();
    for (String folder : List.of("inbox", "requests", "sent", "junk", "trash")) {
      for (JsonObject thread :
          objects(
                  get(running, token, "/threads?limit=500&folder=" + folder)
                      .getJsonArray("threads"))
              .toList()) {
        all.append(folder)
            .append(' ')
            .append(thread.getString("title"))
            .append(' ')
            .append(thread.getInteger("unread"))
            .append('\n');
        for (JsonObject message : messages(running, token, thread)) {
          all.append("  ")
              .append(message.getString("sentAt"))
              .append(' ')
              .append(message.getString("text"))
              .append('\n');
        }
      }
    }
    JsonObject counts = get(running, token, "/counts");
    return all.append(counts.getInteger("unread"))
        .append(' ')
        .append(counts.getInteger("requests"))
        .toString();
  }

  @Test
  void aliceOpensOnWhatTheDemoPromises() throws Exception {
    Mainstem running = start(RANDOM);
    String alice = token(running, "alice");
    List<JsonObject> inbox =
        objects(get(running, alice, "/threads?folder=inbox").getJsonArray("threads")).toList();

    JsonObject bobs = inbox.get(0);
    assertEquals("people", bobs.getString("kind"));
    assertEquals("Bob Marchetti", bobs.getString("title"));
    assertEquals(2, bobs.getInteger("unread"));
    List<JsonObject> talk = messages(running, alice, bobs);
    int mail = talk.stream().map(message -> message.getString("channel")).toList().indexOf("mail");
    assertTrue(mail > 0 && mail < talk.size() - 3, "a mail with chat before and after");
    assertEquals("The lake at sunset", talk.get(mail).getString("subject"));
    assertEquals(
        "image/png", talk.get(mail).getJsonArray("attachments").getJsonObject(0).getString("type"));
    List<Boolean> read =
        talk.stream()
            .map(message -> message.getJsonArray("flags", new JsonArray()).contains("\\Seen"))
            .toList();
    assertEquals(talk.size() - 2, read.indexOf(false), "one divider before what is unread");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                messages(running, alice, bobs).stream()
                    .anyMatch(message -> "read".equals(message.getString("status"))));

    assertTrue(inbox.stream().anyMatch(thread -> thread.getString("kind").equals("list")));
    assertTrue(
        inbox.stream().anyMatch(thread -> thread.getString("title").startsWith("Seven notebooks")));
    assertTrue(
        inbox.stream().anyMatch(thread -> thread.getString("title").equals("Jörg Brückner")));
    assertTrue(inbox.stream().anyMatch(thread -> thread.getString("title").equals("دروس العربية")));
    JsonObject doras =
        inbox.stream()
            .filter(thread -> thread.getString("title").equals("Dora Elsewhere"))
            .findFirst()
            .orElseThrow();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                messages(running, alice, doras).stream()
                    .anyMatch(message -> "failed".equals(message.getString("status"))));

    List<JsonObject> requests =
        objects(get(running, alice, "/threads?folder=requests").getJsonArray("threads")).toList();
    assertEquals(
        List.of("Carol Nakamura"),
        requests.stream().map(thread -> thread.getString("title")).toList());
    assertFalse(requests.get(0).getJsonObject("reason").getString("text").isEmpty());
  }

  @Test
  void aSecondStartAddsNothing() throws Exception {
    Mainstem first = start(RANDOM);
    String alice = seen(first, "alice");
    String bob = seen(first, "bob");
    stop();
    Mainstem second = start(RANDOM);
    assertEquals(alice, seen(second, "alice"));
    assertEquals(bob, seen(second, "bob"));
  }

  @Test
  void aStoryThatWasCutShortIsToldOnWithoutRepeating() throws Exception {
    Mainstem first = start(RANDOM);
    String alice = seen(first, "alice");
    String bob = seen(first, "bob");
    String carol = seen(first, "carol");
    stop();
    // As if the process had been killed before it could note that all is told: the worst moment.
    Files.writeString(data.resolve("demo.json"), state().put("complete", false).encode());
    Mainstem second = start(RANDOM);
    assertEquals(alice, seen(second, "alice"));
    assertEquals(bob, seen(second, "bob"));
    assertEquals(carol, seen(second, "carol"));
    assertTrue(state().getBoolean("complete"));
  }

  @Test
  void passwordsAreRandomAndKeptWhereOnlyTheOwnerReads() throws Exception {
    start(RANDOM);
    Map<String, Object> passwords = new HashMap<>(state().getJsonObject("passwords").getMap());
    assertEquals(3, passwords.values().stream().distinct().count());
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("demo.json"))));
  }

  @Test
  void onePasswordForAllMayBeGivenLater() throws Exception {
    start(RANDOM);
    stop();
    Mainstem second = start(new DemoSettings("given by the operator"));
    for (String user : List.of("alice", "bob", "carol")) {
      assertTrue(login(second, user, "given by the operator").statusCode() < 300);
    }
  }

  @Test
  void theGreetingNamesWhatToDoFirst() throws Exception {
    Mainstem running = start(RANDOM);
    String greeting = running.greeting(Path.of("./data"), Duration.ofMillis(1900));
    String port = running.addresses().get("http").replaceAll(".*:", "");
    assertTrue(greeting.contains("Mainstem is ready (1.9 s).  Data: ./data "), greeting);
    assertTrue(greeting.contains("Alice   http://127.0.0.1:" + port + "/?key="), greeting);
    assertTrue(greeting.contains("Bob     http://localhost:" + port + "/?key="), greeting);
    assertTrue(greeting.contains(state().getJsonObject("passwords").getString("carol")), greeting);
    assertTrue(
        greeting.contains("curl --crlf smtp://" + running.addresses().get("smtp")), greeting);
    assertTrue(greeting.contains("import mbox FILE --user alice"), greeting);
    assertTrue(greeting.contains("IMAP " + running.addresses().get("imap") + ", SMTP "), greeting);
  }

  @Test
  void aKeyOpensTheInboxOnce() throws Exception {
    Mainstem running = start(RANDOM);
    String link =
        running
            .greeting(Path.of("./data"), Duration.ZERO)
            .lines()
            .filter(line -> line.contains("Alice   http"))
            .findFirst()
            .orElseThrow();
    URI uri = URI.create(link.strip().split("\\s+")[1]);
    HttpResponse<String> first =
        http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    assertTrue(
        first.headers().firstValue("Set-Cookie").isPresent(),
        () -> first.statusCode() + " " + first.headers());
    HttpResponse<String> again =
        http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    assertTrue(again.headers().firstValue("Set-Cookie").isEmpty(), "a key works once");
  }

  @Test
  void aServerWithoutDemoHasNoGreeting() throws Exception {
    assertEquals("", start(null).greeting(Path.of("./data"), Duration.ZERO));
  }

  @Test
  void somebodyElsesAccountIsNotTakenOver() throws Exception {
    start(RANDOM);
    stop();
    // A directory with an alice, but not of the demo.
    Files.delete(data.resolve("demo.json"));
    assertThrows(StartFailure.class, () -> start(RANDOM));
    assertFalse(Files.exists(data.resolve("demo.json")));
  }

  @Test
  void itIsShownToThisMachineOnlyUnlessAPasswordIsGiven() {
    for (String key : List.of("http.host", "smtp.host", "submission.host", "imap.host")) {
      Config open = Config.of(Map.of(key, "0.0.0.0"));
      var refused = assertThrows(ConfigException.class, () -> DemoSettings.of(open, Map.of()));
      assertTrue(String.valueOf(refused.getMessage()).contains(key));
      assertEquals(
          "long enough",
          DemoSettings.of(open, Map.of("MAINSTEM_DEMO_PASSWORD", "long enough")).password());
    }
    assertThrows(
        ConfigException.class,
        () -> DemoSettings.of(Config.defaults(), Map.of("MAINSTEM_DEMO_PASSWORD", "short")));
    assertDoesNotThrow(
        () -> DemoSettings.of(Config.of(Map.of("http.host", "localhost")), Map.of()));
  }
}
