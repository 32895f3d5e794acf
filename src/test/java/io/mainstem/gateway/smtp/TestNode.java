package io.mainstem.gateway.smtp;

import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.app.TlsCertificate;
import io.mainstem.blob.BlobSettings;
import io.mainstem.blob.NeedleBlobStore;
import io.mainstem.config.Config;
import io.mainstem.config.Submission.AuthWithoutTls;
import io.mainstem.delivery.Deliverer;
import io.mainstem.delivery.LocalTransport;
import io.mainstem.directory.Directory;
import io.mainstem.gateway.smtp.intake.DirectoryCredentials;
import io.mainstem.gateway.smtp.intake.LocalIntake;
import io.mainstem.gateway.smtp.intake.SubmissionIntake;
import io.mainstem.gateway.smtp.intake.Workshop;
import io.mainstem.gateway.smtp.session.Role;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.MessageView;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Query.Outgoing;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Watched;
import io.mainstem.mailbox.host.HostParts;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.mailbox.host.Outbox;
import io.mainstem.message.UserId;
import io.mainstem.mime.Mails;
import io.mainstem.mime.MimeLimits;
import io.mainstem.stage.Stages;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksDirectoryStore;
import io.mainstem.store.rocksdb.RocksMailboxStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;

/** A node with everything that mail passes: sockets, blobs, directory, mailboxes, delivery. */
public final class TestNode implements AutoCloseable {
  static final String PASSWORD = "correct horse";

  final Vertx vertx = Vertx.vertx();
  final Directory directory;
  final NeedleBlobStore blobs;
  final Faults mailboxes;
  final SmtpGateway smtp;
  final SmtpGateway submission;
  private final RocksDatabase database;
  private final Deliverer deliverer;

  public TestNode(Path data, Map<String, String> settings, Limits limits, List<String> users)
      throws Exception {
    Config config = Config.of(settings);
    Files.createDirectories(data.resolve("blobs"));
    database = RocksDatabase.open(data, config.store(), StageMeter.NONE);
    directory =
        new Directory(
            new RocksDirectoryStore(database),
            config.directory(),
            "c1",
            100,
            Clock.systemUTC(),
            Ticker.systemTicker());
    get(directory.start());
    for (String user : users) {
      if (get(directory.accounts().find(user)) == null) {
        get(directory.createUser(user, null, PASSWORD));
      }
    }
    blobs = NeedleBlobStore.open(vertx, BlobSettings.in(data.resolve("blobs")));
    var store = new RocksMailboxStore(database);
    var outbox = new LateOutbox();
    mailboxes =
        new Faults(
            get(
                LocalMailboxes.start(
                    vertx,
                    new HostParts(
                        store,
                        store.ownership(),
                        user ->
                            directory
                                .accounts()
                                .byId(user)
                                .map(account -> account == null ? 1 : account.generation()),
                        outbox,
                        (user, counts, cursor) -> {},
                        StageMeter.NONE,
                        Clock.systemUTC(),
                        () -> ThreadLocalRandom.current().nextLong(),
                        limits,
                        config.mailbox(),
                        "n1",
                        config.store().partitions()),
                    2)));
    Stages stages = Stages.unobserved();
    deliverer =
        new Deliverer(
            vertx,
            mailboxes,
            List.of(new LocalTransport(mailboxes, directory.accounts(), blobs)),
            config.delivery(),
            new Deliverer.StatusPace(50, 50),
            stages,
            Instant::now,
            new Random());
    outbox.real = deliverer;
    var mails = new Mails(vertx, blobs, MimeLimits.DEFAULT, 2, 1024, stages);
    var workshop =
        new Workshop(
            blobs,
            mails,
            mailboxes,
            directory.accounts(),
            config.smtp(),
            System::currentTimeMillis);
    var tls = TlsCertificate.load(config.tls(), data, config.smtp().hostname(), Instant.now());
    var credentials = new DirectoryCredentials(directory.logins());
    var transfer =
        new Setup(
            Role.TRANSFER,
            "mainstem.test",
            config.smtp().limits(),
            AuthWithoutTls.NEVER,
            stages.stage("smtp", 1000));
    var submit =
        new Setup(
            Role.SUBMISSION,
            "mainstem.test",
            config.submission().limits(),
            AuthWithoutTls.LOOPBACK,
            stages.stage("submission", 1000));
    smtp =
        get(
            SmtpGateway.listen(
                vertx,
                transfer,
                new LocalIntake(transfer, workshop, directory),
                credentials,
                "127.0.0.1",
                0,
                tls,
                java.time.Duration.ofSeconds(5),
                System::currentTimeMillis));
    submission =
        get(
            SmtpGateway.listen(
                vertx,
                submit,
                new SubmissionIntake(submit, workshop, directory),
                credentials,
                "127.0.0.1",
                0,
                tls,
                java.time.Duration.ofSeconds(5),
                System::currentTimeMillis));
  }

  static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  UserId user(String name) throws Exception {
    return get(directory.accounts().find(name)).id();
  }

  /** Every message of a user, oldest first. */
  List<MessageView> messages(UserId user) throws Exception {
    List<MessageView> all = new ArrayList<>();
    for (var thread :
        get(mailboxes.query(user, new Query.Threads(null, null, 100, null))).threads()) {
      all.addAll(
          get(mailboxes.query(user, new Query.Messages(thread.id(), null, null, 500, null, null)))
              .messages());
    }
    all.sort((a, b) -> Long.compare(a.seq(), b.seq()));
    return all;
  }

  List<MessageView> messages(String name) throws Exception {
    return messages(user(name));
  }

  /** The bytes of a message as they are kept. */
  String raw(MessageView message) throws Exception {
    try (InputStream in = blobs.open(io.mainstem.blob.BlobStore.all(message.message().raw()))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() throws Exception {
    smtp.stop();
    submission.stop();
    deliverer.close();
    get(mailboxes.real.stop(java.time.Duration.ofSeconds(10)));
    get(blobs.close());
    get(vertx.close());
    directory.close();
    database.close();
  }

  /** The host wants the outbox before the deliverer can have the host. */
  private static final class LateOutbox implements Outbox {
    private volatile Outbox real;

    @Override
    public void onSettled(UserId user, List<Outgoing> outgoing, List<Query.Receipt> receipts) {
      if (real != null) {
        real.onSettled(user, outgoing, receipts);
      }
    }

    @Override
    public void onLoaded(UserId user) {
      if (real != null) {
        real.onLoaded(user);
      }
    }

    @Override
    public void onDropped(UserId user) {
      if (real != null) {
        real.onDropped(user);
      }
    }
  }

  /** The real mailboxes, some of which fail while a test says so. */
  static final class Faults implements MailboxService {
    final LocalMailboxes real;
    final Map<UserId, Supplier<Throwable>> failing = new ConcurrentHashMap<>();

    Faults(LocalMailboxes real) {
      this.real = real;
    }

    @Override
    public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
      Supplier<Throwable> fault = command instanceof Command.Deliver ? failing.get(user) : null;
      return fault == null ? real.submit(user, command) : Future.failedFuture(fault.get());
    }

    @Override
    public <R> Future<R> query(UserId user, Query<R> query) {
      return real.query(user, query);
    }

    @Override
    public Flux<Watched> watch(UserId user, Cursor after) {
      return real.watch(user, after);
    }
  }
}
