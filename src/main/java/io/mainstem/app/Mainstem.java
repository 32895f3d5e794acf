package io.mainstem.app;

import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.app.demo.Demo;
import io.mainstem.app.demo.DemoSettings;
import io.mainstem.config.Config;
import io.mainstem.config.ConfigException;
import io.mainstem.config.Store;
import io.mainstem.directory.Breaker;
import io.mainstem.directory.Directory;
import io.mainstem.gateway.http.handlers.Welcome;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.ops.HealthWatch;
import io.mainstem.ops.Metrics;
import io.mainstem.ops.OpsRoutes;
import io.mainstem.stage.Stages;
import io.mainstem.store.DirectoryStore;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: builds every part and hands it to the next, and takes them down in the opposite order.
 */
public final class Mainstem {
  private static final Logger log = LoggerFactory.getLogger(Mainstem.class);

  /** For what a stop does after it has waited: it closes sockets, leaves the cell, flushes. */
  private static final Duration CLOSING = Duration.ofSeconds(15);

  /** For the mailboxes, however long the gateways waited. */
  private static final Duration LEAST = Duration.ofSeconds(2);

  private final Config config;
  private final DataDirectory data;
  private final Vertx vertx;
  private final Metrics metrics = new Metrics();
  private final Stages stages = new Stages(metrics.registry(), System::nanoTime);
  private final int loops = Math.max(1, Runtime.getRuntime().availableProcessors());

  /** How to take down what was built, the newest first. */
  private final Deque<Supplier<Future<Void>>> built = new ArrayDeque<>();

  /** When a stop no longer waits for what is under way. */
  private volatile long drainUntilNanos;

  private volatile Runnable drain = () -> {};

  private UnaryOperator<MailboxService> counted = mailboxes -> mailboxes;

  /** Null: this node is alone. */
  private volatile @Nullable CellNode cell;

  /** Null until the parts that they need are there. */
  private volatile @Nullable Gateways gateways;

  private Welcome welcome = Welcome.NONE;
  private BiFunction<Path, Duration, String> greeting = (shownData, took) -> "";

  private Mainstem(Config config, DataDirectory data, Vertx vertx) {
    this.config = config;
    this.data = data;
    this.vertx = vertx;
  }

  /**
   * Starts a node; the Future fails with a {@link StartFailure} when there is something that its
   * operator can do.
   */
  public static Future<Mainstem> start(Config config) {
    return start(config, false);
  }

  /**
   * @param withDemo whether people with sample conversations are made, once per data directory
   */
  public static Future<Mainstem> start(Config config, boolean withDemo) {
    try {
      return start(config, withDemo ? DemoSettings.of(config, System.getenv()) : null);
    } catch (ConfigException e) {
      return Future.failedFuture(e);
    }
  }

  /**
   * @param demo null: without its people
   */
  public static Future<Mainstem> start(Config config, @Nullable DemoSettings demo) {
    DataDirectory data;
    try {
      data = DataDirectory.open(config.data());
    } catch (StartFailure e) {
      return Future.failedFuture(e);
    }
    // One loop a processor carries sockets and mailboxes alike: more of them only hand work back
    // and forth.
    int loops = Math.max(2, Runtime.getRuntime().availableProcessors());
    var node =
        new Mainstem(config, data, Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops)));
    Promise<Mainstem> started = Promise.promise();
    node.build(demo)
        .onSuccess(done -> started.complete(node))
        .onFailure(failure -> node.takeDown().onComplete(down -> started.fail(failure)));
    return started.future();
  }

  /** The table of contents: every part, in the order in which they need one another. */
  private Future<Mainstem> build(@Nullable DemoSettings demoSettings) {
    return watchHealth()
        .compose(
            health ->
                openStorage()
                    .compose(
                        storage ->
                            startDirectory(storage)
                                .compose(
                                    directory ->
                                        startMailboxes(storage, directory)
                                            .compose(
                                                mailboxes ->
                                                    makeDemo(
                                                            demoSettings,
                                                            storage,
                                                            directory,
                                                            mailboxes)
                                                        .compose(
                                                            demo ->
                                                                openGateways(
                                                                    storage, directory, mailboxes,
                                                                    health))))))
        .compose(open -> takeShare())
        .compose(held -> vertx.executeBlocking(this::announce, false));
  }

  private Future<HealthWatch> watchHealth() {
    try {
      var health = new HealthWatch(vertx, stages, config.health(), data.root());
      drain = health::drain;
      takeDownLater(
          () -> {
            health.close();
            return Future.succeededFuture();
          });
      return Future.succeededFuture(health);
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
  }

  private Future<Storage> openStorage() {
    return Storage.open(vertx, data.root(), config, stages)
        .onSuccess(storage -> takeDownLater(storage::close));
  }

  private Future<Directory> startDirectory(Storage storage) {
    var directory =
        new Directory(
            directoryStore(storage),
            config.directory(),
            config.cell().name(),
            config.http().session().maxPerUser(),
            Clock.systemUTC(),
            Ticker.systemTicker());
    return directory
        .start()
        .onSuccess(
            started ->
                takeDownLater(
                    () -> {
                      directory.close();
                      return Future.succeededFuture();
                    }));
  }

  /** One that is shared may fall silent. */
  private DirectoryStore directoryStore(Storage storage) {
    DirectoryStore store = storage.stores().directory();
    if (config.store().kind() == Store.Kind.ROCKSDB) {
      return store;
    }
    var breaker = new Breaker(vertx, store, Breaker.Settings.of(config.directory()));
    Gauge.builder("mainstem.directory.silent", breaker, each -> each.isSilent() ? 1 : 0)
        .description("1 while the directory does not answer and nothing is asked of it")
        .register(stages.registry());
    return breaker;
  }

  private Future<MailboxService> startMailboxes(Storage storage, Directory directory) {
    var parts =
        new Mailboxes.Parts(vertx, config, storage, directory, stages, loops, this::leftToDrain);
    return Mailboxes.start(parts, this::takeDownLater)
        .map(
            started -> {
              cell = started.cell();
              counted = started.counted();
              return started.service();
            });
  }

  /**
   * Last of all: what is built before keeps the event loops busy, and whoever's mailbox were here
   * by then would wait for it.
   */
  private Future<Void> takeShare() {
    CellNode joined = cell;
    return joined == null || joined.cell().isServing() ? Future.succeededFuture() : joined.serve();
  }

  private Duration drainBound() {
    return Duration.ofSeconds(config.health().drainSeconds());
  }

  private Duration leftToDrain() {
    return Duration.ofNanos(Math.max(LEAST.toNanos(), drainUntilNanos - System.nanoTime()));
  }

  private Future<Void> makeDemo(
      @Nullable DemoSettings wanted,
      Storage storage,
      Directory directory,
      MailboxService mailboxes) {
    if (wanted == null) {
      return Future.succeededFuture();
    }
    var parts =
        new Demo.Parts(vertx, directory, mailboxes, storage.blobs(), storage.mails(), data.root());
    return takeShare()
        .compose(held -> Demo.make(parts, wanted))
        .onSuccess(
            demo -> {
              welcome = demo.firstSteps(() -> addresses().get("smtp"));
              greeting = (shownData, took) -> demo.greeting(addresses(), shownData, took);
            })
        .mapEmpty();
  }

  private Future<Void> openGateways(
      Storage storage, Directory directory, MailboxService mailboxes, HealthWatch health) {
    var opened =
        new Gateways(
            new Gateways.Parts(
                vertx,
                config,
                data.root(),
                storage,
                directory,
                mailboxes,
                counted.apply(mailboxes),
                cell,
                stages,
                new OpsRoutes(vertx, health, metrics),
                welcome,
                loops));
    gateways = opened;
    return opened.listen();
  }

  private Mainstem announce() throws IOException {
    var ready = new JsonObject();
    addresses().forEach(ready::put);
    ready
        .put("data", data.root().toString())
        .put("pid", ProcessHandle.current().pid())
        .put("version", Version.text());
    data.writeReady(ready);
    return this;
  }

  /**
   * What greets whoever started a demonstration; empty for any other node.
   *
   * @param shownData the data directory as it was named
   * @param took since the process began
   */
  public String greeting(Path shownData, Duration took) {
    return greeting.apply(shownData, took);
  }

  /** Where the gateways listen, by name; those that are off are left out. */
  public Map<String, String> addresses() {
    Gateways opened = gateways;
    return opened == null ? Map.of() : opened.addresses();
  }

  public Config config() {
    return config;
  }

  public DataDirectory data() {
    return data;
  }

  private void takeDownLater(Supplier<Future<Void>> part) {
    built.push(part);
  }

  /**
   * Gives the other nodes of the cell what this one holds while it still serves its clients through
   * them, then finishes what is under way, refuses what is new, and lets the data directory go.
   */
  public Future<Void> stop() {
    drain.run();
    CellNode joined = cell;
    Future<Void> handedOver =
        joined == null || !joined.cell().hasOthers()
            ? Future.succeededFuture()
            : joined.cell().drain(drainBound()).otherwiseEmpty();
    // Of no context, either: the cell's own is gone when this completes.
    Promise<Void> stopped = Promise.promise();
    handedOver.onComplete(given -> stopHere().onComplete(stopped));
    return stopped.future();
  }

  /** How long a stop may take; after that, something hangs. */
  public Duration stopAtMost() {
    return drainBound().multipliedBy(cell == null ? 1 : 2).plus(CLOSING);
  }

  private Future<Void> stopHere() {
    Promise<Void> stopped = Promise.promise();
    vertx
        .executeBlocking(
            () -> {
              data.removeReady();
              return null;
            },
            false)
        .onComplete(removed -> takeDown().onComplete(stopped));
    return stopped.future();
  }

  /**
   * Takes down what was built, the gateways first, then the newest; what fails in it does not keep
   * the rest. The returned Future belongs to no context: one of a context would wait for an event
   * loop that is gone.
   */
  private Future<Void> takeDown() {
    drainUntilNanos = System.nanoTime() + drainBound().toNanos();
    Promise<Void> down = Promise.promise();
    Gateways opened = gateways;
    Future<Void> all = opened == null ? Future.succeededFuture() : opened.stop();
    for (Supplier<Future<Void>> part : built) {
      all = cleanly(all.compose(before -> part.get()));
    }
    all.eventually(vertx::close)
        .onComplete(
            closed -> {
              metrics.close();
              data.close();
              down.handle(closed);
            });
    return down.future();
  }

  static Future<Void> cleanly(Future<Void> stopped) {
    return stopped.recover(
        failure -> {
          log.warn("A part did not stop cleanly", failure);
          return Future.succeededFuture();
        });
  }
}
