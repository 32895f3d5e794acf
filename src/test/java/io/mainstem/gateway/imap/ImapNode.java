package io.mainstem.gateway.imap;

import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.app.TlsCertificate;
import io.mainstem.blob.BlobSettings;
import io.mainstem.blob.NeedleBlobStore;
import io.mainstem.config.Config;
import io.mainstem.directory.Account;
import io.mainstem.directory.Directory;
import io.mainstem.gateway.imap.session.Credentials;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.Query;
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
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The IMAP gateway before real mailboxes and blobs. Everybody is known, with the password {@code
 * secret}: a test takes a new name for a new mailbox; unless the people are named, who are then in
 * a real directory, with {@link #PASSWORD}.
 */
final class ImapNode implements AutoCloseable {
  static final String PASSWORD = "secret-words";

  final Vertx vertx = Vertx.vertx();
  final NeedleBlobStore blobs;
  final LocalMailboxes mailboxes;
  final ImapParts parts;
  final ImapGateway gateway;
  private final RocksDatabase database;
  @Nullable Directory directory;

  ImapNode(Path data, Map<String, String> settings) throws Exception {
    this(data, settings, List.of());
  }

  ImapNode(Path data, Map<String, String> settings, List<String> people) throws Exception {
    var all =
        new HashMap<>(Map.of("imap.port", "0", "imap.tlsEnabled", "true", "imap.tlsPort", "0"));
    all.putAll(settings);
    Config config = Config.of(all);
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
    if (!people.isEmpty()) {
      directory =
          new Directory(
              new RocksDirectoryStore(database),
              config.directory(),
              "c1",
              100,
              Clock.systemUTC(),
              Ticker.systemTicker());
      get(directory.start());
      for (String person : people) {
        get(directory.createUser(person, null, PASSWORD));
      }
    }
    Stages stages = Stages.unobserved();
    parts =
        new ImapParts(
            config.imap(),
            mailboxes,
            directory == null
                ? user -> Future.succeededFuture(account(user.value()))
                : directory.accounts()::byId,
            address -> Future.succeededFuture(),
            directory == null ? credentials() : Credentials.of(directory),
            blobs,
            new Mails(vertx, blobs, MimeLimits.DEFAULT, 2, 1024, stages),
            vertx.createSharedWorkerExecutor("imap-test", 2),
            stages.stage("imap", 1000),
            System::currentTimeMillis);
    var tls = TlsCertificate.load(config.tls(), data, "mainstem.test", Instant.now());
    gateway = get(ImapGateway.listen(vertx, parts, tls, Duration.ofSeconds(5)));
  }

  static Account account(String name) {
    return new Account(
        new UserId(name), name, name, List.of(name + "@mainstem.test"), false, "c", 1, 0, 0, 1);
  }

  /** By SCRAM there is the user of RFC 7677 §3 alone. */
  private static Credentials credentials() {
    return new Credentials() {
      private static final String NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

      @Override
      public Future<Account> check(String name, String password, InetAddress from) {
        return password.equals("secret")
            ? Future.succeededFuture(account(name))
            : Future.failedFuture(wrong());
      }

      /** The token of RFC 7628 §4.1. */
      @Override
      public Future<Account> bearer(String token, String identity) {
        return token.equals("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==")
                && identity.equals("user@example.com")
            ? Future.succeededFuture(account("user"))
            : Future.failedFuture(wrong());
      }

      @Override
      public Future<Scram> scram(String clientFirst, InetAddress from) {
        if (!clientFirst.equals("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")) {
          return Future.failedFuture(Refused.bad("This is not how SCRAM-SHA-256 goes"));
        }
        return Future.succeededFuture(
            new Scram() {
              @Override
              public String challenge() {
                return "r=" + NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
              }

              @Override
              public Proved finish(String clientFinal) {
                String right =
                    "c=biws,r=" + NONCE + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
                if (!clientFinal.equals(right)) {
                  throw wrong();
                }
                return new Proved(
                    account("alice"), "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
              }
            });
      }

      private static Refused wrong() {
        return Refused.no("AUTHENTICATIONFAILED", "Name or password is wrong");
      }
    };
  }

  static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    get(gateway.stop());
    get(mailboxes.stop(Duration.ofSeconds(10)));
    get(blobs.close());
    if (directory != null) {
      directory.close();
    }
    get(vertx.close());
    database.close();
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
