package io.mainstem.gateway.http;

import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.blob.BlobSettings;
import io.mainstem.blob.NeedleBlobStore;
import io.mainstem.config.Config;
import io.mainstem.directory.Account;
import io.mainstem.directory.Directory;
import io.mainstem.message.MessageId;
import io.mainstem.mime.Mails;
import io.mainstem.mime.MimeLimits;
import io.mainstem.stage.Stages;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksDirectoryStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The gateway as it runs, with a real directory and real blobs, over a real socket; only the
 * mailboxes are scripted.
 */
final class GatewayFixture implements AutoCloseable {
  static final String PASSWORD = "correct horse battery";

  /** Long beside any pause of the machine. */
  static final Duration SOON = Duration.ofMinutes(1);

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final AtomicLong LAST_ID_MILLIS = new AtomicLong();

  final ScriptedMailboxes mailboxes = new ScriptedMailboxes();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final Vertx vertx = Vertx.vertx();
  final HttpClient client = HttpClient.newHttpClient();
  final Directory directory;
  final HttpGateway gateway;
  final Account alice;
  final Account bob;
  final NeedleBlobStore blobs;
  private final RocksDatabase db;

  GatewayFixture(Path data, Map<String, String> settings) throws Exception {
    var all =
        new HashMap<>(
            Map.of(
                "http.port",
                "0",
                "directory.argon2.memoryKib",
                "1024",
                "directory.argon2.iterations",
                "1"));
    all.putAll(settings);
    var config = Config.of(all);
    Files.createDirectories(data.resolve("db"));
    db = RocksDatabase.open(data.resolve("db"), Config.defaults().store(), StageMeter.NONE);
    var store = new RocksDirectoryStore(db);
    directory =
        await(
            new Directory(
                    store,
                    config.directory(),
                    "cell",
                    config.http().session().maxPerUser(),
                    Clock.systemUTC(),
                    Ticker.systemTicker())
                .start());
    Files.createDirectories(data.resolve("blobs"));
    blobs = NeedleBlobStore.open(vertx, BlobSettings.in(data.resolve("blobs")));
    alice = await(directory.createUser("alice", "Alice", PASSWORD));
    bob = await(directory.createUser("bob", "Bob", PASSWORD));
    var stages = new Stages(registry, System::nanoTime);
    var parts =
        new HttpParts(
            config.http(),
            mailboxes,
            directory,
            blobs,
            new Mails(vertx, blobs, MimeLimits.DEFAULT, 2, 64, stages),
            stages,
            256 << 10,
            new byte[32],
            router -> router.get("/health/live").handler(c -> c.response().end("UP")));
    gateway = await(HttpGateway.start(vertx, parts, 2));
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * Each is of a later millisecond than those before, so that their order is that of their times.
   */
  static MessageId newId() {
    long now = System.currentTimeMillis();
    long millis = LAST_ID_MILLIS.updateAndGet(last -> Math.max(last + 1, now));
    return MessageId.of(millis, RANDOM.nextLong(), RANDOM.nextLong());
  }

  String base() {
    return "http://127.0.0.1:" + gateway.port();
  }

  URI api(String path) {
    return URI.create(base() + "/api/v1" + path);
  }

  /** The token of a new session. */
  String login(String user) throws Exception {
    var answer =
        send(post("/session", new JsonObject().put("user", user).put("password", PASSWORD)));
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.body());
    }
    return new JsonObject(answer.body()).getString("token");
  }

  HttpRequest.Builder get(String path) {
    return HttpRequest.newBuilder(api(path));
  }

  HttpRequest.Builder post(String path, @Nullable JsonObject body) {
    return write("POST", path, body);
  }

  HttpRequest.Builder write(String method, String path, @Nullable JsonObject body) {
    var request = HttpRequest.newBuilder(api(path));
    return body == null
        ? request.method(method, HttpRequest.BodyPublishers.noBody())
        : request
            .method(method, HttpRequest.BodyPublishers.ofString(body.encode()))
            .header("Content-Type", "application/json");
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  HttpResponse<String> as(String token, HttpRequest.Builder request) throws Exception {
    return send(request.header("Authorization", "Bearer " + token));
  }

  JsonObject jsonAs(String token, HttpRequest.Builder request) throws Exception {
    var answer = as(token, request);
    if (answer.statusCode() >= 300) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return new JsonObject(answer.body());
  }

  /** A chat of one line. */
  static JsonObject chat(String to, String text) {
    return new JsonObject()
        .put("id", newId().value())
        .put("to", new io.vertx.core.json.JsonArray().add(to))
        .put("channel", "chat")
        .put("text", text);
  }

  /** An open stream: what came, in order, and how it ended. */
  static final class Stream implements WebSocket.Listener {
    final LinkedBlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<Integer> closes = new LinkedBlockingQueue<>();
    final StringBuilder partial = new StringBuilder();
    volatile boolean reading = true;

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        frames.add(new JsonObject(partial.toString()));
        partial.setLength(0);
      }
      if (reading) {
        socket.request(1);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closes.add(code);
      return null;
    }

    JsonObject next() throws InterruptedException {
      var frame = frames.poll(SOON.toSeconds(), TimeUnit.SECONDS);
      if (frame == null) {
        throw new AssertionError("no frame came; closed: " + closes);
      }
      return frame;
    }

    int closed() throws InterruptedException {
      var code = closes.poll(SOON.toSeconds(), TimeUnit.SECONDS);
      if (code == null) {
        throw new AssertionError("it was not closed");
      }
      return code;
    }
  }

  WebSocket open(String token, String query, Stream stream) throws Exception {
    return client
        .newWebSocketBuilder()
        .header("Authorization", "Bearer " + token)
        .buildAsync(
            URI.create("ws://127.0.0.1:" + gateway.port() + "/api/v1/stream" + query), stream)
        .get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    await(gateway.stop());
    await(blobs.close());
    await(vertx.close());
    directory.close();
    db.close();
  }
}
