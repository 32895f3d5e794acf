package io.mainstem.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mainstem.app.cli.AdminClient;
import io.mainstem.bench.Ports;
import io.mainstem.config.Config;
import io.mainstem.gateway.smtp.LineClient;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real HAProxy with the configuration of {@code docker/}, in front of a real node; its other
 * nodes are down. All addresses are of this machine: the balancer is at 127.0.0.1, the node at
 * 127.0.0.11, clients come from 127.0.0.2 and up.
 */
class HaproxyTest {
  private static final Duration SOON = Duration.ofSeconds(120);
  private static final String PASSWORD = "correct horse battery";

  @TempDir private static Path data;
  private static final Map<String, Integer> PORTS = new HashMap<>();
  private static Mainstem node;
  private static Process haproxy;
  private static String session;

  @BeforeAll
  static void start() throws Exception {
    Path program = program();
    assumeTrue(program != null, "haproxy is not installed");
    var ports = new Ports();
    for (String gateway : List.of("http", "smtp", "submission", "imap")) {
      PORTS.put(gateway, ports.free());
    }
    node =
        Mainstem.start(Config.of(settings()))
            .toCompletionStage()
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
    AdminClient admin = AdminClient.of(data.resolve("node"));
    admin.post("/admin/users", new JsonObject().put("name", "alice").put("password", PASSWORD));
    session = admin.post("/admin/users/alice/sessions", new JsonObject()).getString("token");
    var starting =
        new ProcessBuilder(program.toString(), "-db", "-f", "docker/haproxy.cfg")
            .redirectErrorStream(true)
            .redirectOutput(data.resolve("haproxy.log").toFile());
    starting.environment().put("BIND", "127.0.0.1");
    for (int i = 1; i <= 3; i++) {
      starting.environment().put("A" + i, "127.0.0.1" + i);
    }
    starting.environment().put("B1", "127.0.0.14");
    PORTS.forEach(
        (gateway, port) ->
            starting
                .environment()
                .put(gateway.toUpperCase(Locale.ROOT) + "_PORT", String.valueOf(port)));
    haproxy = starting.start();
    // Until it has seen which nodes are down, it may try them.
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              for (int i = 0; i < 8; i++) {
                assertEquals(200, ask("127.0.0.1", "/health/ready").statusCode());
              }
              for (int i = 0; i < 4; i++) {
                for (String gateway : List.of("smtp", "submission", "imap")) {
                  try (var client = client("127.0.0.1", gateway)) {
                    assertTrue(client.readLine().matches("(220|\\* OK) .*"));
                  }
                }
              }
            });
  }

  /** Null when it is not installed; Debian has it where not every account looks. */
  static Path program() {
    return Stream.of((System.getenv("PATH") + ":/usr/sbin").split(File.pathSeparator))
        .map(directory -> Path.of(directory, "haproxy"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  private static Map<String, String> settings() {
    var settings = new HashMap<String, String>();
    settings.put("data", data.resolve("node").toString());
    settings.put("admin.port", "0");
    PORTS.forEach(
        (gateway, port) -> {
          settings.put(gateway + ".host", "127.0.0.11");
          settings.put(gateway + ".port", String.valueOf(port));
          settings.put(gateway + ".proxies", "127.0.0.1");
        });
    settings.put("smtp.limits.maxConnectionsPerAddress", "2");
    settings.put("imap.limits.maxConnectionsPerAddress", "2");
    settings.put("directory.login.maxFailures", "3");
    // So that a machine that stands still for a moment takes no node out of the balance.
    settings.put("health.blockedLoopMillis", "60000");
    return settings;
  }

  @AfterAll
  static void stop() throws Exception {
    if (haproxy != null) {
      haproxy.destroy();
      haproxy.onExit().get(30, TimeUnit.SECONDS);
    }
    if (node != null) {
      node.stop().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
  }

  private static LineClient client(String from, String gateway) throws IOException {
    return LineClient.withoutGreeting(
        InetAddress.getByName(from), InetAddress.getByName("127.0.0.1"), PORTS.get(gateway));
  }

  private static HttpClient browser(String from) throws IOException {
    return HttpClient.newBuilder().localAddress(InetAddress.getByName(from)).build();
  }

  private static URI uri(String scheme, String path) {
    return URI.create(scheme + "://127.0.0.1:" + PORTS.get("http") + path);
  }

  /**
   * Asks again while the balancer has no node: a busy machine kept its checks waiting. What it
   * answers so, no node has seen.
   */
  private static HttpResponse<String> served(Callable<HttpResponse<String>> request) {
    return await().atMost(SOON).until(request, response -> response.statusCode() != 503);
  }

  private static HttpResponse<String> get(String from, String path) {
    return served(() -> ask(from, path));
  }

  private static HttpResponse<String> ask(String from, String path) throws Exception {
    try (HttpClient browser = browser(from)) {
      return browser.send(
          HttpRequest.newBuilder(uri("http", path))
              .header("Authorization", "Bearer " + session)
              .timeout(SOON)
              .build(),
          BodyHandlers.ofString());
    }
  }

  private static int login(String from, String password, String claimed) {
    var body = new JsonObject().put("user", "alice").put("password", password);
    var request =
        HttpRequest.newBuilder(uri("http", "/api/v1/session"))
            .header("Content-Type", "application/json")
            .header("Forwarded", "for=" + claimed)
            .POST(BodyPublishers.ofString(body.encode()))
            .timeout(SOON)
            .build();
    return served(
            () -> {
              try (HttpClient browser = browser(from)) {
                return browser.send(request, BodyHandlers.ofString());
              }
            })
        .statusCode();
  }

  @ParameterizedTest
  @CsvSource({"smtp, 220, 421", "imap, * OK, * BYE"})
  void connectionsAreCountedByClient(String gateway, String welcome, String tooMany)
      throws Exception {
    var clients = new ArrayList<LineClient>();
    try {
      for (int i = 0; i < 2; i++) {
        assertGreeting(welcome, "127.0.0.2", gateway, clients);
      }
      assertGreeting(tooMany, "127.0.0.2", gateway, clients);
      assertGreeting(welcome, "127.0.0.3", gateway, clients);
    } finally {
      for (LineClient client : clients) {
        client.close();
      }
    }
  }

  private static void assertGreeting(
      String expected, String from, String gateway, List<LineClient> clients) {
    Greeted greeted = greeted(from, gateway);
    clients.add(greeted.client());
    assertTrue(greeted.greeting().startsWith(expected + " "), greeted.greeting());
  }

  /** A client, and what was said to it first. */
  private record Greeted(LineClient client, String greeting) {}

  /**
   * A balancer whose checks a busy machine kept waiting has no node for a moment, and closes
   * without a word: then the client comes again, as clients do.
   */
  private static Greeted greeted(String from, String gateway) {
    return await()
        .atMost(SOON)
        .until(
            () -> {
              LineClient client = client(from, gateway);
              String greeting = client.readLine();
              if (greeting == null) {
                client.close();
                return null;
              }
              return new Greeted(client, greeting);
            },
            Objects::nonNull);
  }

  @Test
  void aMailSaysWhoBroughtIt() throws Exception {
    try (var client = greeted("127.0.0.4", "smtp").client()) {
      client.say("EHLO c.example");
      client.say("MAIL FROM:<dora@elsewhere.example>");
      client.say("RCPT TO:<alice@mainstem.test>");
      client.say("DATA");
      assertTrue(client.say("Subject: through it\r\n\r\nHello.\r\n.").startsWith("250 "));
    }
    String thread = first("/api/v1/threads", "threads");
    String message = first("/api/v1/threads/" + thread + "/messages", "messages");
    String raw = get("127.0.0.5", "/api/v1/messages/" + message + "/raw").body();
    assertTrue(raw.contains("Received: from c.example ([127.0.0.4])"), raw);
  }

  private static String first(String path, String list) throws Exception {
    return new JsonObject(get("127.0.0.5", path).body())
        .getJsonArray(list)
        .getJsonObject(0)
        .getString("id");
  }

  @Test
  void guessesAreCountedByClientWhateverHeClaims() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertEquals(401, login("127.0.0.6", "guess", "192.0.2." + i));
    }
    assertEquals(429, login("127.0.0.6", PASSWORD, "192.0.2.9"));
    assertEquals(200, login("127.0.0.7", PASSWORD, "127.0.0.6"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"smtp", "submission"})
  void tlsGoesThroughToTheNode(String gateway) throws Exception {
    try (var client = greeted("127.0.0.8", gateway).client()) {
      client.say("EHLO c.example");
      assertTrue(client.say("STARTTLS").startsWith("220 "));
      client.startTls();
      List<String> offered = client.send("EHLO c.example\r\n").readAll();
      assertEquals(
          gateway.equals("submission"), offered.stream().anyMatch(line -> line.contains("AUTH")));
    }
  }

  @Test
  void liveStreamsGoThrough() throws Exception {
    var said = new CompletableFuture<String>();
    try (HttpClient browser = browser("127.0.0.9")) {
      WebSocket socket =
          await()
              .atMost(SOON)
              .ignoreExceptionsMatching(HaproxyTest::isNoNode)
              .until(() -> stream(browser, said), Objects::nonNull);
      assertTrue(said.get(60, TimeUnit.SECONDS).contains("caughtUp"));
      socket.abort();
    }
  }

  private static boolean isNoNode(Throwable refused) {
    return refused.getCause() instanceof WebSocketHandshakeException handshake
        && handshake.getResponse().statusCode() == 503;
  }

  private static WebSocket stream(HttpClient browser, CompletableFuture<String> said)
      throws Exception {
    return browser
        .newWebSocketBuilder()
        .header("Authorization", "Bearer " + session)
        .buildAsync(
            uri("ws", "/api/v1/stream"),
            new WebSocket.Listener() {
              @Override
              public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                said.complete(text.toString());
                from.request(1);
                return null;
              }
            })
        .get(60, TimeUnit.SECONDS);
  }
}
