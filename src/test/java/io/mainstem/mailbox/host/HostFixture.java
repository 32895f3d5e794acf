package io.mainstem.mailbox.host;

import io.mainstem.RisingMillis;
import io.mainstem.config.Config;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Counts;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.MailForms;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Renewal;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Hlc;
import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksMailboxStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A host on a real database in a directory of the test. */
final class HostFixture implements AutoCloseable {
  /** What takes longer than this does not happen, however slow the machine is. */
  private static final Duration LONG = Duration.ofSeconds(120);

  /** How long a stop may take that settles and saves all; shorter than what waits for it. */
  static final Duration STOPPING = Duration.ofSeconds(90);

  static final UserId ANN = new UserId("ann");
  static final UserId BOB = new UserId("bob");

  record Told(UserId user, Counts counts, Cursor cursor) {}

  final Vertx vertx = Vertx.vertx();
  final RocksDatabase database;
  final RocksMailboxStore rocks;
  final GatedStore store;
  final LocalMailboxes mailboxes;
  final ConcurrentLinkedQueue<Query.Outgoing> outgoing = new ConcurrentLinkedQueue<>();
  final ConcurrentLinkedQueue<UserId> loaded = new ConcurrentLinkedQueue<>();
  final ConcurrentLinkedQueue<UserId> dropped = new ConcurrentLinkedQueue<>();
  final ConcurrentLinkedQueue<Told> counts = new ConcurrentLinkedQueue<>();

  /** What happens within each decision about a chat. */
  volatile Runnable whileDeciding = () -> {};

  private boolean abandoned;

  HostFixture(Path data, Map<String, String> settings, Limits limits) {
    this(data, settings, limits, Renewal.NONE);
  }

  HostFixture(Path data, Map<String, String> settings, Limits limits, int renewal) {
    var defaults = new HashMap<>(Map.of("store.writeBufferBytes", "8m", "store.cacheBytes", "4m"));
    defaults.putAll(settings);
    Config config = Config.of(defaults);
    database = RocksDatabase.open(data, config.store(), StageMeter.NONE);
    rocks = new RocksMailboxStore(database);
    store = new GatedStore(rocks);
    var outbox =
        new Outbox() {
          @Override
          public void onSettled(
              UserId user, List<Query.Outgoing> sent, List<Query.Receipt> receipts) {
            outgoing.addAll(sent);
          }

          @Override
          public void onLoaded(UserId user) {
            loaded.add(user);
          }

          @Override
          public void onDropped(UserId user) {
            dropped.add(user);
          }
        };
    var forms =
        new MailForms() {
          @Override
          public int version() {
            whileDeciding.run();
            return NONE.version();
          }

          @Override
          public long sizeBytes(Message message, MessageId id, MailForm form) {
            return NONE.sizeBytes(message, id, form);
          }
        };
    var parts =
        new HostParts(
            store,
            rocks.ownership(),
            user -> Future.succeededFuture(1),
            outbox,
            (user, now, cursor) -> counts.add(new Told(user, now, cursor)),
            StageMeter.NONE,
            Clock.systemUTC(),
            () -> ThreadLocalRandom.current().nextLong(),
            limits,
            config.mailbox(),
            "node",
            config.store().partitions(),
            forms,
            Departures.NONE,
            renewal);
    mailboxes = get(LocalMailboxes.start(vertx, parts, 2));
  }

  static HostFixture open(Path data) {
    return new HostFixture(data, Map.of(), Limits.DEFAULT);
  }

  /** Of a store that was set back. */
  static HostFixture openRenewed(Path data, int renewal) {
    return new HostFixture(data, Map.of(), Limits.DEFAULT, renewal);
  }

  static HostFixture open(Path data, Map<String, String> settings) {
    return new HostFixture(data, settings, Limits.DEFAULT);
  }

  /** Stops in order, unless it was abandoned. */
  @Override
  public void close() {
    if (!abandoned) {
      get(mailboxes.stop(STOPPING));
      abandon();
    }
  }

  /** Stops as a crash does, but for the files, which are there at once. */
  void abandon() {
    abandoned = true;
    database.close();
    get(vertx.close());
  }

  // ---- commands

  static MessageId id() {
    var random = ThreadLocalRandom.current();
    return MessageId.of(System.currentTimeMillis(), random.nextLong(), random.nextLong());
  }

  static Person person(UserId user) {
    return new Person(user + "@mainstem.test", user.value(), user);
  }

  static Message chat(UserId from, List<Person> to, String text) {
    return Message.of(Channel.CHAT, person(from), to, "", text, Headers.NONE);
  }

  static Command.Send send(UserId from, UserId to, String text) {
    return Command.Send.of(
        id(), null, chat(from, List.of(person(to)), text), List.of(person(to)), null);
  }

  static Command.Deliver mail(UserId to, String from, String text) {
    var sender = new Person(from, null, null);
    var message =
        Message.of(Channel.MAIL, sender, List.of(person(to)), "Hello", text, Headers.NONE);
    return Command.Deliver.of(
        id(), "smtp", null, Hlc.ofMillis(RisingMillis.now()), message, null, null);
  }

  Reply.Sent sent(UserId from, UserId to, String text) {
    return get(mailboxes.submit(from, send(from, to, text)));
  }

  Reply.Delivered arrives(UserId to, String from, String text) {
    return get(mailboxes.submit(to, mail(to, from, text)));
  }

  List<String> texts(UserId user, ThreadId thread) {
    return get(mailboxes.query(user, new Query.Messages(thread, null, null, 500, null, null)))
        .messages()
        .stream()
        .map(m -> m.message().text())
        .toList();
  }

  /** All saved objects of the mailbox itself, as hexadecimal text. */
  TreeMap<String, String> objects(UserId user) {
    var mailbox = new MailboxStore.Mailbox(user, 1);
    var all = new TreeMap<String, String>();
    List<String> keys = get(rocks.scan(mailbox, "", null, 1_000_000));
    get(rocks.objects(mailbox, keys))
        .forEach((key, value) -> all.put(key, java.util.HexFormat.of().formatHex(value)));
    all.remove(Snapshot.REPLAY);
    return all;
  }

  /** All rows of the log. */
  List<MailboxStore.Row> log(UserId user) {
    var rows = new ArrayList<MailboxStore.Row>();
    long after = 0;
    for (; ; ) {
      var page = get(rocks.read(new MailboxStore.Mailbox(user, 1), after, 1000));
      rows.addAll(page.rows());
      if (!page.more()) {
        return rows;
      }
      after = rows.get(rows.size() - 1).last();
    }
  }

  static <T> T get(Future<T> future) {
    Throwable failure = failureOf(future);
    if (failure != null) {
      throw new AssertionError(failure);
    }
    return future.result();
  }

  static @Nullable Throwable failureOf(Future<?> future) {
    try {
      future.toCompletionStage().toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * The database's files as a killed process leaves them; the write-ahead logs last, so that they
   * are not older than what refers to them. A copy during which the database replaced other files
   * is of no single moment and is made again.
   */
  static Path copy(Path data, Path to) throws IOException {
    Path store = data.resolve("store");
    Path copied = to.resolve("store");
    for (int attempt = 0; attempt < 100; attempt++) {
      Map<Path, Long> before = tables(store);
      Files.createDirectories(copied);
      try {
        for (Path file : before.keySet()) {
          Files.copy(file, copied.resolve(file.getFileName()));
        }
        try (var files = Files.list(store)) {
          for (Path file : files.filter(HostFixture::isWriteAheadLog).toList()) {
            Files.copy(file, copied.resolve(file.getFileName()));
          }
        }
        if (before.equals(tables(store))) {
          return to;
        }
      } catch (NoSuchFileException replaced) {
        // A compaction took the file away: the next attempt sees what stands in its place.
      }
      try (var files = Files.list(copied)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
    throw new AssertionError("the database never stood still for the time of a copy");
  }

  /** Every file but the lock, the write-ahead logs and the database's diary, with its size. */
  private static Map<Path, Long> tables(Path store) throws IOException {
    Map<Path, Long> sizes = new TreeMap<>();
    try (var files = Files.list(store)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (!name.equals("LOCK") && !name.startsWith("LOG") && !isWriteAheadLog(file)) {
          sizes.put(file, Files.size(file));
        }
      }
    } catch (NoSuchFileException vanished) {
      return Map.of();
    }
    return sizes;
  }

  private static boolean isWriteAheadLog(Path file) {
    return file.toString().endsWith(".log");
  }
}
