package io.mainstem.gateway.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.config.Config;
import io.mainstem.config.Submission.AuthWithoutTls;
import io.mainstem.gateway.smtp.handlers.Handlers;
import io.mainstem.gateway.smtp.session.Peer;
import io.mainstem.gateway.smtp.session.Role;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.stage.Stages;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Plays every conversation of {@code smtp/*.script}: each client's group of lines whole, and cut at
 * every byte boundary; with directory and store that answer at once, and with such that take their
 * time.
 *
 * <p>{@code C:} is a line of the client; {@code S:} a line of the server, where {@code *} at the
 * end stands for any rest; {@code M:} a line of a mail that was kept, in order; {@code #} a
 * comment. {@code @role submission}, {@code @peer 192.0.2.7} and {@code @limit key value} set the
 * scene. {@code \n}, {@code \r} and {@code \\} stand for bytes, and a {@code \} at the end of a
 * client's line leaves its CRLF out. {@code S: [closed]} is the end of the connection, {@code S:
 * [tls]} the start of TLS.
 */
class ScriptTest {
  private static final Path SCRIPTS = Path.of("src/test/resources/smtp");

  @TestFactory
  Stream<DynamicTest> conversations() throws IOException {
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      List<Path> scripts = files.filter(f -> f.toString().endsWith(".script")).sorted().toList();
      assertTrue(scripts.size() >= 10, "the scripts are there");
      return scripts.stream()
          .map(
              f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> play(Script.read(f))));
    }
  }

  private static void play(Script script) {
    script.play(List.of(), false);
    script.play(List.of(), true);
    for (int group = 0; group < script.groups.size(); group++) {
      int size = script.groups.get(group).client().length;
      for (int cut = 1; cut < size; cut++) {
        if (script.mayCut) {
          script.play(List.of(group, cut), cut % 2 == 0);
        }
      }
    }
  }

  /** What the client sends in one go and what the server says to it. */
  record Group(byte[] client, List<String> server) {}

  record Script(Map<String, String> scene, List<Group> groups, List<String> mails, boolean mayCut) {

    static Script read(Path file) throws IOException {
      Map<String, String> scene = new java.util.HashMap<>();
      List<Group> groups = new ArrayList<>();
      List<String> mails = new ArrayList<>();
      var client = new StringBuilder();
      List<String> server = new ArrayList<>();
      boolean mayCut = true;
      for (String line : Files.readAllLines(file)) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        if (line.startsWith("@")) {
          String[] words = line.substring(1).split(" ", 2);
          if (words[0].equals("limit")) {
            String[] limit = words[1].split(" ");
            scene.put("smtp.limits." + limit[0], limit[1]);
          } else if (words[0].equals("whole")) {
            mayCut = false;
          } else {
            scene.put("@" + words[0], words[1]);
          }
        } else if (line.startsWith("C:")) {
          if (!server.isEmpty()) {
            groups.add(new Group(bytes(client), List.copyOf(server)));
            client.setLength(0);
            server.clear();
          }
          String text = line.length() > 3 ? line.substring(3) : "";
          client.append(
              text.endsWith("\\") && !text.endsWith("\\\\")
                  ? text.substring(0, text.length() - 1)
                  : text + "\\r\\n");
        } else if (line.startsWith("S:")) {
          server.add(line.substring(3));
        } else if (line.startsWith("M:")) {
          mails.add(
              new String(
                  bytes(line.length() > 3 ? line.substring(3) : ""), StandardCharsets.UTF_8));
        } else {
          throw new IllegalArgumentException(file + ": " + line);
        }
      }
      groups.add(new Group(bytes(client), List.copyOf(server)));
      return new Script(scene, groups, mails, mayCut);
    }

    private static byte[] bytes(CharSequence text) {
      return text.toString()
          .replace("\\\\", "\u0000")
          .replace("\\n", "\n")
          .replace("\\r", "\r")
          .replace("\u0000", "\\")
          .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * @param cut empty, or the group to cut and the place
     * @param slow whether directory and store take their time
     */
    void play(List<Integer> cut, boolean slow) {
      Map<String, String> settings = new java.util.HashMap<>(scene);
      settings.keySet().removeIf(k -> k.startsWith("@"));
      Config config = Config.of(settings);
      Role role = "submission".equals(scene.get("@role")) ? Role.SUBMISSION : Role.TRANSFER;
      var setup =
          new Setup(
              role,
              "mx.mainstem.test",
              config.smtp().limits(),
              AuthWithoutTls.LOOPBACK,
              Stages.unobserved().stage("smtp", 1000));
      var later = new ArrayDeque<Runnable>();
      var intake = new RecordingIntake(slow ? later : null);
      var wire = new MemoryWire();
      var credentials = new TestCredentials();
      var conversation =
          new Conversation(
              setup,
              new Handlers(setup, intake, credentials),
              wire,
              address(scene.getOrDefault("@peer", "127.0.0.1")),
              () -> 0);
      conversation.greet();
      String where = "cut at " + cut + (slow ? ", slow" : "");
      for (int i = 0; i < groups.size(); i++) {
        Group group = groups.get(i);
        byte[] bytes = group.client();
        if (!cut.isEmpty() && cut.get(0) == i) {
          int at = cut.get(1);
          conversation.onBytes(java.util.Arrays.copyOfRange(bytes, 0, at));
          while (!later.isEmpty() && at % 4 == 0) {
            later.poll().run();
          }
          conversation.onBytes(java.util.Arrays.copyOfRange(bytes, at, bytes.length));
        } else if (bytes.length > 0) {
          conversation.onBytes(bytes);
        }
        while (!later.isEmpty()) {
          later.poll().run();
        }
        check(group.server(), wire.take(), where);
      }
      conversation.onClosed();
      assertEquals(0, intake.open, where + ": every mail begun was finished or abandoned");
      var lines = new ArrayList<String>();
      for (var mail : intake.mails) {
        lines.add(mail.reversePath() + " " + String.join(" ", mail.recipients()));
        lines.addAll(List.of(mail.text().split("\r\n")));
      }
      assertEquals(mails, lines, where);
    }

    private static void check(List<String> expected, List<String> got, String where) {
      assertEquals(expected.size(), got.size(), where + ": expected " + expected + ", got " + got);
      for (int i = 0; i < expected.size(); i++) {
        String want = expected.get(i);
        boolean fits =
            want.endsWith("*")
                ? got.get(i).startsWith(want.substring(0, want.length() - 1))
                : got.get(i).equals(want);
        assertTrue(fits, where + ": expected " + expected + ", got " + got);
      }
    }

    private static InetAddress address(String text) {
      try {
        return InetAddress.getByName(text);
      } catch (java.net.UnknownHostException e) {
        throw new IllegalArgumentException(e);
      }
    }
  }

  /** Collects what the server says. */
  static final class MemoryWire implements Wire {
    private final StringBuilder out = new StringBuilder();

    List<String> take() {
      String text = out.toString();
      out.setLength(0);
      return text.isEmpty() ? List.of() : List.of(text.split("\r\n"));
    }

    @Override
    public void write(String text) {
      out.append(text);
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public Future<Peer.Tls> startTls(String reply) {
      out.append(reply).append("[tls]\r\n");
      return Future.succeededFuture(new Peer.Tls("TLSv1.3", "TLS_AES_128_GCM_SHA256"));
    }

    @Override
    public void close() {
      out.append("[closed]\r\n");
    }

    @Override
    public void run(Runnable task) {
      task.run();
    }
  }
}
