package io.mainstem.bench;

import io.mainstem.config.Config;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.host.HostParts;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.mailbox.host.Outbox;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksMailboxStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Host and store in this process, without sockets: what remains is the cost of the mailbox itself.
 */
final class Engine implements AutoCloseable {
  private static final int LOOPS = 2;
  private static final int FILLING = 512;
  private static final Limits LIMITS =
      new Limits(
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          Limits.DEFAULT.idWindow(),
          Limits.DEFAULT.maxTextBytes(),
          Limits.DEFAULT.maxRecipients(),
          Limits.DEFAULT.maxFolders(),
          Limits.DEFAULT.maxDrafts(),
          Limits.DEFAULT.maxKeywords(),
          Limits.DEFAULT.undo(),
          Limits.DEFAULT.edit(),
          Limits.DEFAULT.maxEdits());

  private static final Outbox NOBODY =
      new Outbox() {
        @Override
        public void onSettled(
            UserId user, List<Query.Outgoing> outgoing, List<Query.Receipt> receipts) {}

        @Override
        public void onLoaded(UserId user) {}

        @Override
        public void onDropped(UserId user) {}
      };

  private final Vertx vertx;
  private final RocksDatabase database;
  private final LocalMailboxes mailboxes;

  private Engine(Vertx vertx, RocksDatabase database, LocalMailboxes mailboxes) {
    this.vertx = vertx;
    this.database = database;
    this.mailboxes = mailboxes;
  }

  static Engine open(Path data, Config config) throws IOException {
    Files.createDirectories(data);
    var vertx = Vertx.vertx();
    var database = RocksDatabase.open(data, config.store(), StageMeter.NONE);
    var store = new RocksMailboxStore(database);
    var parts =
        new HostParts(
            store,
            store.ownership(),
            user -> Future.succeededFuture(1),
            NOBODY,
            (user, counts, cursor) -> {},
            StageMeter.NONE,
            Clock.systemUTC(),
            () -> ThreadLocalRandom.current().nextLong(),
            LIMITS,
            config.mailbox(),
            "bench",
            config.store().partitions());
    return new Engine(vertx, database, get(LocalMailboxes.start(vertx, parts, LOOPS)));
  }

  LocalMailboxes mailboxes() {
    return mailboxes;
  }

  @Override
  public void close() {
    get(mailboxes.stop(Duration.ofMinutes(1)));
    get(vertx.close());
    database.close();
  }

  /** A short chat from a colleague. */
  static Command.Deliver chat(UserId to, int number) {
    var from = new Person("colleague@mainstem.test", "Colleague", new UserId("colleague"));
    var random = ThreadLocalRandom.current();
    String text = "Shall we meet at the station at eight? That is message " + number + ".";
    var message =
        Message.of(
            Channel.CHAT,
            from,
            List.of(new Person(to + "@mainstem.test", null, to)),
            "",
            text,
            Headers.NONE);
    long now = System.currentTimeMillis();
    return Command.Deliver.of(
        MessageId.of(now, random.nextLong(), random.nextLong()),
        from.key(),
        null,
        Hlc.ofMillis(now),
        message,
        null,
        null);
  }

  /** A short mail from one of many outside. */
  static Command.Deliver mail(UserId to, int number, int senders) {
    var random = ThreadLocalRandom.current();
    String sender = "sender" + number % senders + "@elsewhere.example";
    String text = "Here are the figures of this week. That is message " + number + ".";
    var message =
        Message.of(
            Channel.MAIL,
            new Person(sender, "Sender " + number % senders, null),
            List.of(new Person(to + "@mainstem.test", null, to)),
            "Figures",
            text,
            Headers.NONE);
    long now = System.currentTimeMillis();
    return Command.Deliver.of(
        MessageId.of(now, random.nextLong(), random.nextLong()),
        "smtp",
        null,
        Hlc.ofMillis(now),
        message,
        null,
        null);
  }

  /** Fills a mailbox with mails, many under way at once. */
  void fill(UserId user, int messages, int senders) throws InterruptedException {
    var places = new Semaphore(FILLING);
    for (int i = 0; i < messages; i++) {
      places.acquire();
      mailboxes.submit(user, mail(user, i, senders)).onComplete(done -> places.release());
    }
    places.acquire(FILLING);
  }

  /** CPU time of this process so far, nanoseconds. */
  static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.MINUTES);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the bench cannot go on: " + e, e);
    }
  }
}
