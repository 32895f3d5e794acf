package io.mainstem.gateway.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.MessageView;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight mails of 50 MB at once through a node with a heap of 96 MB: bytes go to the disk as they
 * come, and never gather.
 */
class LargeMailTest {
  private static final int MAILS = 8;
  private static final long MAIL_BYTES = 50L << 20;

  @TempDir private Path data;

  @Test
  void eightLargeMailsAtOnceNeedLittleMemory() throws Exception {
    Process node = startNode();
    try (var said =
        new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
      int port = 0;
      var log = new StringBuilder();
      for (String line = said.readLine();
          line != null && port == 0;
          line = port == 0 ? said.readLine() : line) {
        log.append(line).append('\n');
        port = line.startsWith("port ") ? Integer.parseInt(line.substring(5)) : 0;
      }
      assertTrue(port > 0, log.toString());
      ExecutorService senders = Executors.newFixedThreadPool(MAILS);
      List<Callable<String>> work = new ArrayList<>();
      for (int i = 0; i < MAILS; i++) {
        int number = i;
        int at = port;
        work.add(() -> send(at, number));
      }
      for (Future<String> reply : senders.invokeAll(work, 420, TimeUnit.SECONDS)) {
        assertTrue(reply.get().startsWith("250 2.0.0 Ok"), reply.get());
      }
      senders.shutdown();
    } finally {
      node.destroy();
      assertTrue(node.waitFor(120, TimeUnit.SECONDS));
    }
    try (var again = new TestNode(data, Map.of(), Limits.DEFAULT, List.of("alice"))) {
      List<MessageView> messages = again.messages("alice");
      assertEquals(MAILS, messages.size());
      for (MessageView message : messages) {
        assertTrue(message.message().sizeBytes() > MAIL_BYTES);
      }
    }
  }

  private Process startNode() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-Xmx96m",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            LargeMailTest.class.getName(),
            data.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** The node that is tested: prints its port and waits to be ended. */
  public static void main(String[] arguments) throws Exception {
    var node = new TestNode(Path.of(arguments[0]), Map.of(), Limits.DEFAULT, List.of("alice"));
    System.out.println("port " + node.smtp.port());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    Thread.currentThread().join();
  }

  private static void close(TestNode node) {
    try {
      node.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String send(int port, int number) throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(420_000);
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      OutputStream out = socket.getOutputStream();
      in.readLine();
      for (String line :
          List.of(
              "HELO c",
              "MAIL FROM:<dora@elsewhere.example>",
              "RCPT TO:<alice@mainstem.test>",
              "DATA")) {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        assertTrue(in.readLine().charAt(0) <= '3');
      }
      String header =
          "Message-ID: <"
              + number
              + "@elsewhere.example>\r\nFrom: dora@elsewhere.example\r\nTo: alice@mainstem.test\r\n"
              + "Subject: large "
              + number
              + "\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
              + "Content-Transfer-Encoding: base64\r\n\r\n";
      out.write(header.getBytes(StandardCharsets.US_ASCII));
      byte[] block = ("QUJD".repeat(19) + "\r\n").repeat(800).getBytes(StandardCharsets.US_ASCII);
      for (long sent = 0; sent < MAIL_BYTES; sent += block.length) {
        out.write(block);
      }
      out.write(".\r\n".getBytes(StandardCharsets.US_ASCII));
      return in.readLine();
    }
  }
}
