package io.mainstem.app;

import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.app.demo.Demo;
import io.mainstem.app.demo.DemoSettings;
import io.mainstem.config.Config;
import io.mainstem.config.ConfigException;
import io.mainstem.config.Store;
import io.mainstem.config.Submission.AuthWithoutTls;
import io.mainstem.directory.Breaker;
import io.mainstem.directory.Directory;
import io.mainstem.gateway.http.HttpGateway;
import io.mainstem.gateway.http.HttpParts;
import io.mainstem.gateway.http.handlers.Welcome;
import io.mainstem.gateway.imap.ImapGateway;
import io.mainstem.gateway.imap.session.Credentials;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.smtp.SmtpGateway;
import io.mainstem.gateway.smtp.intake.DirectoryCredentials;
import io.mainstem.gateway.smtp.intake.LocalIntake;
import io.mainstem.gateway.smtp.intake.SubmissionIntake;
import io.mainstem.gateway.smtp.intake.Workshop;
import io.mainstem.gateway.smtp.session.Intake;
import io.mainstem.gateway.smtp.session.Role;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.ops.AdminServer;
import io.mainstem.ops.CellRoutes;
import io.mainstem.ops.DeadLetterRoutes;
import io.mainstem.ops.ExportRoutes;
import io.mainstem.ops.FolderRoutes;
import io.mainstem.ops.HealthWatch;
import io.mainstem.ops.ImportRoutes;
import io.mainstem.ops.Metrics;
import io.mainstem.ops.MoveRoutes;
import io.mainstem.ops.OpsRoutes;
import io.mainstem.ops.UserRoutes;
import io.mainstem.proxy.Proxies;
import io.mainstem.stage.Stages;
import io.mainstem.store.DirectoryStore;
import io.micrometer.core.instrument.Gauge;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
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
  private final Map<String, String> addresses = new LinkedHashMap<>();

  /** How to take down what was built, the newest first. */
  private final Deque<Supplier<Future<Void>>> built = new ArrayDeque<>();

  /** How to close the gateways, all at once: each waits for its clients. */
  private final Deque<Supplier<Future<Void>>> doors = new ArrayDeque<>();

  /** When a stop no longer waits for what is under way. */
  private volatile long drainUntilNanos;

  private volatile Runnable drain = () -> {};

  private UnaryOperator<MailboxService> counted = mailboxes -> mailboxes;

  /** Null: this node is alone. */
  private volatile @Nullable CellNode cell;

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
                                                                listenSmtp(
                                                                    storage, directory, mailboxes))
                                                        .compose(
                                                            smtp ->
                                                                listenSubmission(
                                                                    storage, directory, mailboxes))
                                                        .compose(
                                                            submission ->
                                                                listenImap(
                                                                    storage, directory, mailboxes))
                                                        .compose(
                                                            imap ->
                                                                listenHttp(
                                                                    storage, directory, mailboxes,
                                                                    health))
                                                        .compose(
                                                            http ->
                                                                listenAdmin(
                                                                    storage, directory,
                                                                    mailboxes))))))
        .compose(built -> takeShare())
        .compose(listening -> vertx.executeBlocking(this::announce, false));
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
              welcome = demo.firstSteps(() -> addresses.get("smtp"));
              greeting = (shownData, took) -> demo.greeting(addresses, shownData, took);
            })
        .mapEmpty();
  }

  private Future<?> listenSmtp(Storage storage, Directory directory, MailboxService mailboxes) {
    var smtp = config.smtp();
    if (!smtp.enabled()) {
      return Future.succeededFuture();
    }
    var setup =
        new Setup(
            Role.TRANSFER,
            smtp.hostname(),
            smtp.limits(),
            AuthWithoutTls.NEVER,
            stages.stage("smtp", smtp.limits().maxConnections()),
            Proxies.of(smtp.proxies()));
    var intake = new LocalIntake(setup, workshop(storage, directory, mailboxes), directory);
    return listen("smtp", setup, intake, directory, smtp.host(), smtp.port());
  }

  private Future<?> listenSubmission(
      Storage storage, Directory directory, MailboxService mailboxes) {
    var submission = config.submission();
    if (!submission.enabled()) {
      return Future.succeededFuture();
    }
    var setup =
        new Setup(
            Role.SUBMISSION,
            config.smtp().hostname(),
            submission.limits(),
            submission.authWithoutTls(),
            stages.stage("submission", submission.limits().maxConnections()),
            Proxies.of(submission.proxies()));
    var intake = new SubmissionIntake(setup, workshop(storage, directory, mailboxes), directory);
    return listen("submission", setup, intake, directory, submission.host(), submission.port());
  }

  private Workshop workshop(Storage storage, Directory directory, MailboxService mailboxes) {
    return new Workshop(
        storage.blobs(),
        storage.mails(),
        mailboxes,
        directory.accounts(),
        config.smtp(),
        System::currentTimeMillis);
  }

  private Future<?> listenImap(Storage storage, Directory directory, MailboxService mailboxes) {
    var imap = config.imap();
    if (!imap.enabled()) {
      return Future.succeededFuture();
    }
    WorkerExecutor workers = vertx.createSharedWorkerExecutor("mainstem-imap", Math.max(2, loops));
    var parts =
        new ImapParts(
            imap,
            mailboxes,
            directory.accounts()::byId,
            directory.accounts()::resolve,
            Credentials.of(directory),
            storage.blobs(),
            storage.mails(),
            workers,
            stages.stage("imap", imap.limits().maxConnections()),
            System::currentTimeMillis);
    return certificate()
        .compose(
            tls ->
                Listening.named(
                    ImapGateway.listen(
                        vertx, parts, tls, Duration.ofSeconds(config.health().drainSeconds())),
                    "imap",
                    imap.host(),
                    imap.port()))
        .onSuccess(
            gateway -> {
              addresses.put("imap", imap.host() + ":" + gateway.port());
              if (gateway.tlsPort() > 0) {
                addresses.put("imaps", imap.host() + ":" + gateway.tlsPort());
              }
              doors.push(gateway::stop);
            });
  }

  private Future<SslContext> certificate() {
    return vertx.executeBlocking(
        () ->
            TlsCertificate.load(config.tls(), data.root(), config.smtp().hostname(), Instant.now()),
        false);
  }

  private Future<SmtpGateway> listen(
      String name, Setup setup, Intake intake, Directory directory, String host, int port) {
    return certificate()
        .compose(
            tls ->
                Listening.named(
                    SmtpGateway.listen(
                        vertx,
                        setup,
                        intake,
                        new DirectoryCredentials(directory.logins()),
                        host,
                        port,
                        tls,
                        drainBound(),
                        System::currentTimeMillis),
                    name,
                    host,
                    port))
        .onSuccess(
            gateway -> {
              addresses.put(name, host + ":" + gateway.port());
              doors.push(gateway::stop);
            });
  }

  private Future<?> listenHttp(
      Storage storage, Directory directory, MailboxService mailboxes, HealthWatch health) {
    if (!config.http().enabled()) {
      return Future.succeededFuture();
    }
    return secret(storage)
        .compose(secret -> listenHttp(storage, directory, mailboxes, health, secret));
  }

  /** Clients of a cell go from node to node. */
  private Future<byte[]> secret(Storage storage) {
    return config.cell().enabled()
        ? SharedSecret.of(storage.stores().directory())
        : vertx.executeBlocking(() -> Secret.of(data.root()), false);
  }

  private Future<?> listenHttp(
      Storage storage,
      Directory directory,
      MailboxService mailboxes,
      HealthWatch health,
      byte[] secret) {
    var ops = new OpsRoutes(vertx, health, metrics);
    var parts =
        new HttpParts(
            config.http(),
            counted.apply(mailboxes),
            directory,
            storage.blobs(),
            storage.mails(),
            stages,
            config.mailbox().limits().maxTextBytes(),
            secret,
            ops::mount,
            welcome);
    return Listening.named(
            HttpGateway.start(vertx, parts, loops),
            "http",
            config.http().host(),
            config.http().port())
        .onSuccess(
            http -> {
              addresses.put("http", config.http().host() + ":" + http.port());
              doors.push(http::stop);
            });
  }

  private Future<AdminServer> listenAdmin(
      Storage storage, Directory directory, MailboxService mailboxes) {
    var users = new UserRoutes(directory, Duration.ofSeconds(config.http().session().seconds()));
    var dead = new DeadLetterRoutes(directory.accounts(), mailboxes);
    CellNode joined = cell;
    var cells = new CellRoutes(joined == null ? null : joined.cell());
    var moves =
        new MoveRoutes(
            directory,
            mailboxes,
            joined == null ? null : new MoveRoutes.Here(joined.cell().name(), joined.others()));
    var imports =
        new ImportRoutes(
            directory.accounts(),
            mailboxes,
            storage.blobs(),
            storage.mails(),
            config.blob().maxBlobBytes());
    var folders = new FolderRoutes(directory.accounts(), mailboxes);
    var exports = new ExportRoutes(directory.accounts(), mailboxes, storage.blobs());
    return Listening.named(
            AdminServer.start(
                vertx,
                config.admin(),
                data.root(),
                List.of(imports::mount),
                List.of(
                    users::mount,
                    dead::mount,
                    folders::mount,
                    exports::mount,
                    cells::mount,
                    moves::mount)),
            "admin",
            "127.0.0.1",
            config.admin().port())
        .onSuccess(
            admin -> {
              addresses.put("admin", admin.address());
              doors.push(admin::stop);
            });
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
    var inOrder = new LinkedHashMap<String, String>();
    for (String name : List.of("http", "smtp", "submission", "imap", "imaps", "admin")) {
      String address = addresses.get(name);
      if (address != null) {
        inOrder.put(name, address);
      }
    }
    return inOrder;
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
    Future<Void> open = Future.succeededFuture();
    Future<Void> all =
        Future.join(doors.stream().map(door -> cleanly(open.compose(v -> door.get()))).toList())
            .mapEmpty();
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

  private static Future<Void> cleanly(Future<Void> stopped) {
    return stopped.recover(
        failure -> {
          log.warn("A part did not stop cleanly", failure);
          return Future.succeededFuture();
        });
  }
}
