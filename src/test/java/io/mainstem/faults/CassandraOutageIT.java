package io.mainstem.faults;

import static io.mainstem.faults.Mailboxes.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mainstem.bench.CassandraNodes;
import io.mainstem.bench.ChatClient;
import io.mainstem.bench.ServerProcess;
import io.mainstem.bench.Ulids;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real program over a real Cassandra that freezes, is killed and comes back, while people
 * write: whatever was acknowledged is there once, what cannot be written is refused in clear words,
 * and everything goes on by itself. The program's own disk holds nothing of it.
 */
class CassandraOutageIT {
  private static final List<String> PEOPLE = List.of("anna", "bert", "cora");
  private static final String QUIET = "dora";
  private static final String READER = "emil";
  private static final String PASSWORD = "outage-password-1";
  private static final Duration BOUND = Duration.ofMinutes(5);

  @TempDir private static Path room;
  private static CassandraNodes cassandra;

  private final Vertx vertx = Vertx.vertx();
  private final History history = new History();
  private final AtomicInteger marks = new AtomicInteger();
  private final Queue<Unknown> unknown = new ConcurrentLinkedQueue<>();

  private record Unknown(String mark, String user, JsonObject body) {}

  @BeforeAll
  static void startCassandra() {
    String missing = CassandraNodes.missing();
    assumeTrue(missing == null, missing);
    cassandra = new CassandraNodes(room.resolve("cassandra"), CassandraNodes.Setup.of(1, 21_200));
    cassandra.start();
  }

  @AfterAll
  static void stopCassandra() {
    if (cassandra != null) {
      cassandra.close();
    }
  }

  private static ServerProcess.Start how() {
    return ServerProcess.Start.PLAIN.with(
        "--set",
        "directory.argon2.memoryKib=64",
        "--set",
        "directory.argon2.iterations=1",
        "--set",
        "mailbox.policy.newRecipientsPerHour=0",
        "--set",
        "store.kind=cassandra",
        "--set",
        "store.cassandra.contactPoints=" + cassandra.contactPoint(1),
        "--set",
        "store.cassandra.replication=datacenter1:1",
        "--set",
        "store.cassandra.requestMillis=1500",
        "--set",
        "store.cassandra.goneSeconds=2",
        "--set",
        "store.cassandra.staleSeconds=2");
  }

  @Test
  void whatWasAcknowledgedSurvivesACassandraThatFreezesAndDies() throws Exception {
    ServerProcess server = ServerProcess.start(room.resolve("first"), how());
    var client = new ChatClient(vertx, server.endpoint("http"));
    var tokens = new HashMap<String, String>();
    var everybody = new ArrayList<>(PEOPLE);
    everybody.add(QUIET);
    for (String user : everybody) {
      server.admin("POST", "/admin/users", Map.of("name", user, "password", PASSWORD));
      tokens.put(user, await(client.login(user, PASSWORD)));
    }
    // In memory and idle, so that its first command finds Cassandra gone.
    await(client.call(HttpMethod.GET, "/api/v1/threads", tokens.get(QUIET), new JsonObject()));
    Awaitility.await().atMost(BOUND).until(() -> health(server) == 200);

    try (var load = new Load(client, tokens)) {
      load.awaitMore(20);
      cassandra.freeze(1);
      Awaitility.await().atMost(BOUND).until(() -> health(server) == 503);
      assertEquals(503, send(client, tokens.get(QUIET), PEOPLE.get(0)), "a clear refusal");
      assertEquals("451", mail(server), "a clear refusal to another mail server");
      cassandra.thaw(1);
      Awaitility.await().atMost(BOUND).until(() -> health(server) == 200);
      load.awaitMore(20);

      cassandra.kill(1);
      Awaitility.await().atMost(BOUND).until(() -> health(server) == 503);
      cassandra.start(1);
      Awaitility.await().atMost(BOUND).until(() -> health(server) == 200);
      load.awaitMore(20);
    }
    assertTrue(server.isAlive());
    askAgain(client, tokens);
    await(client.close());
    assertEquals(0, server.stop(), "a clean stop ends with 0");

    // Another process with an empty directory of its own: all that counts is in Cassandra.
    try (var other = ServerProcess.start(room.resolve("second"), how())) {
      var reader = new ChatClient(vertx, other.endpoint("http"));
      var fresh = new HashMap<String, String>();
      for (String user : PEOPLE) {
        fresh.put(user, await(reader.login(user, PASSWORD)));
      }
      var seen = new HashMap<String, List<String>>();
      Awaitility.await()
          .atMost(BOUND)
          .ignoreExceptionsInstanceOf(ExecutionException.class)
          .until(
              () -> {
                seen.putAll(seen(reader, fresh));
                return history.isComplete(seen);
              });
      assertEquals(List.of(), history.verdict(seen));
      assertTrue(history.acknowledged() >= 60, "acknowledged: " + history.acknowledged());
      await(reader.close());
    } finally {
      await(vertx.close());
    }
  }

  @Test
  void whoReadsWhileCassandraIsSilentIsToldThatItMayBeOldAndWhenThatIsOver() throws Exception {
    try (var server = ServerProcess.start(room.resolve("reading"), how())) {
      var client = new ChatClient(vertx, server.endpoint("http"));
      server.admin("POST", "/admin/users", Map.of("name", READER, "password", PASSWORD));
      String token = await(client.login(READER, PASSWORD));
      Awaitility.await().atMost(BOUND).until(() -> health(server) == 200);
      Awaitility.await().atMost(BOUND).until(() -> send(client, token, READER) == 201);
      Awaitility.await().atMost(BOUND).until(() -> marks(server, token).equals("sure"));
      var stream = new Told();
      try (var http = HttpClient.newHttpClient()) {
        var at = server.endpoint("http");
        WebSocket socket =
            http.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(
                    URI.create("ws://" + at.host() + ":" + at.port() + "/api/v1/stream"), stream)
                .join();
        Awaitility.await().atMost(BOUND).until(() -> stream.types.contains("caughtUp"));
        // A machine that is very slow may have been in doubt before: it must have got over that.
        Awaitility.await().atMost(BOUND).until(() -> !stream.isStale());
        cassandra.freeze(1);
        Awaitility.await().atMost(BOUND).until(stream::isStale);
        Awaitility.await().atMost(BOUND).until(() -> marks(server, token).equals("stale"));
        assertTrue(unconfirmed(server) > 2, "seconds: " + unconfirmed(server));
        cassandra.thaw(1);
        Awaitility.await().atMost(BOUND).until(() -> !stream.isStale());
        Awaitility.await().atMost(BOUND).until(() -> marks(server, token).equals("sure"));
        assertEquals(List.of(), stream.doubled(), "told once when it begins, once when it ends");
        // The client waits for its sockets when it is closed.
        socket.abort();
      } finally {
        cassandra.thaw(1);
      }
      await(client.close());
    } finally {
      await(vertx.close());
    }
  }

  /** How what is in memory is answered: {@code sure}, {@code stale}, or by a refusal. */
  private static String marks(ServerProcess server, String token) throws Exception {
    HttpResponse<String> answer = get(server, "/api/v1/threads", token);
    return answer.statusCode() != 200
        ? "" + answer.statusCode()
        : !answer.body().contains("hello")
            ? "something is missing: " + answer.body()
            : answer.headers().firstValue("Mainstem-Stale").isPresent() ? "stale" : "sure";
  }

  private static double unconfirmed(ServerProcess server) throws Exception {
    return get(server, "/metrics", null)
        .body()
        .lines()
        .filter(line -> line.startsWith("mainstem_store_unconfirmed_seconds "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElse(-1);
  }

  private static HttpResponse<String> get(ServerProcess server, String path, String token)
      throws Exception {
    var at = server.endpoint("http");
    var request =
        HttpRequest.newBuilder(URI.create("http://" + at.host() + ":" + at.port() + path));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try (var http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  /** What a stream is told that is no entry: its types, in their order. */
  private static final class Told implements WebSocket.Listener {
    private final List<String> types = new CopyOnWriteArrayList<>();
    private final StringBuilder partial = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        var frame = new JsonObject(partial.toString());
        partial.setLength(0);
        if (frame.containsKey("type")) {
          types.add(frame.getString("type"));
          if (frame.getBoolean("stale", false)) {
            types.add("stale");
          }
        }
      }
      socket.request(1);
      return null;
    }

    boolean isStale() {
      return types.lastIndexOf("stale") > types.lastIndexOf("fresh");
    }

    /** What was told twice in a row. */
    List<String> doubled() {
      var told = types.stream().filter(type -> !type.equals("caughtUp")).toList();
      var doubled = new ArrayList<String>();
      for (int i = 1; i < told.size(); i++) {
        if (told.get(i).equals(told.get(i - 1))) {
          doubled.add(told.get(i));
        }
      }
      return doubled;
    }
  }

  private static Map<String, List<String>> seen(ChatClient client, Map<String, String> tokens)
      throws Exception {
    var seen = new HashMap<String, List<String>>();
    for (var token : tokens.entrySet()) {
      seen.put(
          token.getKey(),
          Mailboxes.threads(client, token.getValue()).values().stream()
              .flatMap(Collection::stream)
              .toList());
    }
    return seen;
  }

  /**
   * What has no answer is asked again in the same words, until it has one (a Cassandra that pauses
   * may be taken for gone once more): it happens once.
   */
  private void askAgain(ChatClient client, Map<String, String> tokens) throws Exception {
    for (Unknown each = unknown.poll(); each != null; each = unknown.poll()) {
      Unknown again = each;
      Awaitility.await()
          .atMost(BOUND)
          .ignoreExceptionsInstanceOf(ExecutionException.class)
          .until(
              () -> {
                await(
                    client.call(
                        HttpMethod.POST,
                        "/api/v1/messages",
                        tokens.get(again.user()),
                        again.body()));
                return true;
              });
      history.acknowledge(again.mark());
    }
  }

  private static JsonObject chat(String to, String text) {
    return new JsonObject()
        .put("id", Ulids.next())
        .put("to", new JsonArray().add(to))
        .put("channel", "chat")
        .put("text", text);
  }

  /** The status of a message from somebody who has written nothing for a while. */
  private static int send(ChatClient client, String token, String to) throws Exception {
    var status = new AtomicInteger();
    try {
      await(
          client.call(HttpMethod.POST, "/api/v1/messages", token, chat(to, "hello"), status::set));
    } catch (ExecutionException refused) {
      // The status tells.
    }
    return status.get();
  }

  /** The code with which a mail is refused at its first step that is. */
  private static String mail(ServerProcess server) throws Exception {
    try (var session = new MailLoad.Session(server.endpoint("smtp"))) {
      session.sendFor(
          "dan@elsewhere.example", QUIET + "@mainstem.test", "dan@elsewhere.example", "mark-mail");
      return "250";
    } catch (java.io.IOException refused) {
      return String.valueOf(refused.getMessage()).replaceAll(".*got: ([0-9]{3}).*", "$1");
    }
  }

  private static int health(ServerProcess server) throws Exception {
    var at = server.endpoint("http");
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(
                      URI.create("http://" + at.host() + ":" + at.port() + "/health/ready"))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  /** Everybody writes to the next, one message after another. */
  private final class Load implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    Load(ChatClient client, Map<String, String> tokens) {
      for (int p = 0; p < PEOPLE.size(); p++) {
        String from = PEOPLE.get(p);
        String to = PEOPLE.get((p + 1) % PEOPLE.size());
        threads.add(
            Thread.startVirtualThread(
                () -> {
                  while (!stop.get()) {
                    write(client, tokens.get(from), from, to);
                  }
                }));
      }
    }

    private void write(ChatClient client, String token, String from, String to) {
      String mark = "mark-" + Integer.toString(marks.incrementAndGet(), 36);
      history.ask(mark, List.of(from, to));
      JsonObject body = chat(to, mark);
      try {
        await(client.call(HttpMethod.POST, "/api/v1/messages", token, body));
        history.acknowledge(mark);
      } catch (Exception e) {
        unknown.add(new Unknown(mark, from, body));
        // A refused writer tries again, but not as fast as it is refused.
        LockSupport.parkNanos(50_000_000);
      }
    }

    void awaitMore(int messages) {
      int enough = history.acknowledged() + messages;
      Awaitility.await().atMost(BOUND).until(() -> history.acknowledged() >= enough);
    }

    @Override
    public void close() throws InterruptedException {
      stop.set(true);
      for (Thread thread : threads) {
        thread.join(BOUND.toMillis());
      }
    }
  }
}
