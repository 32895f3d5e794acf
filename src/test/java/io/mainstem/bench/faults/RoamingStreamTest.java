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
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
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

  private static final short GOING_AWAY = 1001;

  /** Long beside any pause of the machine. */
  private static final Duration SILENCE = Duration.ofSeconds(4);

  private static final Patience PATIENCE = patience(Duration.ofMinutes(1));

  private final Vertx vertx = Vertx.vertx();
  private final WebSocketClient sockets = vertx.createWebSocketClient();
  private final Node first = new Node();
  private final Node second = new Node();
  private final List<String> entries = new CopyOnWriteArrayList<>();
  private final List<String> answers = new CopyOnWriteArrayList<>();
  private final List<String> resets = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final List<String> opened = new CopyOnWriteArrayList<>();
  private RoamingStream stream = device(PATIENCE, first.at(), second.at());

  private static Patience patience(Duration silence) {
    return new Patience(Duration.ofMillis(20), Duration.ofMillis(200), silence);
  }

  private RoamingStream device(Patience patience, Endpoint... addresses) {
    return new RoamingStream(
        vertx.getOrCreateContext(),
        sockets,
        List.of(addresses),
        0,
        "token",
        patience,
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
  }

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
      return local(server.actualPort());
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

  private static Endpoint local(int port) {
    return new Endpoint("127.0.0.1", port);
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
    HttpServer full =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> request.response().setStatusCode(503).end("full").onFailure(gone -> {}));
    await(full.listen(0, "127.0.0.1"));
    stream = device(PATIENCE, first.at(), local(full.actualPort()));
    await(firstConnection().close(GOING_AWAY));
    assertEquals("/api/v1/stream?since=1.8 Bearer token", first.request());
    assertEquals(List.of("503 full"), errors);
  }

  @Test
  void aDeadAddressIsPassedOver() throws IOException {
    try (var dead = new Socket()) {
      // Bound and not listening: nobody else can take the port, and the system refuses for it.
      dead.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      stream = device(PATIENCE, first.at(), local(dead.getLocalPort()), second.at());
      await(firstConnection().close(GOING_AWAY));
      assertEquals("/api/v1/stream?since=1.8 Bearer token", second.request());
    }
    assertEquals(List.of(), errors);
  }

  @Test
  void aServerThatFallsSilentIsLeft() {
    // It takes the connection and then says nothing, no pong either.
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
    await(mute.listen(0, "127.0.0.1"));
    stream = device(patience(SILENCE), first.at(), local(mute.actualPort()), second.at());
    await(firstConnection().close(GOING_AWAY));
    assertEquals("/api/v1/stream?since=1.8 Bearer token", second.request());
    assertTrue(heard.contains("/api/v1/stream?since=1.8"), heard::toString);
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
    // Its server is in this process, and may pause as well.
    Duration silence = SILENCE.multipliedBy(3);
    stream = device(patience(silence), first.at(), second.at());
    firstConnection();
    Awaitility.await().pollDelay(silence.plusSeconds(1)).atMost(BOUND).until(() -> true);
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
