package io.mainstem.gateway.http;

import static io.mainstem.gateway.http.GatewayFixture.await;
import static io.mainstem.gateway.http.GatewayFixture.chat;
import static io.mainstem.gateway.http.GatewayFixture.newId;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.blob.BlobReference;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.ThreadId;
import io.mainstem.mime.Mails;
import io.mainstem.mime.MimeLimits;
import io.mainstem.stage.Stages;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Uploads, attachments and HTML bodies: what is stored comes back, and nothing of it runs in our
 * origin.
 */
final class FilesTest {
  private static final byte[] PICTURE =
      Base64.getDecoder()
          .decode(
              "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

  @TempDir private Path data;
  private GatewayFixture server;
  private String alice;
  private String bob;

  @BeforeEach
  void start() throws Exception {
    server = new GatewayFixture(data, Map.of("http.maxUploadBytes", "1m"));
    alice = server.login("alice");
    bob = server.login("bob");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private HttpResponse<String> upload(String token, byte[] bytes, String type) throws Exception {
    return server.as(
        token,
        HttpRequest.newBuilder(server.api("/blobs"))
            .POST(HttpRequest.BodyPublishers.ofByteArray(bytes))
            .header("Content-Type", type));
  }

  private HttpResponse<byte[]> download(String token, String path, String... headers)
      throws Exception {
    var request = server.get(path).header("Authorization", "Bearer " + token);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return server.client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @Test
  void whatIsUploadedIsAttachedAndComesBack() throws Exception {
    byte[] bytes = random(700_000);
    var made = upload(alice, bytes, "image/png; x=y");
    assertEquals(201, made.statusCode(), made.body());
    var blob = new JsonObject(made.body());
    assertEquals(700_000, blob.getInteger("sizeBytes"));
    assertEquals("image/png", blob.getString("type"));
    assertArrayEquals(bytes, download(alice, "/blobs/" + blob.getString("id")).body());
    var message =
        chat("bob", "")
            .put(
                "attachments",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("id", blob.getString("id"))
                            .put("name", "a \"b\" ü.png")));
    message.remove("text");
    var sent = server.jsonAs(alice, server.post("/messages", message));
    var received =
        server
            .jsonAs(bob, server.get("/messages/" + sent.getString("id")))
            .getJsonObject("message")
            .getJsonArray("attachments")
            .getJsonObject(0);
    assertEquals("a \"b\" ü.png", received.getString("name"));
    assertEquals(700_000, received.getInteger("sizeBytes"));
    var got = download(bob, "/blobs/" + received.getString("id"));
    assertArrayEquals(bytes, got.body());
    assertEquals(
        "attachment; filename=\"a _b_ _.png\"; filename*=UTF-8''a%20%22b%22%20%C3%BC.png",
        got.headers().firstValue("Content-Disposition").orElse(""));
    assertEquals("nosniff", got.headers().firstValue("X-Content-Type-Options").orElse(""));
    assertTrue(got.headers().firstValue("Content-Security-Policy").orElse("").contains("sandbox"));
  }

  @Test
  void uploadsBelongToWhoMadeThem() throws Exception {
    var id = new JsonObject(upload(alice, random(10), "text/html").body()).getString("id");
    assertEquals(200, download(alice, "/blobs/" + id).statusCode());
    assertEquals(
        "application/octet-stream",
        download(alice, "/blobs/" + id).headers().firstValue("Content-Type").orElse(""));
    assertEquals(404, download(bob, "/blobs/" + id).statusCode());
    assertEquals(404, download(bob, "/blobs/nothing").statusCode());
    assertEquals(404, download(alice, "/blobs/x" + id).statusCode());
    var stolen =
        chat("alice", "mine?")
            .put(
                "attachments",
                new JsonArray().add(new JsonObject().put("id", id).put("name", "x")));
    assertEquals(404, server.as(bob, server.post("/messages", stolen)).statusCode());
    assertEquals(List.of(), server.mailboxes.commands);
  }

  @Test
  void rangesAreServed() throws Exception {
    byte[] bytes = random(1000);
    var id = new JsonObject(upload(alice, bytes, "application/zip").body()).getString("id");
    record Case(String range, int status, int from, int to) {}
    for (var one :
        List.of(
            new Case("bytes=0-9", 206, 0, 10),
            new Case("bytes=990-", 206, 990, 1000),
            new Case("bytes=-5", 206, 995, 1000),
            new Case("bytes=10-99999", 206, 10, 1000),
            new Case("bytes=1000-", 416, 0, 0),
            new Case("bytes=-0", 416, 0, 0),
            new Case("bytes=5-2", 200, 0, 1000),
            new Case("bytes=0-1,5-6", 200, 0, 1000),
            new Case("items=0-1", 200, 0, 1000))) {
      var got = download(alice, "/blobs/" + id, "Range", one.range());
      assertEquals(one.status(), got.statusCode(), one.range());
      if (one.status() == 206) {
        assertEquals(
            "bytes " + one.from() + "-" + (one.to() - 1) + "/1000",
            got.headers().firstValue("Content-Range").orElse(""));
      }
      if (one.status() != 416) {
        assertArrayEquals(Arrays.copyOfRange(bytes, one.from(), one.to()), got.body(), one.range());
      }
    }
  }

  @Test
  void uploadsHaveABound() throws Exception {
    assertEquals(413, upload(alice, random((1 << 20) + 1), "image/png").statusCode());
    var streamed =
        HttpRequest.newBuilder(server.api("/blobs"))
            .POST(
                HttpRequest.BodyPublishers.ofInputStream(
                    () -> new java.io.ByteArrayInputStream(random((1 << 20) + 1))))
            .header("Content-Type", "image/png");
    assertEquals(413, server.as(alice, streamed).statusCode());
    assertEquals(201, upload(alice, random(1 << 20), "image/png").statusCode());
  }

  private MessageId mail(String text) throws Exception {
    BlobKey raw =
        await(
            server
                .blobs
                .create()
                .compose(
                    w ->
                        w.write(Buffer.buffer(text.replace("\n", "\r\n")))
                            .compose(
                                v -> w.commit(List.of(new BlobReference(server.bob.id(), 1))))));
    Message message =
        await(
            new Mails(server.vertx, server.blobs, MimeLimits.DEFAULT, 1, 10, Stages.unobserved())
                .read(raw, "dora@elsewhere.example"));
    var id = newId();
    server.mailboxes.deliver(server.bob.id(), new ThreadId("t-mail"), id, message);
    return id;
  }

  private MessageId hostileMail() throws Exception {
    return mail(
        """
        From: Dora <dora@elsewhere.example>
        To: bob@mainstem.test
        Subject: Hello
        MIME-Version: 1.0
        Content-Type: multipart/related; boundary=b

        --b
        Content-Type: text/html; charset=utf-8

        <p onclick="steal()">Hi <script>alert(1)</script><img src="cid:pic@x"><img src="https://tracker.example/p.gif"><a href="javascript:alert(1)">x</a></p>
        --b
        Content-Type: image/png; name="pic.png"
        Content-ID: <pic@x>
        Content-Transfer-Encoding: base64

        %s
        --b--
        """
            .formatted(Base64.getEncoder().encodeToString(PICTURE)));
  }

  @Test
  void htmlIsHarmlessAndHasAFrameOfItsOwn() throws Exception {
    var id = hostileMail();
    var message =
        server
            .jsonAs(bob, server.get("/threads/t-mail/messages"))
            .getJsonArray("messages")
            .getJsonObject(0);
    assertEquals(true, message.getBoolean("hasHtml"));
    var html = message.getString("html");
    assertTrue(html.contains("Hi"), html);
    for (var bad : new String[] {"script", "onclick", "javascript:", "tracker.example"}) {
      assertFalse(html.contains(bad), bad + " in " + html);
    }
    var frame = server.as(bob, server.get("/messages/" + id + "/html"));
    assertEquals("text/html; charset=utf-8", frame.headers().firstValue("Content-Type").orElse(""));
    var policy = frame.headers().firstValue("Content-Security-Policy").orElse("");
    assertTrue(
        policy.startsWith("sandbox ")
            && !policy.contains("allow-scripts")
            && !policy.contains("allow-same-origin")
            && !policy.contains("https:"),
        policy);
    assertTrue(
        frame
            .body()
            .contains("data:image/png;base64," + Base64.getEncoder().encodeToString(PICTURE)),
        frame.body());
    assertFalse(frame.body().contains("tracker.example"));
    var allowed =
        server.as(bob, server.get("/messages/" + id + "/html?images=allowed&scheme=dark"));
    assertTrue(allowed.body().contains("tracker.example"));
    assertTrue(
        allowed
            .headers()
            .firstValue("Content-Security-Policy")
            .orElse("")
            .contains("img-src data: https:"));
    assertEquals(404, server.as(alice, server.get("/messages/" + id + "/html")).statusCode());
  }

  @Test
  void attachmentsOfMailsAreDecoded() throws Exception {
    var id = hostileMail();
    var attachment =
        server
            .jsonAs(bob, server.get("/messages/" + id))
            .getJsonObject("message")
            .getJsonArray("attachments")
            .getJsonObject(0);
    assertArrayEquals(PICTURE, download(bob, "/blobs/" + attachment.getString("id")).body());
    assertArrayEquals(
        Arrays.copyOfRange(PICTURE, 5, 20),
        download(bob, "/blobs/" + attachment.getString("id"), "Range", "bytes=5-19").body());
    assertEquals(404, download(alice, "/blobs/" + attachment.getString("id")).statusCode());
    assertEquals(404, download(bob, "/blobs/" + id + ".none").statusCode());
  }

  @Test
  void framesTellThatThereIsHtmlAndLeaveItOut() throws Exception {
    hostileMail();
    var frame =
        server
            .jsonAs(
                bob,
                server.get(
                    "/updates?since=" + io.mainstem.gateway.http.protocol.Cursors.write(1, 0)))
            .getJsonArray("updates")
            .getJsonObject(0);
    var message = frame.getJsonArray("changes").getJsonObject(0).getJsonObject("message");
    assertEquals(true, message.getBoolean("hasHtml"));
    assertFalse(message.containsKey("html"));
    assertTrue(
        new String(frame.encode().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
            .contains("Dora"));
  }
}
