package io.mainstem.bench.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.mainstem.bench.ServerProcess.Endpoint;
import io.mainstem.bench.faults.RoamingStream.Patience;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A device goes on from its cursor at another address, whatever its server does. */
class RoamingStreamTest {
  private static final Duration BOUND = Duration.ofMinutes(1);
  private static final Patience PATIENCE =
      new Patience(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofMillis(1500));

  private final Vertx vertx = Vertx.vertx();
  private final WebSocketClient sockets = vertx.createWebSocketClient();
  private final Node first = new Node();
  private final Node second = new Node();
  private final List<String> entries = new CopyOnWriteArrayList<>();
  private final List<String> answers = new CopyOnWriteArrayList<>();
  private final List<String> resets = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final List<String> opened = new CopyOnWriteArrayList<>();

  private final RoamingStream stream =
      new RoamingStream(
          vertx.getOrCreateContext(),
          sockets,
          List.of(first.at(), second.at()),
          0,
          "token",
          PATIENCE,
          new RoamingStream.Listener() {
            @Override
            public void onOpen() {
              opened.add("open");
            }

            @Override
            public void onEntry(JsonNode frame) {
              entries.add(frame.get("seq").asText());
            }

            @Override
            public void onAnswer(JsonNode answer) {
              answers.add(answer.get("ref").asText());
            }

            @Override
            public void onReset(JsonNode frame) {
              resets.add(frame.get("seq").asText());
            }

            @Override
            public void onRefused(int status, String body) {
              errors.add(status + " " + body);
            }

            @Override
            public void onEnded(String why) {
              errors.add(why);
            }
          });

  /** A server of which the test plays every part. */
  private final class Node {
    final Queue<String> asked = new ConcurrentLinkedQueue<>();
    final Queue<ServerWebSocket> open = new ConcurrentLinkedQueue<>();
    private final HttpServer server =
        vertx
            .createHttpServer()
            .webSocketHandler(
                socket -> {
                  asked.add(socket.uri() + " " + socket.headers().get("Authorization"));
                  open.add(socket);
                });

    Node() {
      await(server.listen(0, "127.0.0.1"));
    }

    Endpoint at() {
      return new Endpoint("127.0.0.1", server.actualPort());
    }

    ServerWebSocket connection() {
      Awaitility.await().atMost(BOUND).until(() -> !open.isEmpty());
      return java.util.Objects.requireNonNull(open.poll());
    }

    String request() {
      Awaitility.await().atMost(BOUND).until(() -> !asked.isEmpty());
      return java.util.Objects.requireNonNull(asked.poll());
    }
  }

  private static <T> T await(io.vertx.core.Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(BOUND.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void close() {
    stream.stop();
    await(vertx.close());
  }

  private ServerWebSocket firstConnection() {
    stream.start();
    assertEquals("/api/v1/stream Bearer token", first.request(), "from now on");
    ServerWebSocket socket = first.connection();
    await(socket.writeTextMessage("{\"type\":\"caughtUp\",\"seq\":\"1.7\"}"));
    await(socket.writeTextMessage("{\"seq\":\"1.8\",\"changes\":[]}"));
    Awaitility.await().atMost(BOUND).until(() -> entries.contains("1.8"));
    assertTrue(stream.isCaughtUp());
    return socket;
  }

  @Test
  void aCutConnectionGoesOnFromItsCursorAtTheNextAddress() {
    await(firstConnection().close((short) 1013));
    assertEquals("/api/v1/stream?since=1.8 Bearer token", second.request());
    Awaitility.await().atMost(BOUND).until(() -> opened.size() == 2);
    assertEquals(2, stream.connections());
  }

  @Test
  void aRequestToConnectAgainIsNoErrorAndAnyOtherEndIs() {
    await(firstConnection().close((short) 1013, "connect again"));
    await(second.connection().close((short) 1001, "going"));
    await(first.connection().close((short) 1011, "broken"));
    await(second.connection().close((short) 1013, "too slow"));
    first.connection();
    assertEquals(List.of("1011 broken", "1013 too slow"), errors);
  }

  @Test
  void aRefusedConnectionIsToldAndMadeElsewhere() {
    firstConnection();
    await(first.server.close());
    await(second.server.close());
    HttpServer full =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> request.response().setStatusCode(503).end("full").onFailure(gone -> {}));
    await(full.listen(second.server.actualPort(), "127.0.0.1"));
    Awaitility.await().atMost(BOUND).until(() -> errors.contains("503 full"));
    HttpServer again =
        vertx
            .createHttpServer()
            .webSocketHandler(
                socket -> {
                  first.asked.add(socket.uri());
                });
    await(again.listen(first.server.actualPort(), "127.0.0.1"));
    assertEquals("/api/v1/stream?since=1.8", first.request());
  }

  @Test
  void aDeadAddressIsPassedOver() {
    firstConnection();
    await(second.server.close());
    await(first.server.close());
    HttpServer again =
        vertx
            .createHttpServer()
            .webSocketHandler(
                socket -> {
                  first.asked.add(socket.uri());
                });
    await(again.listen(first.server.actualPort(), "127.0.0.1"));
    assertEquals("/api/v1/stream?since=1.8", first.request());
  }

  @Test
  void aServerThatFallsSilentIsLeft() {
    firstConnection();
    await(first.server.close());
    // In its place stands one that takes the connection and then says nothing, no pong either.
    var heard = new CopyOnWriteArrayList<String>();
    var mute =
        vertx
            .createNetServer()
            .connectHandler(
                socket ->
                    socket.handler(
                        bytes -> {
                          String text = bytes.toString(StandardCharsets.ISO_8859_1);
                          if (text.startsWith("GET ")) {
                            heard.add(text.substring(4, text.indexOf(" HTTP/")));
                            socket.write(accept(text)).onFailure(gone -> {});
                          }
                        }));
    await(mute.listen(first.server.actualPort(), "127.0.0.1"));
    ServerWebSocket other = second.connection();
    second.asked.clear();
    await(other.close());
    Awaitility.await().atMost(BOUND).until(() -> heard.contains("/api/v1/stream?since=1.8"));
    assertEquals("/api/v1/stream?since=1.8 Bearer token", second.request());
  }

  /** RFC 6455 §4.2.2. */
  private static String accept(String request) {
    var key = Pattern.compile("(?i)sec-websocket-key: *(\\S+)").matcher(request);
    assertTrue(key.find());
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest(
                  (key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                      .getBytes(StandardCharsets.US_ASCII));
      return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: "
          + Base64.getEncoder().encodeToString(hash)
          + "\r\n\r\n";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aServerThatOnlyAnswersPingsIsKept() {
    firstConnection();
    Awaitility.await()
        .pollDelay(PATIENCE.silence().multipliedBy(2))
        .atMost(BOUND)
        .until(() -> true);
    assertEquals(1, stream.connections());
    assertTrue(second.asked.isEmpty());
  }

  @Test
  void aWordToReconnectIsFollowed() {
    await(firstConnection().writeTextMessage("{\"type\":\"reconnect\"}"));
    assertEquals("/api/v1/stream?since=1.8 Bearer token", second.request());
  }

  @Test
  void aResetIsToldAndGoneOnFrom() {
    ServerWebSocket socket = firstConnection();
    await(socket.writeTextMessage("{\"type\":\"reset\",\"seq\":\"2.1\"}"));
    Awaitility.await().atMost(BOUND).until(() -> resets.contains("2.1"));
    await(socket.close());
    assertEquals("/api/v1/stream?since=2.1 Bearer token", second.request());
  }

  @Test
  void answersReachWhoAsked() {
    ServerWebSocket socket = firstConnection();
    var heard = new CopyOnWriteArrayList<String>();
    socket.textMessageHandler(heard::add);
    assertTrue(stream.say("{\"op\":\"ack\"}"));
    Awaitility.await().atMost(BOUND).until(() -> heard.contains("{\"op\":\"ack\"}"));
    await(socket.writeTextMessage("{\"ref\":\"r1\",\"id\":\"x\"}"));
    Awaitility.await().atMost(BOUND).until(() -> answers.contains("r1"));
  }

  @Test
  void delaysGrowToTheirBoundAndDifferForEveryDevice() {
    var random = new Random(7);
    var patience = new Patience(Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofDays(1));
    long ceiling = 200;
    for (int attempt = 0; attempt < 40; attempt++) {
      var delays = new ArrayList<Long>();
      for (int device = 0; device < 200; device++) {
        delays.add(patience.delayMillis(attempt, random.nextDouble()));
      }
      long bound = ceiling;
      assertTrue(delays.stream().allMatch(d -> d >= bound / 2 && d <= bound), delays::toString);
      assertTrue(delays.stream().distinct().count() > 50, "not all at once");
      ceiling = Math.min(5_000, ceiling * 2);
    }
  }
}
