package io.mainstem.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.Insistence;
import io.mainstem.bench.Ports;
import io.mainstem.blob.BlobSettings;
import io.mainstem.blob.BlobStore;
import io.mainstem.blob.NeedleBlobStore;
import io.mainstem.config.Config;
import io.mainstem.directory.Account;
import io.mainstem.directory.Directory;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Renewal;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.mime.Mails;
import io.mainstem.mime.MimeLimits;
import io.mainstem.stage.Stages;
import io.mainstem.store.DirectoryStore;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksDirectoryStore;
import io.mainstem.store.rocksdb.RocksMailboxStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes of two cells as the program wires them, with everything real but the shared databases,
 * which are on this disk.
 */
@Timeout(600)
class CellNodeTest {
  private static final Duration LONG = Duration.ofSeconds(120);

  /** So long the program waits for an owner: long beside any pause of the machine. */
  private static final Duration OWNER = Duration.ofSeconds(60);

  /** For all nodes of all tests here: each has one of its own. */
  private static final Ports PORTS = new Ports();

  @TempDir private Path data;
  private final Vertx vertx = Vertx.vertx();
  private RocksDatabase database;
  private RocksDirectoryStore rows;
  private BlobStore blobs;
  private volatile boolean directoryGone;

  /** The directory's rows, unless their database is gone. */
  private final DirectoryStore shared =
      new DirectoryStore() {
        private <T> Future<T> unlessGone(Supplier<Future<T>> ask) {
          return directoryGone
              ? Future.failedFuture(new Rejected(Rejected.Rule.BUSY, "the directory is gone"))
              : ask.get();
        }

        @Override
        public Future<@Nullable Row> get(Key key) {
          return unlessGone(() -> rows.get(key));
        }

        @Override
        public Future<Boolean> write(Key key, long expected, byte[] value) {
          return unlessGone(() -> rows.write(key, expected, value));
        }

        @Override
        public Future<Boolean> delete(Key key, long expected) {
          return unlessGone(() -> rows.delete(key, expected));
        }

        @Override
        public Future<List<Row>> list(
            Table table, String group, @Nullable String after, int limit) {
          return unlessGone(() -> rows.list(table, group, after, limit));
        }

        @Override
        public Future<List<Row>> all(Table table, @Nullable Key after, int limit) {
          return unlessGone(() -> rows.all(table, after, limit));
        }
      };

  private final List<Node> nodes = new ArrayList<>();

  /** One process, as {@link Mainstem} builds it up to its mailboxes. */
  private final class Node {
    final Vertx own = Vertx.vertx();
    final Deque<Supplier<Future<Void>>> built = new ArrayDeque<>();
    final Directory directory;
    final CellNode cell;

    Node(String cellName, BlobStore objects) throws Exception {
      Config config = config(cellName);
      RocksDatabase stored =
          RocksDatabase.open(
              Files.createDirectories(data.resolve(cellName + nodes.size())),
              config.store(),
              StageMeter.NONE);
      built.push(
          () -> {
            stored.close();
            return Future.succeededFuture();
          });
      built.push(own::close);
      nodes.add(this);
      directory =
          get(
              new Directory(
                      shared,
                      config.directory(),
                      cellName,
                      10,
                      Clock.systemUTC(),
                      Ticker.systemTicker())
                  .start());
      var mailboxes = new RocksMailboxStore(stored);
      Stages stages = Stages.unobserved();
      var storage =
          new Storage(
              new Stores(
                  "RocksDB of cell " + cellName,
                  mailboxes,
                  mailboxes.ownership(),
                  shared,
                  null,
                  Renewal.NONE,
                  Future::succeededFuture),
              objects,
              new Mails(own, objects, MimeLimits.DEFAULT, 1, 16, stages));
      var parts =
          new Mailboxes.Parts(
              own, config, storage, directory, stages, 1, () -> Duration.ofSeconds(10));
      cell = Objects.requireNonNull(get(Mailboxes.inCell(parts, built::push)).cell());
      get(cell.serve());
    }

    void stop() {
      built.forEach(part -> get(part.get()));
      directory.close();
    }
  }

  private static Config config(String cell) throws IOException {
    int port = PORTS.free();
    return Config.of(
        Map.ofEntries(
            Map.entry("cell.enabled", "true"),
            Map.entry("cell.name", cell),
            Map.entry("cell.node", cell + "1"),
            Map.entry("cell.members.port", "" + port),
            Map.entry("cell.members.seeds", "127.0.0.1:" + port),
            Map.entry("cell.wire.port", "0"),
            Map.entry("cell.requestSeconds", "" + OWNER.toSeconds()),
            Map.entry("cell.moves.keepSeconds", "0"),
            Map.entry("directory.cellsSeconds", "1"),
            // So that only a notice makes a node look again.
            Map.entry("directory.cacheSeconds", "3600"),
            Map.entry("store.partitions", "8"),
            Map.entry("store.writeBufferBytes", "8m"),
            Map.entry("store.cacheBytes", "4m")));
  }

  @BeforeEach
  void open() throws Exception {
    database =
        RocksDatabase.open(
            Files.createDirectories(data.resolve("directory")),
            Config.defaults().store(),
            StageMeter.NONE);
    rows = new RocksDirectoryStore(database);
    blobs = NeedleBlobStore.open(vertx, BlobSettings.in(data.resolve("blobs")));
  }

  @AfterEach
  void close() {
    nodes.reversed().forEach(Node::stop);
    get(blobs.close());
    database.close();
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private void meet(Node a, Node b) {
    await()
        .atMost(LONG)
        .until(() -> a.cell.others().isReached("b") && b.cell.others().isReached("a"));
  }

  private static Command.Send chat(Account from, Account to, String text) {
    var random = ThreadLocalRandom.current();
    var message =
        Message.of(Channel.CHAT, from.person(), List.of(to.person()), "", text, Headers.NONE);
    return Command.Send.of(
        MessageId.of(System.currentTimeMillis(), random.nextLong(), random.nextLong()),
        null,
        message,
        List.of(to.person()),
        null);
  }

  /** See {@link Insistence}. */
  private static <T> T patiently(Supplier<Future<T>> ask) {
    return Insistence.insist(LONG, () -> get(ask.get()));
  }

  private static <R extends Reply> R submit(Node at, UserId user, Command<R> command) {
    return patiently(() -> at.cell.mailboxes().submit(user, command));
  }

  private static int generation(Node at, UserId user) {
    return patiently(() -> at.cell.mailboxes().query(user, new Query.Head())).generation();
  }

  private static Future<Query.ThreadPage> threads(Node at, UserId user) {
    return at.cell.mailboxes().query(user, new Query.Threads(null, null, 100, null));
  }

  private static List<String> texts(Node at, UserId user) {
    var texts = new ArrayList<String>();
    for (var thread : patiently(() -> threads(at, user)).threads()) {
      var all = new Query.Messages(thread.id(), null, null, 500, null, null);
      patiently(() -> at.cell.mailboxes().query(user, all))
          .messages()
          .forEach(message -> texts.add(message.message().text()));
    }
    return texts;
  }

  @Test
  void usersOfTwoCellsWriteToOneAnotherAndOneMovesToTheOther() throws Exception {
    var a = new Node("a", blobs);
    var b = new Node("b", blobs);
    Account ann = get(a.directory.createUser("ann", null, null));
    Account bob = get(b.directory.createUser("bob", null, null));
    meet(a, b);
    // Each at the node where he does not live.
    submit(b, ann.id(), chat(ann, bob, "from a to b"));
    await().atMost(LONG).until(() -> texts(a, bob.id()).contains("from a to b"));

    Account planned = get(a.directory.moves().plan(ann.id(), "b"));
    int generation = Objects.requireNonNull(planned.move()).generation();
    submit(b, ann.id(), new Command.Leave("b", generation));
    await()
        .atMost(LONG)
        .until(
            () -> {
              Account now = get(a.directory.accounts().fresh(ann.id()));
              return now != null && now.cell().equals("b");
            });
    assertEquals(List.of("from a to b"), texts(a, ann.id()));
    assertEquals(generation, generation(a, ann.id()));
    submit(a, bob.id(), chat(bob, ann, "now we are neighbours"));
    await().atMost(LONG).until(() -> texts(a, ann.id()).contains("now we are neighbours"));
    await().atMost(LONG).until(() -> generation(a, ann.id()) == generation);
  }

  @Test
  void whatOneCellChangesInTheDirectoryTheOtherHearsAtOnce() throws Exception {
    var a = new Node("a", blobs);
    var b = new Node("b", blobs);
    Account ann = get(a.directory.createUser("ann", null, null));
    meet(a, b);
    assertFalse(assertNotNullAnd(get(b.directory.accounts().byId(ann.id()))).disabled());
    get(a.directory.disable(ann.id()));
    await()
        .atMost(LONG)
        .until(() -> assertNotNullAnd(get(b.directory.accounts().byId(ann.id()))).disabled());
  }

  private static Account assertNotNullAnd(Account account) {
    assertNotNull(account);
    return account;
  }

  @Test
  void aCellThatIsGoneIsMissedByItsUsersOnly() throws Exception {
    var a = new Node("a", blobs);
    var b = new Node("b", blobs);
    Account ann = get(a.directory.createUser("ann", null, null));
    Account bob = get(b.directory.createUser("bob", null, null));
    meet(a, b);
    assertEquals(List.of(), texts(a, bob.id()));
    b.stop();
    nodes.remove(b);
    await().atMost(LONG).until(() -> !a.cell.others().isReached("b"));
    long began = System.nanoTime();
    var refused =
        assertInstanceOf(
            Rejected.class,
            assertThrows(AssertionError.class, () -> get(threads(a, bob.id()))).getCause());
    assertEquals(Rejected.Rule.BUSY, refused.rule());
    assertTrue(
        System.nanoTime() - began < OWNER.toNanos() / 2,
        "it is known that nobody is there: no time is waited out");
    submit(a, ann.id(), chat(ann, bob, "are you there?"));
    assertEquals(List.of("are you there?"), texts(a, ann.id()));
  }

  @Test
  void whoIsKnownIsServedWhileTheDirectoryIsGone() throws Exception {
    var a = new Node("a", blobs);
    var b = new Node("b", blobs);
    Account ann = get(a.directory.createUser("ann", null, null));
    Account bob = get(b.directory.createUser("bob", null, null));
    Account carol = get(b.directory.createUser("carol", null, null));
    meet(a, b);
    assertEquals(List.of(), texts(a, ann.id()));
    assertEquals(List.of(), texts(a, bob.id()));
    directoryGone = true;
    submit(a, ann.id(), chat(ann, bob, "all as ever"));
    await().atMost(LONG).until(() -> texts(a, bob.id()).contains("all as ever"));
    assertInstanceOf(
        Rejected.class,
        assertThrows(AssertionError.class, () -> get(threads(a, carol.id()))).getCause());
    // What waits is nobody's, so nobody is asked where it is.
    var room = new UserId("waiting-7");
    assertEquals(1, generation(a, room));
    directoryGone = false;
    assertEquals(List.of(), texts(a, carol.id()));
  }

  @Test
  void aNodeWithAnotherObjectStoreIsRefused() throws Exception {
    new Node("a", blobs);
    BlobStore other = NeedleBlobStore.open(vertx, BlobSettings.in(data.resolve("others")));
    var failure = assertThrows(AssertionError.class, () -> new Node("b", other));
    var refusal = assertInstanceOf(StartFailure.class, failure.getCause());
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("blob.s3.endpoint"), refusal.getMessage());
    nodes.removeLast().built.forEach(part -> get(part.get()));
    get(other.close());
  }
}
