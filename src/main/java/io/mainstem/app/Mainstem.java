package io.mainstem.app;

import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.config.Config;
import io.mainstem.delivery.Deliverer;
import io.mainstem.delivery.LocalTransport;
import io.mainstem.directory.Directory;
import io.mainstem.gateway.http.HttpGateway;
import io.mainstem.gateway.http.HttpParts;
import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.host.HostParts;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.mime.Mails;
import io.mainstem.mime.MimeLimits;
import io.mainstem.ops.AdminServer;
import io.mainstem.ops.DeadLetterRoutes;
import io.mainstem.ops.HealthWatch;
import io.mainstem.ops.MeteredStage;
import io.mainstem.ops.Metrics;
import io.mainstem.ops.OpsRoutes;
import io.mainstem.ops.UserRoutes;
import io.mainstem.stage.Stages;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node: builds every part and hands it to the next, and takes them down in the opposite order. */
public final class Mainstem {
  private static final int MIME_THREADS = 2;
  private static final int MIME_QUEUE = 1000;
  private static final Logger log = LoggerFactory.getLogger(Mainstem.class);
  private static final String CELL = "local";
  private static final String NODE = "local";

  private final Config config;
  private final DataDirectory data;
  private final Vertx vertx;
  private final Metrics metrics = new Metrics();
  private final Stages stages = new Stages(metrics.registry(), System::nanoTime);
  private final int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
  private final Map<String, String> addresses = new LinkedHashMap<>();

  /** How to take down what was built, the newest first. */
  private final Deque<Supplier<Future<Void>>> built = new ArrayDeque<>();

  private volatile Runnable drain = () -> {};

  private Mainstem(Config config, DataDirectory data, Vertx vertx) {
    this.config = config;
    this.data = data;
    this.vertx = vertx;
  }

  /** Starts a node; the Future fails with a {@link StartFailure} when there is something that its operator can do. */
  public static Future<Mainstem> start(Config config) {
    DataDirectory data;
    try {
      data = DataDirectory.open(config.data());
    } catch (StartFailure e) {
      return Future.failedFuture(e);
    }
    var node = new Mainstem(config, data, Vertx.vertx(new VertxOptions()));
    Promise<Mainstem> started = Promise.promise();
    node.build()
        .onSuccess(done -> started.complete(node))
        .onFailure(failure -> node.takeDown().onComplete(down -> started.fail(failure)));
    return started.future();
  }

  /** The table of contents: every part, in the order in which they need one another. */
  private Future<Mainstem> build() {
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
                                                    listenHttp(storage, directory, mailboxes, health)
                                                        .compose(http -> listenAdmin(directory, mailboxes))))))
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
    return Storage.open(vertx, data.root(), config, stages).onSuccess(storage -> takeDownLater(() -> storage.close(vertx)));
  }

  private Future<Directory> startDirectory(Storage storage) {
    var directory =
        new Directory(
            storage.directory(),
            config.directory(),
            CELL,
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

  private Future<LocalMailboxes> startMailboxes(Storage storage, Directory directory) {
    var door = new MailboxDoor();
    var deliverer =
        new Deliverer(
            vertx,
            door,
            List.of(new LocalTransport(door, directory.accounts())),
            config.delivery(),
            stages,
            Clock.systemUTC(),
            new SecureRandom());
    var meter = new MeteredStage(stages.stage("host", config.mailbox().queueTotal()));
    var parts =
        new HostParts(
            storage.mailboxes(),
            storage.mailboxes().ownership(),
            user -> directory.accounts().byId(user).map(account -> account == null ? 1 : account.generation()),
            deliverer,
            (user, counts, cursor) -> {},
            meter,
            Clock.systemUTC(),
            () -> ThreadLocalRandom.current().nextLong(),
            limits(),
            config.mailbox(),
            NODE,
            config.store().partitions());
    return LocalMailboxes.start(vertx, parts, loops)
        .onSuccess(
            mailboxes -> {
              door.open(mailboxes);
              takeDownLater(() -> mailboxes.stop(Duration.ofSeconds(config.health().drainSeconds())));
              takeDownLater(
                  () -> {
                    deliverer.close();
                    return Future.succeededFuture();
                  });
            });
  }

  private Limits limits() {
    var limits = config.mailbox().limits();
    var policy = config.mailbox().policy();
    return new Limits(
        policy.quotaBytes() == 0 ? Long.MAX_VALUE : policy.quotaBytes(),
        policy.quotaMessages() == 0 ? Long.MAX_VALUE : policy.quotaMessages(),
        policy.sendPerMinute() == 0 ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, 60L * policy.sendPerMinute()),
        policy.newRecipientsPerHour() == 0 ? Integer.MAX_VALUE : policy.newRecipientsPerHour(),
        Limits.DEFAULT.idWindow(),
        limits.maxTextBytes(),
        limits.maxRecipients(),
        limits.maxFolders(),
        limits.maxDrafts(),
        limits.maxKeywords(),
        Duration.ofSeconds(config.mailbox().undoSeconds()));
  }

  private Future<HttpGateway> listenHttp(Storage storage, Directory directory, LocalMailboxes mailboxes, HealthWatch health) {
    byte[] secret;
    try {
      secret = Secret.of(data.root());
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
    var ops = new OpsRoutes(vertx, health, metrics);
    var parts =
        new HttpParts(
            config.http(),
            mailboxes,
            directory,
            storage.blobs(),
            new Mails(vertx, storage.blobs(), MimeLimits.DEFAULT, MIME_THREADS, MIME_QUEUE, stages),
            stages,
            config.mailbox().limits().maxTextBytes(),
            secret,
            ops::mount);
    return Listening.named(HttpGateway.start(vertx, parts, loops), "http", config.http().host(), config.http().port())
        .onSuccess(
            http -> {
              addresses.put("http", config.http().host() + ":" + http.port());
              takeDownLater(http::stop);
            });
  }

  private Future<AdminServer> listenAdmin(Directory directory, LocalMailboxes mailboxes) {
    var users = new UserRoutes(directory, Duration.ofSeconds(config.http().session().seconds()));
    var dead = new DeadLetterRoutes(directory.accounts(), mailboxes);
    return Listening.named(
            AdminServer.start(vertx, config.admin(), data.root(), List.of(users::mount, dead::mount)),
            "admin",
            "127.0.0.1",
            config.admin().port())
        .onSuccess(
            admin -> {
              addresses.put("admin", admin.address());
              takeDownLater(admin::stop);
            });
  }

  private Mainstem announce() throws IOException {
    var ready = new JsonObject();
    addresses.forEach(ready::put);
    ready.put("data", data.root().toString()).put("pid", ProcessHandle.current().pid()).put("version", Version.text());
    data.writeReady(ready);
    return this;
  }

  /** Where the gateways listen, by name; those that are off are left out. */
  public Map<String, String> addresses() {
    return Map.copyOf(addresses);
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

  /** Finishes what is under way, refuses what is new, and lets the data directory go. */
  public Future<Void> stop() {
    drain.run();
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
   * Takes down what was built, the newest first; what fails in it does not keep the rest. The returned Future belongs to no context:
   * one of a context would wait for an event loop that is gone.
   */
  private Future<Void> takeDown() {
    Promise<Void> down = Promise.promise();
    Future<Void> all = Future.succeededFuture();
    for (Supplier<Future<Void>> part : built) {
      all =
          all.compose(before -> part.get())
              .recover(
                  failure -> {
                    log.warn("A part did not stop cleanly", failure);
                    return Future.succeededFuture();
                  });
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
}
