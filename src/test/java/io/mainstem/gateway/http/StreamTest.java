package io.mainstem.gateway.http;

import static io.mainstem.gateway.http.GatewayFixture.SOON;
import static io.mainstem.gateway.http.GatewayFixture.await;
import static io.mainstem.gateway.http.GatewayFixture.chat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.gateway.http.GatewayFixture.Stream;
import io.mainstem.gateway.http.protocol.Cursors;
import io.mainstem.mailbox.Change;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.MessageId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** The live side: frames, operations, and how a stream ends. */
final class StreamTest {
  private static final String START = Cursors.write(1, 0);

  @TempDir private Path data;
  private GatewayFixture server;
  private String alice;
  private String bob;

  @BeforeEach
  void start() throws Exception {
    server =
        new GatewayFixture(
            data,
            Map.of(
                "http.stream.maxFrameBytes",
                "64k",
                "http.stream.maxPerUser",
                "3",
                "http.stream.stallSeconds",
                "1"));
    alice = server.login("alice");
    bob = server.login("bob");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private JsonObject send(String text) throws Exception {
    return server.jsonAs(alice, server.post("/messages", chat("bob", text)));
  }

  @Test
  void streamAndUpdatesTellTheSame() throws Exception {
    send("one");
    send("two");
    server.jsonAs(bob, server.get("/updates?since=" + START));
    var polled = server.jsonAs(bob, server.get("/updates?since=" + START + "&limit=2"));
    var stream = new Stream();
    server.open(bob, "?since=" + START, stream);
    var frames = new JsonArray().add(stream.next()).add(stream.next());
    assertEquals(polled.getJsonArray("updates"), frames);
    var caughtUp = stream.next();
    assertEquals("caughtUp", caughtUp.getString("type"));
    send("three");
    var live = stream.next();
    assertEquals(
        "three",
        live.getJsonArray("changes").getJsonObject(0).getJsonObject("message").getString("text"));
    var rest = server.jsonAs(bob, server.get("/updates?since=" + polled.getString("seq")));
    assertTrue(rest.getJsonArray("updates").contains(live), rest.encode());
  }

  @Test
  void devicesOfOneUserGetTheSameFrames() throws Exception {
    var first = new Stream();
    var second = new Stream();
    server.open(bob, "", first);
    server.open(server.login("bob"), "", second);
    assertEquals("caughtUp", first.next().getString("type"));
    assertEquals("caughtUp", second.next().getString("type"));
    for (int i = 0; i < 20; i++) {
      send("m" + i);
    }
    for (int i = 0; i < 20; i++) {
      assertEquals(first.next(), second.next());
    }
  }

  @Test
  void withoutSinceItStartsNow() throws Exception {
    send("before");
    var stream = new Stream();
    server.open(bob, "", stream);
    assertEquals("caughtUp", stream.next().getString("type"));
  }

  @Test
  void pollWaitsForWhatComes() throws Exception {
    var head = server.jsonAs(bob, server.get("/counts")).getString("seq");
    var waiting =
        server.client.sendAsync(
            server
                .get("/updates?since=" + head + "&wait=20")
                .header("Authorization", "Bearer " + bob)
                .build(),
            java.net.http.HttpResponse.BodyHandlers.ofString());
    Awaitility.await().atMost(SOON).until(() -> server.mailboxes.watchers(server.bob.id()) == 1);
    send("now");
    var answer = new JsonObject(waiting.get(60, java.util.concurrent.TimeUnit.SECONDS).body());
    assertEquals(1, answer.getJsonArray("updates").size());
    assertEquals(0, server.mailboxes.watchers(server.bob.id()));
  }

  @Test
  void pollOfAClientThatWentAwayEnds() throws Exception {
    var head = server.jsonAs(bob, server.get("/counts")).getString("seq");
    try (var socket = new java.net.Socket("127.0.0.1", server.gateway.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET /api/v1/updates?since="
                      + head
                      + "&wait=60 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                      + bob
                      + "\r\n\r\n")
                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      Awaitility.await().atMost(SOON).until(() -> server.mailboxes.watchers(server.bob.id()) == 1);
    }
    Awaitility.await().atMost(SOON).until(() -> server.mailboxes.watchers(server.bob.id()) == 0);
  }

  @Test
  void pollThatSeesNothingAnswersEmpty() throws Exception {
    var head = server.jsonAs(bob, server.get("/counts")).getString("seq");
    var answer = server.jsonAs(bob, server.get("/updates?since=" + head + "&wait=1"));
    assertEquals(0, answer.getJsonArray("updates").size());
    assertEquals(head, answer.getString("seq"));
  }

  @Test
  void aCursorThatIsNoneIsRefusedAndOneFromNowhereResets() throws Exception {
    for (var none :
        new String[] {"0", "12345", "abc", "1-0", START + "0", "%F0%9F%91%8B", "-1", "null"}) {
      var answer = server.as(bob, server.get("/updates?since=" + none));
      assertEquals(400, answer.statusCode(), none + answer.body());
    }
    for (var elsewhere : new String[] {Cursors.write(1, 999), Cursors.write(7, 0)}) {
      var answer = server.as(bob, server.get("/updates?since=" + elsewhere));
      assertEquals(410, answer.statusCode());
      var body = new JsonObject(answer.body());
      assertEquals("reset", body.getString("type"));
      var stream = new Stream();
      server.open(bob, "?since=" + elsewhere, stream);
      assertEquals(body, stream.next());
      assertEquals("caughtUp", stream.next().getString("type"));
    }
    var refused =
        assertThrows(
            ExecutionException.class, () -> server.open(bob, "?since=garbage", new Stream()));
    assertNotNull(refused.getCause());
  }

  @Test
  void operationsAreAnsweredLikeTheirHttpCalls() throws Exception {
    var stream = new Stream();
    var socket = server.open(alice, "", stream);
    assertEquals("caughtUp", stream.next().getString("type"));
    var message = chat("bob", "over the stream");
    socket.sendText(message.copy().put("op", "send").put("ref", "r1").encode(), true).join();
    var reply = answer(stream, "r1");
    var again = server.as(alice, server.post("/messages", message));
    assertEquals(200, again.statusCode());
    assertEquals(new JsonObject(again.body()).put("ref", "r1"), reply);
    socket.sendText(message.copy().put("op", "send").encode(), true).join();
    assertEquals(new JsonObject(again.body()).put("ref", null), answer(stream, null));
    var thread = reply.getString("threadId");
    socket
        .sendText(
            new JsonObject()
                .put("op", "read")
                .put("ref", "r2")
                .put("threadId", thread)
                .put("upTo", reply.getString("seq"))
                .encode(),
            true)
        .join();
    assertNotNull(answer(stream, "r2").getString("seq"));
    socket
        .sendText(
            new JsonObject()
                .put("op", "read")
                .put("ref", "r3")
                .put("threadId", thread)
                .put("upTo", Cursors.write(1, 999))
                .encode(),
            true)
        .join();
    assertEquals(400, answer(stream, "r3").getJsonObject("error").getInteger("status"));
    socket
        .sendText(
            new JsonObject()
                .put("op", "read")
                .put("ref", "r4")
                .put("threadId", "t-none")
                .put("upTo", START)
                .encode(),
            true)
        .join();
    assertEquals(404, answer(stream, "r4").getJsonObject("error").getInteger("status"));
  }

  private static JsonObject answer(Stream stream, String ref) throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      var frame = stream.next();
      if (frame.containsKey("ref") && Objects.equals(ref, frame.getString("ref"))) {
        return frame;
      }
    }
    throw new AssertionError("no answer to " + ref);
  }

  @Test
  void operationsKeepTheirOrder() throws Exception {
    var stream = new Stream();
    var socket = server.open(alice, "", stream);
    var ids = new ArrayList<MessageId>();
    for (int i = 0; i < 50; i++) {
      var message = chat("bob", "m" + i);
      ids.add(new MessageId(message.getString("id")));
      socket.sendText(message.put("op", "send").put("ref", "r" + i).encode(), true).join();
    }
    for (int i = 0; i < 50; i++) {
      assertNull(answer(stream, "r" + i).getValue("error"));
    }
    var submitted =
        server.mailboxes.commands.stream()
            .filter(c -> c instanceof Command.Send)
            .map(c -> ((Command.Send) c).id())
            .toList();
    assertEquals(ids, submitted);
  }

  @Test
  void malformedMessagesAreAnsweredAndTheStreamGoesOn() throws Exception {
    var stream = new Stream();
    var socket = server.open(alice, "", stream);
    assertEquals("caughtUp", stream.next().getString("type"));
    for (var bad :
        new String[] {
          "",
          "{",
          "[]",
          "null",
          "1",
          "{\"op\":\"send\"} x",
          "{\"op\":\"send\",\"op\":\"send\"}",
          "{\"ref\":\"a\",}",
          "{\"op\":" + "[".repeat(100)
        }) {
      socket.sendText(bad, true).join();
      var answer = stream.next();
      assertNull(answer.getValue("ref"), bad);
      assertEquals(400, answer.getJsonObject("error").getInteger("status"), bad);
    }
    for (var bad :
        new JsonObject[] {
          new JsonObject(),
          new JsonObject().put("op", "fly"),
          new JsonObject().put("op", 7),
          chat("bob", "x").put("op", "send").put("more", 1),
          chat("bob", "x").put("op", "send").put("text", 5),
          chat("bob", "x").put("op", "send").put("id", "short"),
          chat("nobody", "x").put("op", "send"),
        }) {
      socket.sendText(bad.put("ref", "r").encode(), true).join();
      var answer = stream.next();
      assertEquals("r", answer.getString("ref"));
      assertTrue(
          answer.getJsonObject("error").getString("type").startsWith("urn:mainstem:problem:"),
          answer.encode());
    }
    socket.sendText(chat("bob", "fine").put("op", "send").put("ref", "last").encode(), true).join();
    assertNotNull(answer(stream, "last").getString("threadId"));
  }

  @Test
  void aPingIsAnsweredWithItsRef() throws Exception {
    var stream = new Stream();
    var socket = server.open(bob, "", stream);
    assertEquals("caughtUp", stream.next().getString("type"));
    socket.sendText(new JsonObject().put("op", "ping").put("ref", "r1").encode(), true).join();
    assertEquals(new JsonObject().put("ref", "r1"), stream.next());
  }

  @Test
  void acknowledgementsAreNotedOnceAndNotAnswered() throws Exception {
    var stream = new Stream();
    var socket = server.open(bob, "", stream);
    assertEquals("caughtUp", stream.next().getString("type"));
    server.mailboxes.commands.clear();
    var seqs = new ArrayList<String>();
    for (int i = 0; i < 50; i++) {
      send("m" + i);
      seqs.add(stream.next().getString("seq"));
    }
    // One right behind the other, so that a slow machine does not spread them over pauses.
    for (String seq : seqs) {
      socket.sendText(new JsonObject().put("op", "ack").put("seq", seq).encode(), true).join();
    }
    var last = new AtomicLong();
    Awaitility.await()
        .atMost(SOON)
        .until(
            () -> {
              server.mailboxes.commands.stream()
                  .filter(c -> c instanceof Command.Handed)
                  .forEach(c -> last.set(((Command.Handed) c).upTo()));
              return last.get() >= 50;
            });
    assertTrue(
        server.mailboxes.commands.stream().filter(c -> c instanceof Command.Handed).count() < 25,
        "they are joined");
    assertNull(stream.frames.poll());
  }

  @Test
  void typingReachesTheOtherSideOnly() throws Exception {
    var thread = send("hello").getString("threadId");
    var mine = new Stream();
    var theirs = new Stream();
    server.open(bob, "", theirs);
    var socket = server.open(alice, "", mine);
    assertEquals("caughtUp", mine.next().getString("type"));
    assertEquals("caughtUp", theirs.next().getString("type"));
    socket
        .sendText(new JsonObject().put("op", "typing").put("threadId", thread).encode(), true)
        .join();
    var typing = theirs.next();
    assertEquals("typing", typing.getString("type"));
    assertFalse(typing.containsKey("seq"));
    assertEquals("t-" + server.bob.id() + "-" + server.alice.id(), typing.getString("threadId"));
    assertEquals("Alice", typing.getJsonObject("by").getString("name"));
    assertNull(mine.frames.poll());
  }

  // ---- how it ends

  @Test
  void binaryMessagesCloseWith1003() throws Exception {
    var stream = new Stream();
    server.open(alice, "", stream).sendBinary(ByteBuffer.wrap(new byte[] {1, 2}), true).join();
    assertEquals(1003, stream.closed());
  }

  @Test
  void invalidUtf8ClosesWith1007() throws Exception {
    assertEquals(1007, closeCodeAfter(new byte[] {'"', (byte) 0xc0, (byte) 0x80, '"'}));
    assertEquals(1007, closeCodeAfter(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}));
  }

  /** Sends these bytes as a text message; a client library would refuse to. */
  private int closeCodeAfter(byte[] payload) throws Exception {
    try (var socket = new java.net.Socket("127.0.0.1", server.gateway.port())) {
      socket.setSoTimeout(60_000);
      var out = socket.getOutputStream();
      out.write(
          ("GET /api/v1/stream HTTP/1.1\r\n"
                  + "Host: localhost\r\n"
                  + "Upgrade: websocket\r\n"
                  + "Connection: Upgrade\r\n"
                  + "Sec-WebSocket-Version: 13\r\n"
                  + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  + "Authorization: Bearer "
                  + alice
                  + "\r\n\r\n")
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      var in = new java.io.DataInputStream(socket.getInputStream());
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      assertTrue(head.toString().startsWith("HTTP/1.1 101"), head.toString());
      out.write(new byte[] {(byte) 0x81, (byte) (0x80 | payload.length), 0, 0, 0, 0});
      out.write(payload);
      while (true) {
        int op = in.readUnsignedByte() & 0x0f;
        int length = in.readUnsignedByte() & 0x7f;
        length = length == 126 ? in.readUnsignedShort() : length;
        byte[] body = in.readNBytes(length);
        if (op == 8) {
          return (body[0] & 0xff) << 8 | body[1] & 0xff;
        }
      }
    }
  }

  @Test
  void messagesThatAreTooLargeCloseWith1009() throws Exception {
    var whole = new Stream();
    server.open(alice, "", whole).sendText("x".repeat((64 << 10) + 1), true);
    assertEquals(1009, whole.closed());
    var pieces = new Stream();
    var socket = server.open(alice, "", pieces);
    socket.sendText("x".repeat(40 << 10), false).join();
    socket.sendText("x".repeat(40 << 10), true);
    assertEquals(1009, pieces.closed());
  }

  @Test
  void messagesInPiecesAreJoined() throws Exception {
    var stream = new Stream();
    var socket = server.open(alice, "", stream);
    var text = chat("bob", "in pieces").put("op", "send").put("ref", "r").encode();
    socket.sendText(text.substring(0, 10), false).join();
    socket.sendText(text.substring(10, 30), false).join();
    socket.sendText(text.substring(30), true).join();
    assertNotNull(answer(stream, "r").getString("seq"));
  }

  @Test
  void logoutClosesItsStreamsAndNoOthers() throws Exception {
    var ends = new Stream();
    var stays = new Stream();
    server.open(alice, "", ends);
    assertEquals("caughtUp", ends.next().getString("type"));
    server.open(server.login("alice"), "", stays);
    assertEquals("caughtUp", stays.next().getString("type"));
    server.as(alice, server.write("DELETE", "/session", null));
    assertEquals(1008, ends.closed());
    send2();
    assertNull(stays.closes.poll());
  }

  private void send2() throws Exception {
    server.jsonAs(bob, server.post("/messages", chat("alice", "still there?")));
  }

  @Test
  void aStreamThatOpensWhileItsSessionEndsIsClosed() throws Exception {
    server.mailboxes.answer =
        query -> {
          // Between the look at the session and the first word of the stream.
          if (query instanceof Query.Head) {
            // Not on this loop, which waits for it.
            CompletableFuture.supplyAsync(
                    () -> server.directory.sessions().endAll(server.alice.id()).toCompletionStage())
                .thenCompose(ended -> ended)
                .join();
          }
          return null;
        };
    var stream = new Stream();
    server.open(alice, "", stream);
    assertEquals(1008, stream.closed());
  }

  @Test
  void disablingAUserClosesHisStreams() throws Exception {
    var stream = new Stream();
    server.open(alice, "", stream);
    assertEquals("caughtUp", stream.next().getString("type"));
    await(server.directory.disable(server.alice.id()));
    assertEquals(1008, stream.closed());
    assertEquals(401, server.as(alice, server.get("/counts")).statusCode());
  }

  @Test
  void tooManyStreamsOfOneUserCloseWith1013() throws Exception {
    for (int i = 0; i < 3; i++) {
      var stream = new Stream();
      server.open(alice, "", stream);
      assertEquals("caughtUp", stream.next().getString("type"));
    }
    var one = new Stream();
    server.open(alice, "", one);
    assertEquals(1013, one.closed());
  }

  @Test
  void whoDoesNotReadIsClosedWith1013AndCostsLittle() throws Exception {
    var produced = new AtomicLong();
    var text = "x".repeat(4000);
    server.mailboxes.watching =
        user ->
            Flux.generate(
                () -> 1L,
                (seq, sink) -> {
                  produced.incrementAndGet();
                  sink.next(new Watched.Entry(big(seq, text)));
                  return seq + 1;
                });
    var stream = new Stream();
    stream.reading = false;
    var socket = server.open(alice, "", stream);
    // The kernel's buffers and ours fill, then nothing more is asked of the mailbox.
    var before = new AtomicLong(-1);
    Awaitility.await()
        .pollInterval(Duration.ofMillis(300))
        .atMost(SOON)
        .until(() -> produced.get() > 0 && produced.get() == before.getAndSet(produced.get()));
    assertTrue(
        produced.get() * text.length() < 40 << 20,
        "an unread stream was asked for " + produced.get() + " frames");
    Awaitility.await()
        .atMost(SOON)
        .until(() -> server.registry.find("stream.closed").tag("code", "1013").counter() != null);
    stream.reading = true;
    socket.request(Long.MAX_VALUE);
    Awaitility.await().atMost(SOON).until(() -> !stream.closes.isEmpty() || socket.isInputClosed());
  }

  private static Frame big(long seq, String text) {
    return new Frame(
        new Cursor(1, seq),
        List.of(
            new Change.DraftChanged(
                MessageId.of(seq, 0, 0),
                new io.mainstem.mailbox.DraftView(
                    MessageId.of(seq, 0, 0),
                    null,
                    List.of(),
                    io.mainstem.message.Channel.CHAT,
                    "",
                    text,
                    List.of(),
                    java.time.Instant.EPOCH,
                    seq))));
  }

  @Test
  void anOwnerThatGivesUpAsksForAnotherConnection() throws Exception {
    server.mailboxes.watching = user -> Flux.just(new Watched.Reconnect());
    var stream = new Stream();
    server.open(alice, "", stream);
    assertEquals(1013, stream.closed());
  }

  @Test
  void tokensDoNotWorkInTheAddress() {
    var refused =
        assertThrows(
            CompletionException.class,
            () ->
                server
                    .client
                    .newWebSocketBuilder()
                    .buildAsync(
                        URI.create(
                            "ws://127.0.0.1:"
                                + server.gateway.port()
                                + "/api/v1/stream?token="
                                + alice),
                        new WebSocket.Listener() {})
                    .join());
    assertNotNull(refused.getCause());
  }
}
