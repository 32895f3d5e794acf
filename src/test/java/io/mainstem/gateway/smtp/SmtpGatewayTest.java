package io.mainstem.gateway.smtp;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.app.TlsCertificate;
import io.mainstem.config.Config;
import io.mainstem.config.Submission.AuthWithoutTls;
import io.mainstem.config.Tls;
import io.mainstem.gateway.smtp.session.Role;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.stage.Stages;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway on real sockets; the mailboxes are a list. */
class SmtpGatewayTest {
  private static final String PLAIN = "AGFsaWNlAHNlY3JldC1hbGljZQ==";

  @TempDir private Path data;
  private final Vertx vertx = Vertx.vertx();
  private final RecordingIntake intake = new RecordingIntake(null);
  private final AtomicLong nowMillis = new AtomicLong();
  private SslContext tls;

  @BeforeEach
  void makeCertificate() {
    tls = TlsCertificate.load(new Tls("", ""), data, "mx.mainstem.test", Instant.now());
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private SmtpGateway listen(Role role, AuthWithoutTls auth, Map<String, String> limits)
      throws Exception {
    var setup =
        new Setup(
            role,
            "mx.mainstem.test",
            Config.of(limits).smtp().limits(),
            auth,
            Stages.unobserved().stage("smtp", 1000));
    var credentials = new TestCredentials();
    return SmtpGateway.listen(
            vertx,
            setup,
            intake,
            credentials,
            "127.0.0.1",
            0,
            tls,
            java.time.Duration.ofSeconds(5),
            nowMillis::get)
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  @Test
  void allEventLoopsShareOneFreePort() throws Exception {
    SmtpGateway gateway = listen(Role.TRANSFER, AuthWithoutTls.NEVER, Map.of());
    assertTrue(gateway.port() > 0);
    for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
      try (var client = new LineClient(gateway.port())) {
        assertEquals("250 mx.mainstem.test", client.say("HELO c"));
      }
    }
  }

  @Test
  void everyEventLoopCanTurnToTls() throws Exception {
    SmtpGateway gateway = listen(Role.TRANSFER, AuthWithoutTls.NEVER, Map.of());
    for (int i = 0; i < 3 * Runtime.getRuntime().availableProcessors(); i++) {
      try (var client = new LineClient(gateway.port())) {
        client.say("EHLO c");
        client.say("STARTTLS");
        client.startTls();
        assertEquals("250 HELP", client.say("EHLO c"));
        assertEquals("221 2.0.0 mx.mainstem.test says goodbye", client.say("QUIT"));
      }
    }
  }

  @Test
  void aClientThatBreaksTheHandshakeIsLeft() throws Exception {
    SmtpGateway gateway = listen(Role.TRANSFER, AuthWithoutTls.NEVER, Map.of());
    try (var client = new LineClient(gateway.port())) {
      client.say("EHLO c");
      client.say("STARTTLS");
      client.send("MAIL FROM:<in@the.clear.example>\r\n");
      assertTrue(client.atEnd());
    }
    await().atMost(60, TimeUnit.SECONDS).until(() -> gateway.connections() == 0);
  }

  @Test
  void passwordGoesUnderTlsOnly() throws Exception {
    SmtpGateway gateway = listen(Role.SUBMISSION, AuthWithoutTls.NEVER, Map.of());
    try (var client = new LineClient(gateway.port())) {
      client.say("EHLO c");
      assertEquals("538 5.7.11 Say STARTTLS first", client.say("AUTH PLAIN " + PLAIN));
      assertEquals("220 2.0.0 Ready to start TLS", client.say("STARTTLS"));
      X509Certificate certificate = client.startTls();
      assertEquals("CN=mx.mainstem.test", certificate.getSubjectX500Principal().getName());
      assertEquals("503 5.5.1 Say EHLO first", client.say("AUTH PLAIN " + PLAIN));
      assertEquals("250 AUTH SCRAM-SHA-256 PLAIN LOGIN", client.say("EHLO c"));
      assertEquals("235 2.7.0 Welcome", client.say("AUTH PLAIN " + PLAIN));
    }
  }

  @Test
  void whatIsSentBehindStartTlsInTheClearIsNeverReadUnderTls() throws Exception {
    SmtpGateway gateway = listen(Role.TRANSFER, AuthWithoutTls.NEVER, Map.of());
    try (var client = new LineClient(gateway.port())) {
      client.say("EHLO c");
      client.send("STARTTLS\r\nEHLO injected\r\nMAIL FROM:<injected@b.example>\r\n");
      assertEquals("220 2.0.0 Ready to start TLS", client.read());
      client.startTls();
      assertEquals("503 5.5.1 Say EHLO first", client.say("MAIL FROM:<a@b.example>"));
    }
  }

  @Test
  void theCertificateIsKeptAndNobodyElseReadsIt() throws Exception {
    Path file = data.resolve("tls/self-signed.pem");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("tls"))));
    byte[] before = Files.readAllBytes(file);
    TlsCertificate.load(new Tls("", ""), data, "mx.mainstem.test", Instant.now());
    assertEquals(new String(before), Files.readString(file));
  }

  @Test
  void oneAddressHoldsNoMoreConnectionsThanItMay() throws Exception {
    SmtpGateway gateway =
        listen(
            Role.TRANSFER,
            AuthWithoutTls.NEVER,
            Map.of("smtp.limits.maxConnectionsPerAddress", "2"));
    try (var one = new LineClient(gateway.port());
        var two = new LineClient(gateway.port())) {
      try (var three = LineClient.withoutGreeting(gateway.port())) {
        assertEquals("421 4.7.0 Too many connections, try again later", three.read());
        assertEquals("", three.read());
      }
      assertEquals("250 2.0.0 Ok", one.say("NOOP"));
      assertEquals("221 2.0.0 mx.mainstem.test says goodbye", two.say("QUIT"));
    }
    await().atMost(60, TimeUnit.SECONDS).until(() -> gateway.connections() == 0);
    try (var four = new LineClient(gateway.port())) {
      assertEquals("250 2.0.0 Ok", four.say("NOOP"));
    }
  }

  @Test
  void anIdleClientIsToldAndLeft() throws Exception {
    SmtpGateway gateway = listen(Role.TRANSFER, AuthWithoutTls.NEVER, Map.of());
    try (var client = new LineClient(gateway.port())) {
      client.say("HELO c");
      client.send("NO");
      nowMillis.addAndGet(301_000);
      assertEquals("421 4.4.2 Timeout, closing", client.read());
      assertEquals("", client.read());
    }
  }

  @Test
  void aMailThatTakesTooLongIsCut() throws Exception {
    SmtpGateway gateway =
        listen(Role.TRANSFER, AuthWithoutTls.NEVER, Map.of("smtp.limits.maxDataSeconds", "60"));
    try (var client = new LineClient(gateway.port())) {
      client.say("HELO c");
      client.say("MAIL FROM:<a@b.example>");
      client.say("RCPT TO:<alice@mainstem.test>");
      assertTrue(client.say("DATA").startsWith("354"));
      client.send("x");
      nowMillis.addAndGet(61_000);
      assertEquals("421 4.4.2 Timeout, closing", client.read());
    }
    await().atMost(60, TimeUnit.SECONDS).until(() -> intake.open == 0);
  }

  @Test
  void aClientThatLeavesInAMailLeavesNothing() throws Exception {
    SmtpGateway gateway = listen(Role.TRANSFER, AuthWithoutTls.NEVER, Map.of());
    try (var client = new LineClient(gateway.port())) {
      client.say("HELO c");
      client.say("MAIL FROM:<a@b.example>");
      client.say("RCPT TO:<alice@mainstem.test>");
      assertTrue(client.say("DATA").startsWith("354"));
      client.send("half");
      assertEquals(1, intake.open);
    }
    await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> intake.open == 0 && gateway.connections() == 0);
    assertEquals(0, intake.mails.size());
  }

  @Test
  void stopSaysGoodbyeAndTakesNoMore() throws Exception {
    SmtpGateway gateway = listen(Role.TRANSFER, AuthWithoutTls.NEVER, Map.of());
    try (var client = new LineClient(gateway.port())) {
      client.say("HELO c");
      var stopped = gateway.stop().toCompletionStage().toCompletableFuture();
      assertEquals("421 4.3.2 Shutting down, try again later", client.read());
      client.close();
      stopped.get(60, TimeUnit.SECONDS);
    }
    org.junit.jupiter.api.Assertions.assertThrows(
        java.net.SocketException.class, () -> new LineClient(gateway.port()));
  }

  @Test
  void aRefusalReachesAClientThatIsStillSending() throws Exception {
    SmtpGateway gateway = listen(Role.TRANSFER, AuthWithoutTls.NEVER, Map.of());
    for (int i = 0; i < 20; i++) {
      try (var client = new LineClient(gateway.port())) {
        client.say("HELO c");
        client.say("MAIL FROM:<a@b.example>");
        client.say("RCPT TO:<alice@mainstem.test>");
        client.say("DATA");
        client.send("one\n.\n" + "x".repeat(100_000));
        assertTrue(client.read().startsWith("550 5.6.0"));
      }
    }
    assertEquals(0, intake.mails.size());
  }
}
