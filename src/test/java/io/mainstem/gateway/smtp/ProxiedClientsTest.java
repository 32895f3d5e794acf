package io.mainstem.gateway.smtp;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.app.TlsCertificate;
import io.mainstem.config.Config;
import io.mainstem.config.Submission.AuthWithoutTls;
import io.mainstem.config.Tls;
import io.mainstem.gateway.smtp.session.Role;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.proxy.Proxies;
import io.mainstem.stage.Stages;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that begin with a header of the PROXY protocol, from who may and who may not. */
class ProxiedClientsTest {
  @TempDir private Path data;
  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private SmtpGateway listen(String proxy) throws Exception {
    var tls = TlsCertificate.load(new Tls("", ""), data, "mx.mainstem.test", Instant.now());
    var limits = Config.of(Map.of("smtp.limits.maxConnectionsPerAddress", "1")).smtp().limits();
    var setup =
        new Setup(
            Role.SUBMISSION,
            "mx.mainstem.test",
            limits,
            AuthWithoutTls.LOOPBACK,
            new Stages(registry, System::nanoTime).stage("submission", 1000),
            Proxies.of(List.of(proxy)));
    return SmtpGateway.listen(
            vertx,
            setup,
            new RecordingIntake(null),
            new TestCredentials(),
            "127.0.0.1",
            0,
            tls,
            Duration.ofSeconds(5),
            System::currentTimeMillis)
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private static byte[] header(String client) throws Exception {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(HexFormat.of().parseHex("0d0a0d0a000d0a515549540a"));
    byte[] address = InetAddress.getByName(client).getAddress();
    bytes.writeBytes(HexFormat.of().parseHex(address.length == 4 ? "2111000c" : "21210024"));
    bytes.writeBytes(address);
    bytes.writeBytes(address);
    bytes.writeBytes(HexFormat.of().parseHex("12670019"));
    return bytes.toByteArray();
  }

  private static LineClient behindProxy(SmtpGateway gateway, String client) throws Exception {
    return LineClient.withoutGreeting(gateway.port()).send(header(client));
  }

  private double refused() {
    return registry.find("mainstem.stage.refused").tag("reason", "proxy").counters().stream()
        .mapToDouble(io.micrometer.core.instrument.Counter::count)
        .sum();
  }

  @Test
  void limitsCountWhomTheBalancerSpeaksFor() throws Exception {
    SmtpGateway gateway = listen("127.0.0.1");
    try (var first = behindProxy(gateway, "192.0.2.1");
        var second = behindProxy(gateway, "192.0.2.1");
        var other = behindProxy(gateway, "192.0.2.2");
        var third = behindProxy(gateway, "2001:db8::1")) {
      String one = first.read();
      String two = second.read();
      assertEquals(
          List.of("220", "421"),
          List.of(one.substring(0, 3), two.substring(0, 3)).stream().sorted().toList());
      assertTrue(other.read().startsWith("220 "));
      assertTrue(third.read().startsWith("220 "));
      assertTrue(other.say("EHLO c").startsWith("250 "));
    }
    await().atMost(60, TimeUnit.SECONDS).until(() -> gateway.connections() == 0);
    try (var again = behindProxy(gateway, "192.0.2.1")) {
      assertTrue(again.read().startsWith("220 "), "a place that was left is free");
    }
  }

  @Test
  void passwordsInTheClearAreForClientsOfThisMachineNotForThoseOfItsBalancer() throws Exception {
    SmtpGateway gateway = listen("127.0.0.1");
    try (var far = behindProxy(gateway, "192.0.2.1");
        var near = behindProxy(gateway, "127.0.0.5")) {
      far.read();
      near.read();
      assertFalse(String.join("\n", ehlo(far)).contains("AUTH"));
      assertTrue(String.join("\n", ehlo(near)).contains("AUTH"));
    }
  }

  private static List<String> ehlo(LineClient client) throws Exception {
    return client.send("EHLO c\r\n").readAll();
  }

  @Test
  void theHeaderMayComeInPiecesAndTextRightBehindIt() throws Exception {
    SmtpGateway gateway = listen("127.0.0.1");
    byte[] header = header("192.0.2.1");
    for (int at = 1; at < header.length; at += 3) {
      try (var client = LineClient.withoutGreeting(gateway.port())) {
        client.send(java.util.Arrays.copyOf(header, at));
        client.send(java.util.Arrays.copyOfRange(header, at, header.length));
        assertTrue(client.read().startsWith("220 "));
        assertEquals("221 2.0.0 mx.mainstem.test says goodbye", client.say("QUIT"));
        assertTrue(client.atEnd());
      }
      await().atMost(60, TimeUnit.SECONDS).until(() -> gateway.connections() == 0);
    }
    try (var client = LineClient.withoutGreeting(gateway.port())) {
      var all = new ByteArrayOutputStream();
      all.writeBytes(header);
      all.writeBytes("EHLO c\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
      client.send(all.toByteArray());
      assertTrue(client.read().startsWith("220 "));
      assertTrue(client.read().startsWith("250 "));
      assertEquals("221 2.0.0 mx.mainstem.test says goodbye", client.read());
    }
  }

  @Test
  void tlsStartsBehindAHeaderToo() throws Exception {
    SmtpGateway gateway = listen("127.0.0.1");
    try (var client = behindProxy(gateway, "192.0.2.1")) {
      client.read();
      client.say("EHLO c");
      assertEquals("220 2.0.0 Ready to start TLS", client.say("STARTTLS"));
      client.startTls();
      assertTrue(String.join("\n", ehlo(client)).contains("AUTH"));
    }
  }

  @Test
  void aBalancerWithoutHeaderIsTurnedAwayAndCounted() throws Exception {
    SmtpGateway gateway = listen("127.0.0.1");
    try (var client = LineClient.withoutGreeting(gateway.port())) {
      client.send("EHLO c\r\n");
      assertEquals("", client.read(), "not a word");
    }
    try (var old = LineClient.withoutGreeting(gateway.port())) {
      old.send("PROXY TCP4 192.0.2.1 127.0.0.1 4711 25\r\n");
      assertEquals("", old.read(), "version 1");
    }
    try (var silent = LineClient.withoutGreeting(gateway.port())) {
      assertEquals("", silent.read(), "its time ends");
    }
    assertEquals(3, refused());
    assertEquals(0, gateway.connections());
    try (var client = behindProxy(gateway, "192.0.2.1")) {
      assertTrue(client.read().startsWith("220 "));
    }
  }

  @Test
  void aHeaderFromAnybodyElseIsNoCommand() throws Exception {
    SmtpGateway gateway = listen("10.0.0.0/8");
    try (var client = new LineClient(gateway.port())) {
      client.send(header("192.0.2.1"));
      assertTrue(client.read().startsWith("5"));
    }
    await().atMost(60, TimeUnit.SECONDS).until(() -> gateway.connections() == 0);
    try (var one = new LineClient(gateway.port());
        var two = LineClient.withoutGreeting(gateway.port())) {
      assertTrue(one.say("NOOP").startsWith("250 "));
      two.send(header("192.0.2.2"));
      assertTrue(two.read().startsWith("421 "), "both are this machine");
    }
  }
}
