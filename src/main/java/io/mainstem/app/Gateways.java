package io.mainstem.app;

import io.mainstem.config.Config;
import io.mainstem.config.Submission.AuthWithoutTls;
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
import io.mainstem.ops.ImportRoutes;
import io.mainstem.ops.MendRoutes;
import io.mainstem.ops.MoveRoutes;
import io.mainstem.ops.OpsRoutes;
import io.mainstem.ops.UserRoutes;
import io.mainstem.proxy.Proxies;
import io.mainstem.stage.Stages;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where clients of a node come in: SMTP, submission, IMAP, HTTP, and its operator. */
final class Gateways {
  private static final List<String> ORDER =
      List.of("http", "smtp", "submission", "imap", "imaps", "admin");

  /**
   * What they are built of.
   *
   * @param root the data directory
   * @param counted the mailboxes as the web's clients meet them: counts are answered without them
   * @param cell null: this node is alone
   * @param welcome what greets who was not here before
   * @param loops how many event loops carry HTTP
   */
  record Parts(
      Vertx vertx,
      Config config,
      Path root,
      Storage storage,
      Directory directory,
      MailboxService mailboxes,
      MailboxService counted,
      @Nullable CellNode cell,
      Stages stages,
      OpsRoutes ops,
      Welcome welcome,
      int loops) {}

  private final Parts parts;
  private final Config config;
  private final Directory directory;
  private final Duration drainBound;
  private final Map<String, String> addresses = new ConcurrentHashMap<>();

  /** How to close each: it waits for its clients. */
  private final Queue<Supplier<Future<Void>>> open = new ConcurrentLinkedQueue<>();

  Gateways(Parts parts) {
    this.parts = parts;
    this.config = parts.config();
    this.directory = parts.directory();
    this.drainBound = Duration.ofSeconds(config.health().drainSeconds());
  }

  /** Opens those that the configuration enables, one after another; the operator's last. */
  Future<Void> listen() {
    return listenSmtp()
        .compose(smtp -> listenSubmission())
        .compose(submission -> listenImap())
        .compose(imap -> listenHttp())
        .compose(http -> listenAdmin())
        .mapEmpty();
  }

  /** Where they listen, by name; those that are off are left out. */
  Map<String, String> addresses() {
    var inOrder = new LinkedHashMap<String, String>();
    for (String name : ORDER) {
      String address = addresses.get(name);
      if (address != null) {
        inOrder.put(name, address);
      }
    }
    return inOrder;
  }

  /** Closes all at once. The Future belongs to no context, and does not fail. */
  Future<Void> stop() {
    Future<Void> now = Future.succeededFuture();
    return Future.join(
            open.stream().map(one -> Mainstem.cleanly(now.compose(v -> one.get()))).toList())
        .mapEmpty();
  }

  private Future<?> listenSmtp() {
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
            parts.stages().stage("smtp", smtp.limits().maxConnections()),
            Proxies.of(smtp.proxies()));
    var intake = new LocalIntake(setup, workshop(), directory);
    return listen("smtp", setup, intake, smtp.host(), smtp.port());
  }

  private Future<?> listenSubmission() {
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
            parts.stages().stage("submission", submission.limits().maxConnections()),
            Proxies.of(submission.proxies()));
    var intake = new SubmissionIntake(setup, workshop(), directory);
    return listen("submission", setup, intake, submission.host(), submission.port());
  }

  private Workshop workshop() {
    return new Workshop(
        parts.storage().blobs(),
        parts.storage().mails(),
        parts.mailboxes(),
        directory.accounts(),
        config.smtp(),
        System::currentTimeMillis);
  }

  private Future<?> listenImap() {
    var imap = config.imap();
    if (!imap.enabled()) {
      return Future.succeededFuture();
    }
    WorkerExecutor workers =
        parts.vertx().createSharedWorkerExecutor("mainstem-imap", Math.max(2, parts.loops()));
    var imapParts =
        new ImapParts(
            imap,
            parts.mailboxes(),
            directory.accounts()::byId,
            directory.accounts()::resolve,
            Credentials.of(directory),
            parts.storage().blobs(),
            parts.storage().mails(),
            workers,
            parts.stages().stage("imap", imap.limits().maxConnections()),
            System::currentTimeMillis);
    return certificate()
        .compose(
            tls ->
                Listening.named(
                    ImapGateway.listen(parts.vertx(), imapParts, tls, drainBound),
                    "imap",
                    imap.host(),
                    imap.port()))
        .onSuccess(
            gateway -> {
              addresses.put("imap", imap.host() + ":" + gateway.port());
              if (gateway.tlsPort() > 0) {
                addresses.put("imaps", imap.host() + ":" + gateway.tlsPort());
              }
              open.add(gateway::stop);
            });
  }

  private Future<SslContext> certificate() {
    return parts
        .vertx()
        .executeBlocking(
            () ->
                TlsCertificate.load(
                    config.tls(), parts.root(), config.smtp().hostname(), Instant.now()),
            false);
  }

  private Future<SmtpGateway> listen(
      String name, Setup setup, Intake intake, String host, int port) {
    return certificate()
        .compose(
            tls ->
                Listening.named(
                    SmtpGateway.listen(
                        parts.vertx(),
                        setup,
                        intake,
                        new DirectoryCredentials(directory.logins()),
                        host,
                        port,
                        tls,
                        drainBound,
                        System::currentTimeMillis),
                    name,
                    host,
                    port))
        .onSuccess(
            gateway -> {
              addresses.put(name, host + ":" + gateway.port());
              open.add(gateway::stop);
            });
  }

  private Future<?> listenHttp() {
    if (!config.http().enabled()) {
      return Future.succeededFuture();
    }
    return secret().compose(this::listenHttp);
  }

  /** Clients of a cell go from node to node. */
  private Future<byte[]> secret() {
    return config.cell().enabled()
        ? SharedSecret.of(parts.storage().stores().directory())
        : parts.vertx().executeBlocking(() -> Secret.of(parts.root()), false);
  }

  private Future<?> listenHttp(byte[] secret) {
    var httpParts =
        new HttpParts(
            config.http(),
            parts.counted(),
            directory,
            parts.storage().blobs(),
            parts.storage().mails(),
            parts.stages(),
            config.mailbox().limits().maxTextBytes(),
            secret,
            parts.ops()::mount,
            parts.welcome());
    return Listening.named(
            HttpGateway.start(parts.vertx(), httpParts, parts.loops()),
            "http",
            config.http().host(),
            config.http().port())
        .onSuccess(
            http -> {
              addresses.put("http", config.http().host() + ":" + http.port());
              open.add(http::stop);
            });
  }

  private Future<AdminServer> listenAdmin() {
    var users = new UserRoutes(directory, Duration.ofSeconds(config.http().session().seconds()));
    var dead = new DeadLetterRoutes(directory.accounts(), parts.mailboxes());
    CellNode joined = parts.cell();
    var cells = new CellRoutes(joined == null ? null : joined.cell());
    var moves =
        new MoveRoutes(
            directory,
            parts.mailboxes(),
            joined == null ? null : new MoveRoutes.Here(joined.cell().name(), joined.others()));
    var mending = new MendRoutes(directory, joined == null ? null : joined.mending());
    var imports =
        new ImportRoutes(
            directory.accounts(),
            parts.mailboxes(),
            parts.storage().blobs(),
            parts.storage().mails(),
            config.blob().maxBlobBytes());
    var folders = new FolderRoutes(directory.accounts(), parts.mailboxes());
    var exports =
        new ExportRoutes(directory.accounts(), parts.mailboxes(), parts.storage().blobs());
    return Listening.named(
            AdminServer.start(
                parts.vertx(),
                config.admin(),
                parts.root(),
                List.of(imports::mount),
                List.of(
                    users::mount,
                    dead::mount,
                    folders::mount,
                    exports::mount,
                    cells::mount,
                    moves::mount,
                    mending::mount)),
            "admin",
            "127.0.0.1",
            config.admin().port())
        .onSuccess(
            admin -> {
              addresses.put("admin", admin.address());
              open.add(admin::stop);
            });
  }
}
