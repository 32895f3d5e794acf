package io.mainstem.gateway.http;

import static io.mainstem.gateway.http.GatewayFixture.PASSWORD;
import static io.mainstem.gateway.http.GatewayFixture.SOON;
import static io.mainstem.gateway.http.GatewayFixture.chat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mainstem.gateway.http.GatewayFixture.Stream;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a hostile page, program or guesser can do: nothing. */
final class SafetyTest {
  @TempDir private Path data;
  private GatewayFixture server;
  private String cookie;

  @BeforeEach
  void start() throws Exception {
    server =
        new GatewayFixture(
            data,
            Map.of(
                "http.hosts",
                "inbox.example",
                "directory.login.maxFailures",
                "3",
                "http.maxBodyBytes",
                "64k"));
    cookie = "mainstem_session=" + server.login("alice");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private HttpRequest.Builder byCookie(String method, String path, JsonObject body) {
    return server.write(method, path, body).header("Cookie", cookie);
  }

  // ---- pages of others

  @Test
  void whatChangesSomethingByCookieMustComeFromOurOwnPage() throws Exception {
    var own = server.base();
    record Case(String origin, String site, int status) {}
    for (var one :
        List.of(
            new Case(null, null, 403),
            new Case(own, null, 201),
            new Case(null, "same-origin", 201),
            new Case(own, "same-origin", 201),
            new Case("http://evil.example", null, 403),
            new Case("null", null, 403),
            new Case(own + "0", null, 403),
            new Case(own.replace("127.0.0.1", "localhost"), null, 403),
            new Case("http://127.0.0.1", null, 403),
            new Case(own, "cross-site", 403),
            new Case(null, "cross-site", 403),
            new Case(null, "same-site", 403),
            new Case(null, "none", 403),
            new Case("http://evil.example", "same-origin", 403))) {
      var request = byCookie("POST", "/messages", chat("bob", "hello"));
      if (one.origin() != null) {
        request.header("Origin", one.origin());
      }
      if (one.site() != null) {
        request.header("Sec-Fetch-Site", one.site());
      }
      assertEquals(one.status(), server.send(request).statusCode(), one.toString());
    }
    assertEquals(4 - 1, server.mailboxes.commands.size());
    assertEquals(
        200, server.send(byCookie("GET", "/counts", null)).statusCode(), "reading needs no origin");
  }

  @Test
  void everyOperationThatChangesSomethingIsGuarded() throws Exception {
    var contract =
        new JsonObject(
            new com.fasterxml.jackson.databind.ObjectMapper()
                .writeValueAsString(
                    new com.fasterxml.jackson.dataformat.yaml.YAMLMapper()
                        .readValue(server.send(server.get("/openapi.yaml")).body(), Map.class)));
    var tried = 0;
    for (var path : contract.getJsonObject("paths")) {
      for (var method : ((JsonObject) path.getValue()).fieldNames()) {
        if (!method.equals("get") && !path.getKey().equals("/session")) {
          var answer =
              server.send(
                  byCookie(
                      method.toUpperCase(java.util.Locale.ROOT),
                      path.getKey().replace("{id}", "x"),
                      new JsonObject()));
          assertEquals(403, answer.statusCode(), method + " " + path.getKey());
          tried++;
        }
      }
    }
    assertTrue(tried >= 20, "operations tried: " + tried);
    assertEquals(List.of(), server.mailboxes.commands);
  }

  @Test
  void aForeignPageCannotLogSomebodyIn() throws Exception {
    var login = new JsonObject().put("user", "bob").put("password", PASSWORD);
    assertEquals(
        403,
        server
            .send(server.post("/session", login).header("Origin", "http://evil.example"))
            .statusCode());
    assertEquals(
        403,
        server
            .send(server.post("/session", login).header("Sec-Fetch-Site", "cross-site"))
            .statusCode());
    assertEquals(
        200,
        server.send(server.post("/session", login).header("Origin", server.base())).statusCode());
    var form =
        HttpRequest.newBuilder(server.api("/session"))
            .POST(HttpRequest.BodyPublishers.ofString(login.encode()))
            .header("Content-Type", "text/plain");
    assertEquals(415, server.send(form).statusCode());
  }

  @Test
  void aStreamByCookieNeedsOurOrigin() throws Exception {
    for (var origin : new String[] {null, "http://evil.example", "null"}) {
      var request = server.client.newWebSocketBuilder().header("Cookie", cookie);
      if (origin != null) {
        request.header("Origin", origin);
      }
      var refused =
          Assertions.assertThrows(
              ExecutionException.class,
              () -> request.buildAsync(streamUri(), new Stream()).get(60, TimeUnit.SECONDS));
      assertTrue(
          String.valueOf(refused.getCause()).contains("WebSocketHandshakeException"), origin);
    }
    var stream = new Stream();
    server
        .client
        .newWebSocketBuilder()
        .header("Cookie", cookie)
        .header("Origin", server.base())
        .buildAsync(streamUri(), stream)
        .get(60, TimeUnit.SECONDS);
    assertEquals("caughtUp", stream.next().getString("type"));
  }

  private URI streamUri() {
    return URI.create("ws://127.0.0.1:" + server.gateway.port() + "/api/v1/stream");
  }

  @Test
  void onlyItsOwnHostsAreServed() throws Exception {
    for (var host :
        new String[] {
          "localhost",
          "127.0.0.1:1",
          "127.9.9.9",
          "[::1]:8080",
          "alice.localhost",
          "inbox.example",
          "INBOX.example:443"
        }) {
      assertTrue(
          raw("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
              .startsWith("HTTP/1.1 200"),
          host);
    }
    for (var host :
        new String[] {
          "evil.example",
          "127.0.0.1.evil.example",
          "localhost.evil.example",
          "10.0.0.1",
          "xlocalhost"
        }) {
      var answer = raw("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
      assertTrue(
          answer.startsWith("HTTP/1.1 421") && answer.contains("urn:mainstem:problem:misdirected"),
          host + answer);
    }
    assertTrue(raw("GET / HTTP/1.0\r\n\r\n").startsWith("HTTP/1.0 421"), "without a host");
  }

  // ---- sessions and passwords

  @Test
  void guessingIsSlowedDownAndHindersNoSession() throws Exception {
    var wrong = new JsonObject().put("user", "alice").put("password", "guess");
    for (int i = 0; i < 3; i++) {
      assertEquals(401, server.send(server.post("/session", wrong)).statusCode());
    }
    var refused = server.send(server.post("/session", wrong.put("password", PASSWORD)));
    assertEquals(429, refused.statusCode(), "also the right one waits");
    assertTrue(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()) > 0);
    assertEquals(
        "urn:mainstem:problem:too-many-attempts", new JsonObject(refused.body()).getString("type"));
    assertEquals(200, server.send(byCookie("GET", "/counts", null)).statusCode());
    assertEquals(
        200,
        server
            .send(
                server.post(
                    "/session", new JsonObject().put("user", "bob").put("password", PASSWORD)))
            .statusCode());
  }

  @Test
  void aSessionThatNobodyUsesEndsAndItsStreamsWithIt() throws Exception {
    try (var brief =
        new GatewayFixture(data.resolve("brief"), Map.of("http.session.seconds", "3"))) {
      var stream = new Stream();
      // On a machine that pauses it may be over before its stream stands: then another begins.
      String token =
          Awaitility.await()
              .atMost(SOON)
              .ignoreExceptionsMatching(SafetyTest::isUnauthenticated)
              .until(
                  () -> {
                    String fresh = brief.login("bob");
                    brief.open(fresh, "", stream);
                    return fresh;
                  },
                  Objects::nonNull);
      assertEquals(1008, stream.closed());
      Awaitility.await()
          .pollInterval(Duration.ofSeconds(4))
          .atMost(SOON)
          .until(() -> brief.as(token, brief.get("/counts")).statusCode() == 401);
    }
  }

  private static boolean isUnauthenticated(Throwable refused) {
    return refused.getCause() instanceof WebSocketHandshakeException handshake
        && handshake.getResponse().statusCode() == 401;
  }

  @Test
  void aKeyOpensTheInboxOnce() throws Exception {
    var noRedirect = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
    var key = server.directory.oneTimeKeys().create(server.alice.id());
    var first =
        noRedirect.send(
            HttpRequest.newBuilder(URI.create(server.base() + "/?key=" + key)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(303, first.statusCode());
    assertEquals("/", first.headers().firstValue("Location").orElseThrow());
    var made = first.headers().firstValue("Set-Cookie").orElseThrow();
    assertEquals(
        200,
        server
            .send(server.get("/counts").header("Cookie", made.substring(0, made.indexOf(';'))))
            .statusCode());
    for (var spent : new String[] {key, "wrong", ""}) {
      var again =
          noRedirect.send(
              HttpRequest.newBuilder(URI.create(server.base() + "/?key=" + spent)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(303, again.statusCode());
      assertTrue(again.headers().firstValue("Set-Cookie").isEmpty());
    }
  }

  // ---- headers and files

  @Test
  void everyAnswerBearsTheHeadersThatKeepItHarmless() throws Exception {
    for (var path :
        new String[] {
          "/",
          "/app.js",
          "/nothing",
          "/api/v1/counts",
          "/api/v1/nothing",
          "/_static/lit/3.3.3/index.js",
          "/health/live"
        }) {
      var answer = fetch(path);
      assertEquals(
          "nosniff", answer.headers().firstValue("X-Content-Type-Options").orElse(""), path);
      assertEquals("no-referrer", answer.headers().firstValue("Referrer-Policy").orElse(""), path);
      assertEquals("DENY", answer.headers().firstValue("X-Frame-Options").orElse(""), path);
      var policy = answer.headers().firstValue("Content-Security-Policy").orElse("");
      assertTrue(
          policy.startsWith("default-src 'none'") && !policy.contains("unsafe"), path + policy);
    }
  }

  private HttpResponse<String> fetch(String path) throws Exception {
    return server.client.send(
        HttpRequest.newBuilder(URI.create(server.base() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void thePageAllowsItsImportMapAndNoOtherInlineScript() throws Exception {
    var page = fetch("/");
    assertEquals("text/html; charset=utf-8", page.headers().firstValue("Content-Type").orElse(""));
    assertEquals("no-cache", page.headers().firstValue("Cache-Control").orElse(""));
    var map = page.body().substring(page.body().indexOf("importmap\">") + 11);
    map = map.substring(0, map.indexOf("</script>"));
    var hash =
        java.util.Base64.getEncoder()
            .encodeToString(
                java.security.MessageDigest.getInstance("SHA-256")
                    .digest(map.getBytes(StandardCharsets.UTF_8)));
    var policy = page.headers().firstValue("Content-Security-Policy").orElse("");
    assertTrue(policy.contains("script-src 'self' 'sha256-" + hash + "'"), policy);
    for (var module : new JsonObject(map).getJsonObject("imports")) {
      var url = (String) module.getValue();
      if (!url.endsWith("/")) {
        var file = fetch(url);
        assertEquals(200, file.statusCode(), url);
        assertTrue(
            file.headers().firstValue("Cache-Control").orElse("").contains("immutable"), url);
      }
    }
  }

  @Test
  void filesAreRevalidatedByTheirTag() throws Exception {
    var first = fetch("/app.js");
    var tag = first.headers().firstValue("ETag").orElseThrow();
    var again =
        server.client.send(
            HttpRequest.newBuilder(URI.create(server.base() + "/app.js"))
                .header("If-None-Match", tag)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(304, again.statusCode());
    assertEquals("", again.body());
  }

  @Test
  void noPathLeavesTheRoot() throws Exception {
    for (var path :
        new String[] {
          "/../openapi.yaml",
          "/..%2fopenapi.yaml",
          "/%2e%2e/openapi.yaml",
          "/%2e%2e%2fopenapi.yaml",
          "/_static/../../../openapi.yaml",
          "/_static/..%2f..%2f..%2fopenapi.yaml",
          "//etc/passwd",
          "/app.js%00.html",
          "/app.js/",
          "/styles",
          "/styles/",
          "/.hidden",
          "/\\..\\openapi.yaml",
          "/io/mainstem/Main.class",
          "/META-INF/MANIFEST.MF",
          "/_static/lit/3.3.3/package.json/../../../../../logback.xml",
          "/%",
          "/%zz",
          "/a%ff%fe",
          "/api/v1/threads/..%2f..%2fsettings/messages",
          "/api/v1/../../openapi.yaml",
          "/api/v1/blobs/..%2f..%2fetc%2fpasswd"
        }) {
      var answer =
          raw(
              "GET "
                  + path
                  + " HTTP/1.1\r\nHost: localhost\r\nCookie: "
                  + cookie
                  + "\r\nConnection: close\r\n\r\n");
      var status = Integer.parseInt(answer.substring(9, 12));
      assertTrue(
          status == 404 || status == 400, path + ": " + answer.lines().findFirst().orElse(""));
      assertFalse(
          answer.contains("openapi: 3") || answer.contains("root:") || answer.contains("at io."),
          path);
    }
  }

  // ---- bad input

  @Test
  void nothingThatIsSentMakesUsFail() throws Exception {
    var good = chat("bob", "hello").encode();
    var id = "\"id\":\"" + GatewayFixture.newId() + "\"";
    var bodies = new ArrayList<byte[]>();
    for (var text :
        new String[] {
          "",
          " ",
          "{",
          "}",
          "[]",
          "null",
          "true",
          "7",
          "\"text\"",
          "{\"id\":}",
          "{'id':1}",
          "{\"id\":1}",
          good + good,
          good.substring(0, good.length() - 1),
          "{" + id + ",\"channel\":\"chat\",\"to\":[\"bob\"],\"text\":\"x\",\"extra\":1}",
          "{" + id + ",\"channel\":\"chat\",\"to\":\"bob\",\"text\":\"x\"}",
          "{" + id + ",\"channel\":\"chat\",\"to\":[],\"text\":\"x\"}",
          "{" + id + ",\"channel\":\"chat\",\"to\":[null],\"text\":\"x\"}",
          "{" + id + ",\"channel\":\"chat\",\"to\":[{\"a\":1}],\"text\":\"x\"}",
          "{" + id + ",\"channel\":\"fax\",\"to\":[\"bob\"],\"text\":\"x\"}",
          "{" + id + ",\"channel\":null,\"to\":[\"bob\"],\"text\":\"x\"}",
          "{" + id + ",\"channel\":\"chat\",\"to\":[\"bob\"],\"text\":null}",
          "{" + id + ",\"channel\":\"chat\",\"to\":[\"bob\"],\"text\":{\"deep\":[1]}}",
          "{" + id + "," + id + ",\"channel\":\"chat\",\"to\":[\"bob\"],\"text\":\"x\"}",
          "{"
              + id
              + ",\"channel\":\"chat\",\"to\":[\"bob\"],\"text\":\"x\",\"attachments\":[{\"id\":\"x\",\"name\":\"y\",\"z\":1}]}",
          "{\"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAVX\",\"channel\":\"chat\",\"to\":[\"bob\"],\"text\":\"x\"}",
          "{\"id\":\"01arz3ndektsv4rrffq69g5fav\",\"channel\":\"chat\",\"to\":[\"bob\"],\"text\":\"x\"}",
          "{\"id\":" + "[".repeat(5000) + "]".repeat(5000) + "}",
          "{\"id\":1e999999,\"n\":" + "9".repeat(5000) + "}",
          "{\"text\":\"\\ud800\"}",
          "{\"text\":\"\\u12\"}",
          "{\"text\":\"\u0001\"}",
          "\ufeff" + good,
          "// comment\n" + good,
          "{\"a\":NaN}",
        }) {
      bodies.add(text.getBytes(StandardCharsets.UTF_8));
    }
    bodies.add(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
    bodies.add(new byte[] {(byte) 0xc0, (byte) 0x80});
    bodies.add(good.getBytes(StandardCharsets.UTF_16));
    bodies.add(new byte[] {0, 0, 0, 0});
    var token = server.login("alice");
    for (var path :
        new String[] {
          "/messages",
          "/threads/t-1/read",
          "/drafts",
          "/settings",
          "/undo",
          "/session",
          "/folders",
          "/messages/x/flags",
          "/threads/t-1/move"
        }) {
      var method = path.equals("/settings") || path.endsWith("flags") ? "PUT" : "POST";
      for (var body : bodies) {
        if (path.equals("/drafts")
            && new String(body, StandardCharsets.UTF_8).contains("\"to\":[],")) {
          continue; // a draft may be for nobody yet
        }
        var answer =
            server.as(
                token,
                HttpRequest.newBuilder(server.api(path))
                    .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                    .header("Content-Type", "application/json"));
        assertEquals(
            400,
            answer.statusCode(),
            method
                + " "
                + path
                + " "
                + new String(body, StandardCharsets.ISO_8859_1)
                + " "
                + answer.body());
        assertEquals(
            "application/problem+json", answer.headers().firstValue("Content-Type").orElse(""));
        assertFalse(
            answer.body().contains("Exception") || answer.body().contains("at io."), answer.body());
        assertTrue(
            new JsonObject(answer.body()).getString("type").startsWith("urn:mainstem:problem:"));
      }
    }
    assertEquals(List.of(), server.mailboxes.commands);
  }

  @Test
  void bodiesAndHeadersHaveBounds() throws Exception {
    var token = server.login("alice");
    var large = server.as(token, server.post("/messages", chat("bob", "x".repeat(70_000))));
    assertEquals(413, large.statusCode());
    assertEquals("urn:mainstem:problem:too-large", new JsonObject(large.body()).getString("type"));
    var chunked =
        "POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + token
            + "\r\n"
            + "Content-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n"
            + "Connection: close\r\n\r\n";
    assertEquals(
        "413",
        status(chunked + ("4000\r\n" + "x".repeat(0x4000) + "\r\n").repeat(5) + "0\r\n\r\n"));
    assertEquals(
        "414",
        status(
            "GET /"
                + "x".repeat(9000)
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    assertEquals(
        "431",
        status(
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: "
                + "x".repeat(20_000)
                + "\r\nConnection: close\r\n\r\n"));
    assertEquals("400", status("NONSENSE\r\n\r\n"));
    var zipped =
        "\r\n"
            + "Content-Type: application/json\r\n"
            + "Content-Encoding: gzip\r\n"
            + "Content-Length: 2\r\n"
            + "Connection: close\r\n\r\n"
            + "{}";
    assertEquals(
        "415",
        status(
            "POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + token
                + zipped));
  }

  private String status(String request) throws Exception {
    var answer = raw(request);
    return answer.length() < 12 ? answer : answer.substring(9, 12);
  }

  @Test
  void queriesAreHeldAgainstTheContract() throws Exception {
    var token = server.login("alice");
    for (var query :
        new String[] {
          "limit=1.5",
          "limit=-1",
          "limit=99999999999999999999",
          "limit=1&limit=2",
          "colour=red",
          "channel=fax",
          "before=x",
          "folder=" + "x".repeat(65),
          "limit=%zz"
        }) {
      assertEquals(
          400,
          server
              .as(
                  token,
                  HttpRequest.newBuilder(
                      URI.create(
                          server.base() + "/api/v1/threads?" + query.replace("%zz", "%C3%28"))))
              .statusCode(),
          query);
    }
    assertTrue(
        raw("GET /api/v1/threads?limit=%zz HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + token
                + "\r\nConnection: close\r\n\r\n")
            .startsWith("HTTP/1.1 400"));
    assertEquals(404, server.as(token, server.get("/threads?folder=..%2F..")).statusCode());
  }

  @Test
  void wrongMethodsAreNamed() throws Exception {
    var token = server.login("alice");
    assertEquals(405, server.as(token, server.write("PUT", "/counts", null)).statusCode());
    assertEquals(405, server.as(token, server.get("/undo")).statusCode());
    assertEquals(404, server.as(token, server.get("/nothing")).statusCode());
    assertEquals(404, server.as(token, server.write("POST", "/nothing", null)).statusCode());
    assertEquals(426, server.as(token, server.get("/stream")).statusCode());
  }

  // ---- what is kept quiet

  @Test
  void logsAndMetricsHoldNothingOfAUser() throws Exception {
    var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    var before = root.getLevel();
    root.setLevel(Level.INFO);
    root.addAppender(lines);
    try {
      var marker = "MARKER-7f3a";
      var token = server.login("alice");
      var stream = new Stream();
      var socket = server.open(token, "", stream);
      server.as(
          token,
          server.post(
              "/messages", chat("bob", marker).put("channel", "mail").put("subject", marker)));
      server.as(token, server.post("/messages", chat(marker + "@nowhere.example", "x")));
      socket.sendText(chat("bob", marker).put("op", "send").encode(), true).join();
      socket.sendText("{" + marker, true).join();
      server.mailboxes.refuse = command -> new IllegalStateException(marker);
      assertEquals(
          500, server.as(token, server.post("/messages", chat("bob", marker))).statusCode());
      server.send(
          server.post("/session", new JsonObject().put("user", marker).put("password", marker)));
      server.as(token, server.get("/threads/" + marker + "/messages?before=" + marker));
      fetch("/" + marker + "?key=" + marker);
      assertNotNull(stream.next());
      var meters =
          server.registry.getMeters().stream().map(m -> m.getId().toString()).toList().toString();
      List<String> logged;
      synchronized (lines) {
        // Others of this JVM may log meanwhile; an appender takes one event at a time.
        logged = lines.list.stream().map(SafetyTest::whole).toList();
      }
      assertTrue(
          logged.stream().anyMatch(line -> line.contains("request failed")),
          "the fault was logged");
      for (var secret :
          new String[] {marker, token, PASSWORD, "alice@mainstem.test", "bob@mainstem.test"}) {
        assertTrue(
            logged.stream().noneMatch(line -> line.contains(secret)), secret + " in " + logged);
        assertFalse(meters.contains(secret), secret);
      }
      assertNotEquals("[]", meters);
    } finally {
      root.detachAppender(lines);
      root.setLevel(before);
    }
  }

  private static String whole(ILoggingEvent event) {
    var cause = event.getThrowableProxy();
    return event.getFormattedMessage() + (cause == null ? "" : cause.getMessage());
  }

  private String raw(String request) throws Exception {
    try (var socket = new Socket("127.0.0.1", server.gateway.port())) {
      socket.setSoTimeout(60_000);
      var answer = new ByteArrayOutputStream();
      try {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      } catch (SocketException refused) {
        // It has answered and closed before all was sent; the answer can still be read.
      }
      InputStream in = socket.getInputStream();
      byte[] some = new byte[8192];
      try {
        for (int n = in.read(some); n >= 0; n = in.read(some)) {
          answer.write(some, 0, n);
        }
      } catch (SocketException reset) {
        // An end, too: what was sent was not read to its end.
      }
      return answer.toString(StandardCharsets.UTF_8);
    }
  }
}
