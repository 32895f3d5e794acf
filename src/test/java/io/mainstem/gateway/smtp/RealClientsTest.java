package io.mainstem.gateway.smtp;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mainstem.mailbox.Limits;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that people really send with. One that is not installed is skipped, and told. */
class RealClientsTest {
  @TempDir private Path data;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node =
        new TestNode(
            data,
            Map.of("delivery.retryFirstMillis", "20"),
            Limits.DEFAULT,
            List.of("alice", "bob"));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private static void need(String program) {
    boolean there =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
    assumeTrue(there, program + " is not installed");
  }

  private String run(String input, String... command) throws Exception {
    Path log = data.resolve("client.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try (var out = process.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.UTF_8));
    }
    assertTrue(process.waitFor(300, TimeUnit.SECONDS), "the client ends");
    String said = Files.readString(log, StandardCharsets.ISO_8859_1);
    assertEquals(0, process.exitValue(), said);
    return said;
  }

  @Test
  void curlDelivers() throws Exception {
    need("curl");
    run(
        "From: Dora <dora@elsewhere.example>\n"
            + "To: alice@mainstem.test\n"
            + "Subject: Hello from my terminal\n\n"
            + "It works.\n",
        "curl",
        "-sS",
        "--crlf",
        "smtp://127.0.0.1:" + node.smtp.port(),
        "--mail-from",
        "dora@elsewhere.example",
        "--mail-rcpt",
        "alice@mainstem.test",
        "-T",
        "-");
    assertEquals("It works.", node.messages("alice").getFirst().message().text());
  }

  @Test
  void curlSubmitsUnderTls() throws Exception {
    need("curl");
    run(
        "From: alice@mainstem.test\nTo: bob@mainstem.test\nSubject: Safe\n\nUnder TLS.\n",
        "curl",
        "-sS",
        "--crlf",
        "--ssl-reqd",
        "-k",
        "smtp://127.0.0.1:" + node.submission.port(),
        "--user",
        "alice:" + TestNode.PASSWORD,
        "--mail-from",
        "alice@mainstem.test",
        "--mail-rcpt",
        "bob@mainstem.test",
        "-T",
        "-");
    await().atMost(60, TimeUnit.SECONDS).until(() -> node.messages("bob").size() == 1);
    String raw = node.raw(node.messages("bob").getFirst());
    assertTrue(raw.contains(" with ESMTPSA id "), raw);
  }

  @Test
  void swaksPipelinesWithAnAttachment() throws Exception {
    need("swaks");
    Path file = Files.writeString(data.resolve("notes.txt"), "attached words\n");
    run(
        "",
        "swaks",
        "--server",
        "127.0.0.1",
        "--port",
        String.valueOf(node.smtp.port()),
        "--from",
        "dora@elsewhere.example",
        "--to",
        "alice@mainstem.test,bob@mainstem.test",
        "--pipeline",
        "--tls-optional",
        "--attach",
        "@" + file,
        "--body",
        "see file");
    var attachments = node.messages("bob").getFirst().message().attachments();
    assertEquals(List.of("notes.txt"), attachments.stream().map(a -> a.name()).toList());
    assertEquals(1, node.messages("alice").size());
  }

  @Test
  void swaksLogsInBothWays() throws Exception {
    need("swaks");
    for (String mechanism : List.of("PLAIN", "LOGIN")) {
      run(
          "",
          "swaks",
          "--server",
          "127.0.0.1",
          "--port",
          String.valueOf(node.submission.port()),
          "--tls",
          "--auth",
          mechanism,
          "--auth-user",
          "alice@mainstem.test",
          "--auth-password",
          TestNode.PASSWORD,
          "--from",
          "alice@mainstem.test",
          "--to",
          "bob@mainstem.test",
          "--header",
          "Subject: by " + mechanism);
    }
    await().atMost(60, TimeUnit.SECONDS).until(() -> node.messages("bob").size() == 2);
  }

  @Test
  void pythonSendsUtf8() throws Exception {
    need("python3");
    run(
        """
        import smtplib, email.message
        m = email.message.EmailMessage()
        m['From'] = 'D\u00f6ra <d\u00f6ra@b\u00fccher.example>'; m['To'] = 'alice@mainstem.test'; m['Subject'] = 'Gr\u00fc\u00dfe'
        m.set_content('Sch\u00f6ne Gr\u00fc\u00dfe')
        with smtplib.SMTP('127.0.0.1', %d) as s:
            s.send_message(m)
        """
            .formatted(node.smtp.port()),
        "python3",
        "-X",
        "utf8",
        "-");
    var message = node.messages("alice").getFirst().message();
    assertEquals("Gr\u00fc\u00dfe", message.subject());
    assertEquals("Sch\u00f6ne Gr\u00fc\u00dfe", message.text());
  }

  /** A client's side of RFC 5802 that shares no line with the server's. */
  @Test
  void pythonLogsInBySendingNoPassword() throws Exception {
    need("python3");
    run(
        """
        import base64, hashlib, hmac, os, smtplib, ssl
        user, password = 'alice@mainstem.test', %s
        nonce = base64.b64encode(os.urandom(12)).decode()
        bare = 'n=%%s,r=%%s' %% (user, nonce)
        state = {}
        def mac(key, text): return hmac.new(key, text.encode(), hashlib.sha256).digest()
        def scram(challenge=None):
            if challenge is None: return 'n,,' + bare
            said = challenge.decode()
            if said.startswith('v='):
                assert base64.b64decode(said[2:]) == state['expected'], 'the server does not know the password'
                return ''
            parts = dict(p.split('=', 1) for p in said.split(','))
            assert parts['r'].startswith(nonce) and len(parts['r']) > len(nonce)
            salted = hashlib.pbkdf2_hmac('sha256', password.encode(), base64.b64decode(parts['s']), int(parts['i']))
            client = mac(salted, 'Client Key')
            final = 'c=biws,r=' + parts['r']
            signed = bare + ',' + said + ',' + final
            signature = mac(hashlib.sha256(client).digest(), signed)
            state['expected'] = mac(mac(salted, 'Server Key'), signed)
            return final + ',p=' + base64.b64encode(bytes(a ^ b for a, b in zip(client, signature))).decode()
        with smtplib.SMTP('127.0.0.1', %d) as s:
            trusting = ssl.create_default_context(); trusting.check_hostname = False; trusting.verify_mode = ssl.CERT_NONE
            s.starttls(context=trusting)
            s.ehlo()
            assert 'SCRAM-SHA-256' in s.esmtp_features['auth'], s.esmtp_features
            s.auth('SCRAM-SHA-256', scram)
            s.sendmail(user, ['bob@mainstem.test'], 'Subject: by SCRAM\\r\\n\\r\\nhello\\r\\n')
        """
            .formatted("'" + TestNode.PASSWORD + "'", node.submission.port()),
        "python3",
        "-X",
        "utf8",
        "-");
    await().atMost(60, TimeUnit.SECONDS).until(() -> node.messages("bob").size() == 1);
    assertEquals("by SCRAM", node.messages("bob").getFirst().message().subject());
  }
}
