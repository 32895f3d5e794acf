package io.mainstem.ops;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.blob.BlobSettings;
import io.mainstem.blob.NeedleBlobStore;
import io.mainstem.config.Config;
import io.mainstem.directory.Directory;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Watched;
import io.mainstem.mailbox.host.HostParts;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.mailbox.host.Outbox;
import io.mainstem.message.FolderId;
import io.mainstem.message.UserId;
import io.mainstem.mime.Mails;
import io.mainstem.mime.MimeLimits;
import io.mainstem.stage.Stages;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksDirectoryStore;
import io.mainstem.store.rocksdb.RocksMailboxStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/**
 * An import is one among the clients of the mailboxes: however much it brings, it has a bounded
 * number of commands under way, and those of others are decided and settled between two of its own.
 * Real mailboxes on a real store; alice's settle as the test lets them.
 */
class ImportFairnessTest {
  private static final int MESSAGES = 300;

  /** What one request may have under way. */
  private static final int SHARE = ImportRoutes.MAX_UNSETTLED;

  @TempDir private Path data;
  private final Vertx vertx = Vertx.vertx();
  private RocksDatabase database;
  private NeedleBlobStore blobs;
  private Directory directory;
  private LocalMailboxes mailboxes;
  private Held held;
  private HttpServer server;
  private UserId alice;
  private UserId bob;

  @BeforeEach
  void start() throws Exception {
    Config config = Config.of(Map.of());
    Files.createDirectories(data.resolve("blobs"));
    database = RocksDatabase.open(data, config.store(), StageMeter.NONE);
    blobs = NeedleBlobStore.open(vertx, BlobSettings.in(data.resolve("blobs")));
    var store = new RocksMailboxStore(database);
    mailboxes =
        get(
            LocalMailboxes.start(
                vertx,
                new HostParts(
                    store,
                    store.ownership(),
                    user -> Future.succeededFuture(1),
                    new Nobody(),
                    (user, counts, cursor) -> {},
                    StageMeter.NONE,
                    Clock.systemUTC(),
                    () -> ThreadLocalRandom.current().nextLong(),
                    Limits.DEFAULT,
                    config.mailbox(),
                    "n1",
                    config.store().partitions()),
                2));
    directory =
        new Directory(
            new RocksDirectoryStore(database),
            config.directory(),
            "c1",
            100,
            Clock.systemUTC(),
            Ticker.systemTicker());
    get(directory.start());
    alice = get(directory.createUser("alice", null, "correct horse")).id();
    bob = get(directory.createUser("bob", null, "correct horse")).id();
    held = new Held(mailboxes, alice);
    var mails = new Mails(vertx, blobs, MimeLimits.DEFAULT, 2, 1024, Stages.unobserved());
    Router router = Router.router(vertx);
    new ImportRoutes(directory.accounts(), held, blobs, mails, 1 << 20).mount(router);
    server = get(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
  }

  @AfterEach
  void stop() throws Exception {
    held.release();
    get(server.close());
    get(mailboxes.stop(Duration.ofSeconds(10)));
    get(blobs.close());
    directory.close();
    get(vertx.close());
    database.close();
  }

  @Test
  void othersAreServedWhileAnImportHasAllThatItMayHaveUnderWay() throws Exception {
    Future<JsonObject> imported = send(archive());
    await().atMost(120, TimeUnit.SECONDS).until(() -> held.submitted.get() == SHARE);

    // It is full, and most of it is still to come: bob does not wait for it, as often as he asks.
    for (int i = 1; i <= 10; i++) {
      get(held.submit(bob, new Command.CreateFolder("folder " + i)));
    }
    assertEquals(SHARE, held.submitted.get(), "it asks for no more until something is settled");
    assertEquals(SHARE, messages(alice));
    assertFalse(imported.isComplete());

    // Each that is settled makes room for one.
    for (int settled = 1; settled <= 10; settled++) {
      held.releaseOne();
      int expected = SHARE + settled;
      await().atMost(120, TimeUnit.SECONDS).until(() -> held.submitted.get() == expected);
      get(held.submit(bob, new Command.CreateFolder("later " + settled)));
      assertEquals(expected, held.submitted.get());
    }

    held.release();
    var answers = get(imported).getJsonArray("messages");
    assertEquals(MESSAGES, answers.size());
    assertTrue(answers.stream().allMatch(a -> ((JsonObject) a).getBoolean("created")));
    assertEquals(MESSAGES, messages(alice));
    assertEquals(SHARE, held.most.get(), "never more than its share");
  }

  private int messages(UserId user) throws Exception {
    return get(mailboxes.query(user, new Query.Folders())).stream()
        .filter(f -> f.id().equals(FolderId.INBOX))
        .findFirst()
        .orElseThrow()
        .messages();
  }

  private static Buffer archive() {
    Buffer body = Buffer.buffer();
    for (int i = 0; i < MESSAGES; i++) {
      byte[] head =
          new JsonObject()
              .put("received", 1_600_000_000_000L + i)
              .encode()
              .getBytes(StandardCharsets.UTF_8);
      byte[] mail =
          ("From: Dora <dora@elsewhere.example>\r\nSubject: number " + i + "\r\n\r\nText.\r\n")
              .getBytes(StandardCharsets.UTF_8);
      body.appendInt(head.length).appendBytes(head);
      body.appendInt(mail.length).appendBytes(mail).appendInt(0);
    }
    return body;
  }

  private Future<JsonObject> send(Buffer body) {
    return vertx
        .createHttpClient()
        .request(HttpMethod.POST, server.actualPort(), "127.0.0.1", "/admin/users/alice/import")
        .compose(
            request ->
                request.send(body).compose(response -> response.body()).map(Buffer::toJsonObject));
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
  }

  /** Mailboxes of which one user's answers are held back until the test gives them out. */
  private static final class Held implements MailboxService {
    private final MailboxService mailboxes;
    private final UserId user;
    private final ConcurrentLinkedQueue<Runnable> answers = new ConcurrentLinkedQueue<>();
    private volatile boolean open;
    final AtomicInteger submitted = new AtomicInteger();
    final AtomicInteger underWay = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();

    Held(MailboxService mailboxes, UserId user) {
      this.mailboxes = mailboxes;
      this.user = user;
    }

    @Override
    public <R extends Reply> Future<R> submit(UserId to, Command<R> command) {
      if (!to.equals(user)) {
        return mailboxes.submit(to, command);
      }
      Promise<R> promise = Promise.promise();
      Context context = Vertx.currentContext();
      var done = mailboxes.submit(to, command);
      most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
      submitted.incrementAndGet();
      done.onComplete(
          settled -> {
            answers.add(
                () -> {
                  underWay.decrementAndGet();
                  context.runOnContext(now -> promise.handle(settled));
                });
            if (open) {
              release();
            }
          });
      return promise.future();
    }

    /** Gives one answer out, as soon as there is one. */
    void releaseOne() {
      await().atMost(120, TimeUnit.SECONDS).until(() -> !answers.isEmpty());
      answers.remove().run();
    }

    /** Gives all answers out from now on. */
    void release() {
      open = true;
      for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
        answer.run();
      }
    }

    @Override
    public <R> Future<R> query(UserId of, Query<R> query) {
      return mailboxes.query(of, query);
    }

    @Override
    public Flux<Watched> watch(UserId of, Cursor after) {
      return mailboxes.watch(of, after);
    }
  }

  /** Delivery is not what is tested here. */
  private static final class Nobody implements Outbox {
    @Override
    public void onSettled(
        UserId user, List<Query.Outgoing> outgoing, List<Query.Receipt> receipts) {}

    @Override
    public void onLoaded(UserId user) {}

    @Override
    public void onDropped(UserId user) {}
  }
}
