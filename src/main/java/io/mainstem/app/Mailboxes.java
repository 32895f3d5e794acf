package io.mainstem.app;

import io.mainstem.config.Blob;
import io.mainstem.config.Config;
import io.mainstem.config.ConfigException;
import io.mainstem.config.Store;
import io.mainstem.counts.RedisCounts;
import io.mainstem.delivery.Deliverer;
import io.mainstem.delivery.LocalTransport;
import io.mainstem.directory.Directory;
import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.host.CountSink;
import io.mainstem.mailbox.host.Departures;
import io.mainstem.mailbox.host.Generations;
import io.mainstem.mailbox.host.HostParts;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.message.UserId;
import io.mainstem.ops.MeteredStage;
import io.mainstem.stage.Stages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The mailboxes, and what stands between them: those of this node alone, or of all cells.
 *
 * @param service what gateways ask
 * @param counted the same, asking for counts where they are quickest to be had
 * @param cell null: this node is alone
 */
record Mailboxes(
    MailboxService service, UnaryOperator<MailboxService> counted, @Nullable CellNode cell) {
  private static final String NODE = "local";

  /**
   * What they are built of.
   *
   * @param leftToDrain how long a stop that is under way may still wait for them
   */
  record Parts(
      Vertx vertx,
      Config config,
      Storage storage,
      Directory directory,
      Stages stages,
      int loops,
      Supplier<Duration> leftToDrain) {}

  /**
   * Starts them.
   *
   * @param takeDownLater is given how to take down what was built, in its order
   */
  static Future<Mailboxes> start(Parts parts, Consumer<Supplier<Future<Void>>> takeDownLater) {
    Config config = parts.config();
    if (config.cell().enabled()) {
      refuseWhatCellsCannotShare(config);
    }
    return config.cell().enabled() ? inCell(parts, takeDownLater) : alone(parts, takeDownLater);
  }

  private static void refuseWhatCellsCannotShare(Config config) {
    if (config.store().kind() == Store.Kind.ROCKSDB) {
      throw new ConfigException(
          "store.kind must be cassandra when cell.enabled is true: all nodes of a cell share"
              + " one store");
    }
    if (config.blob().kind() == Blob.Kind.LOCAL) {
      throw new ConfigException(
          "blob.kind must be s3 when cell.enabled is true: all nodes of all cells read what one"
              + " has taken in");
    }
  }

  /** What is published of counts, and who asks for it there. */
  private record Counts(CountSink sink, UnaryOperator<MailboxService> before) {
    /** Nothing of Redis is loaded unless a server is configured. */
    static Counts of(Parts parts, Consumer<Supplier<Future<Void>>> takeDownLater) {
      var redis = parts.config().counts().redis();
      if (redis.servers().isEmpty()) {
        return new Counts((user, counts, cursor) -> {}, mailboxes -> mailboxes);
      }
      var published = new RedisCounts(parts.vertx(), redis, parts.stages());
      takeDownLater.accept(published::close);
      return new Counts(published, published::before);
    }
  }

  private static Future<Mailboxes> alone(
      Parts parts, Consumer<Supplier<Future<Void>>> takeDownLater) {
    var counts = Counts.of(parts, takeDownLater);
    var door = new MailboxDoor();
    Deliverer deliverer = deliverer(parts, door, user -> NODE);
    Generations generations =
        user ->
            parts
                .directory()
                .accounts()
                .fresh(user)
                .map(account -> account == null ? 1 : account.generation());
    HostParts host = host(parts, NODE, generations, deliverer, counts.sink(), Departures.NONE);
    return LocalMailboxes.start(parts.vertx(), host, parts.loops())
        .map(
            local -> {
              takeDownLater.accept(() -> local.stop(parts.leftToDrain().get()));
              return opened(
                  new Mailboxes(local, counts.before(), null), door, deliverer, takeDownLater);
            });
  }

  /** Of whatever store it is; all nodes of the cell must share it. */
  static Future<Mailboxes> inCell(Parts parts, Consumer<Supplier<Future<Void>>> takeDownLater) {
    var counts = Counts.of(parts, takeDownLater);
    var door = new MailboxDoor();
    var node =
        new CellNode(
            new CellNode.Parts(
                parts.vertx(),
                parts.config(),
                parts.storage(),
                parts.directory(),
                parts.stages(),
                parts.loops()));
    Deliverer deliverer = deliverer(parts, door, node::routeTo);
    node.onChange(deliverer::lookAgain);
    HostParts host =
        host(
            parts,
            parts.config().cell().node(),
            node::generationOf,
            deliverer,
            counts.sink(),
            node.departures());
    return node.join(host)
        .map(
            joined -> {
              takeDownLater.accept(() -> joined.stop(parts.leftToDrain().get()));
              return opened(
                  new Mailboxes(joined.mailboxes(), counts.before(), joined),
                  door,
                  deliverer,
                  takeDownLater);
            });
  }

  /** From now on what is delivered arrives. */
  private static Mailboxes opened(
      Mailboxes mailboxes,
      MailboxDoor door,
      Deliverer deliverer,
      Consumer<Supplier<Future<Void>>> takeDownLater) {
    door.open(mailboxes.service());
    takeDownLater.accept(
        () -> {
          deliverer.close();
          return Future.succeededFuture();
        });
    return mailboxes;
  }

  private static Deliverer deliverer(
      Parts parts, MailboxService door, Function<UserId, String> routes) {
    Config config = parts.config();
    return new Deliverer(
        parts.vertx(),
        door,
        List.of(new LocalTransport(door, parts.directory().accounts(), parts.storage().blobs())),
        routes,
        config.delivery(),
        new Deliverer.StatusPace(
            config.mailbox().statusMillis(), config.mailbox().groupStatusMillis()),
        parts.stages(),
        Clock.systemUTC(),
        new SecureRandom());
  }

  private static HostParts host(
      Parts parts,
      String node,
      Generations generations,
      Deliverer deliverer,
      CountSink countSink,
      Departures departures) {
    Config config = parts.config();
    return new HostParts(
        new ErasingMailboxStore(
            parts.vertx(), parts.storage().stores().mailboxes(), parts.storage().blobs()),
        parts.storage().stores().ownership(),
        generations,
        deliverer,
        countSink,
        new MeteredStage(parts.stages().stage("host", config.mailbox().queueTotal())),
        Clock.systemUTC(),
        () -> ThreadLocalRandom.current().nextLong(),
        limits(config),
        config.mailbox(),
        node,
        config.store().partitions(),
        new ComposedForms(),
        departures,
        parts.storage().stores().renewal());
  }

  private static Limits limits(Config config) {
    var limits = config.mailbox().limits();
    var policy = config.mailbox().policy();
    return new Limits(
        policy.quotaBytes() == 0 ? Long.MAX_VALUE : policy.quotaBytes(),
        policy.quotaMessages() == 0 ? Long.MAX_VALUE : policy.quotaMessages(),
        policy.sendPerMinute() == 0
            ? Integer.MAX_VALUE
            : (int) Math.min(Integer.MAX_VALUE, 60L * policy.sendPerMinute()),
        policy.newRecipientsPerHour() == 0 ? Integer.MAX_VALUE : policy.newRecipientsPerHour(),
        Limits.DEFAULT.idWindow(),
        limits.maxTextBytes(),
        limits.maxRecipients(),
        limits.maxFolders(),
        limits.maxDrafts(),
        limits.maxKeywords(),
        Duration.ofSeconds(config.mailbox().undoSeconds()),
        Duration.ofSeconds(config.mailbox().editSeconds()),
        limits.maxEdits());
  }
}
