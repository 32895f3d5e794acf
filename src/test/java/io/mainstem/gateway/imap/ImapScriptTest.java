package io.mainstem.gateway.imap;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.gateway.imap.handlers.Handlers;
import io.mainstem.gateway.imap.session.Wire;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays every conversation of {@code imap/*.script} before a new mailbox: each client's group of
 * lines whole, and cut at every byte boundary.
 *
 * <p>{@code C:} is a line of the client, {@code S:} a line of the server, where {@code *} at the
 * end stands for any rest and {@code <…>} for a word, which a name in capitals remembers: the same
 * word it is from then on, in both columns; {@code #} a comment. Several sessions of one user are
 * told apart by a number: {@code C2:}, {@code S2:}. {@code \r}, {@code \n}, {@code \0} and {@code
 * \\} stand for bytes, and a {@code \} at the end of a client's line leaves its CRLF out.
 * {@code @login} begins each session logged in; {@code @peer 192.0.2.7} says where it comes from.
 * {@code S: [closed]} is the end of the connection, {@code S: [tls]} the start of TLS.
 */
class ImapScriptTest {
  private static final Path SCRIPTS = Path.of("src/test/resources/imap");
  private static final Pattern WORD = Pattern.compile("<([a-z]+|[A-Z][A-Z0-9]*)>");
  private static final AtomicInteger USERS = new AtomicInteger();
  private static final ExecutorService PLAYERS = Executors.newFixedThreadPool(8);

  @TempDir private static Path data;
  private static ImapNode node;
  private static Handlers handlers;
  private static Context context;

  @BeforeAll
  static void start() throws Exception {
    node =
        new ImapNode(
            data,
            Map.of(
                "imap.limits.maxBadCommands",
                "3",
                "imap.limits.maxMessageBytes",
                "64k",
                "imap.limits.maxCommandBytes",
                "8k"));
    handlers = new Handlers(node.parts);
    context = node.vertx.getOrCreateContext();
  }

  @AfterAll
  static void stop() throws Exception {
    PLAYERS.shutdownNow();
    node.close();
  }

  @TestFactory
  Stream<DynamicTest> conversations() throws IOException {
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      List<Path> scripts = files.filter(f -> f.toString().endsWith(".script")).sorted().toList();
      assertTrue(scripts.size() >= 5, "the scripts are there");
      return scripts.stream()
          .map(
              f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> play(Script.read(f))));
    }
  }

  private static void play(Script script) throws Exception {
    int longest = play(script, 0);
    // Each on a mailbox of its own: several at a time, since they wait for a disk most of the time.
    List<Callable<Void>> cuts = new ArrayList<>();
    for (int c = 1; c < longest; c++) {
      int cut = c;
      cuts.add(
          () -> {
            play(script, cut);
            return null;
          });
    }
    for (var played : PLAYERS.invokeAll(cuts)) {
      played.get();
    }
  }

  /** What a session sends in one go, and what the server says to it. */
  private record Step(int session, String client, List<String> server) {
    byte[] bytes(Map<String, String> words) {
      String text = client;
      for (var word : words.entrySet()) {
        text = text.replace("<" + word.getKey() + ">", word.getValue());
      }
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  private record Script(Map<String, String> scene, List<Step> steps) {
    static Script read(Path file) throws IOException {
      Map<String, String> scene = new HashMap<>();
      List<Step> steps = new ArrayList<>();
      var client = new StringBuilder();
      List<String> server = new ArrayList<>();
      int session = 1;
      for (String line : Files.readAllLines(file)) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        if (line.startsWith("@")) {
          String[] words = line.substring(1).split(" ", 2);
          scene.put(words[0], words.length > 1 ? words[1] : "");
          continue;
        }
        int colon = line.indexOf(':');
        int who = colon == 1 ? 1 : Integer.parseInt(line.substring(1, colon));
        String text = line.length() > colon + 2 ? line.substring(colon + 2) : "";
        boolean fromClient = line.charAt(0) == 'C';
        if (who != session || fromClient && !server.isEmpty()) {
          steps.add(new Step(session, unescaped(client), List.copyOf(server)));
          client.setLength(0);
          server.clear();
          session = who;
        }
        if (fromClient) {
          client.append(
              text.endsWith("\\") && !text.endsWith("\\\\")
                  ? text.substring(0, text.length() - 1)
                  : text + "\\r\\n");
        } else {
          server.add(text);
        }
      }
      steps.add(new Step(session, unescaped(client), List.copyOf(server)));
      return new Script(scene, steps);
    }

    private static String unescaped(CharSequence text) {
      return text.toString()
          .replace("\\\\", "\u0001")
          .replace("\\n", "\n")
          .replace("\\r", "\r")
          .replace("\\0", "\0")
          .replace("\u0001", "\\");
    }
  }

  /** Says how long the longest step is. */
  @CanIgnoreReturnValue
  private static int play(Script script, int cut) throws Exception {
    int longest = 0;
    Map<String, String> words = new HashMap<>();
    String user = "u" + USERS.incrementAndGet();
    Map<Integer, Line> lines = new HashMap<>();
    String where = cut == 0 ? "whole" : "each step cut at " + cut;
    try {
      for (Step step : script.steps) {
        Line line = lines.get(step.session);
        if (line == null) {
          line = new Line(script, user, words);
          lines.put(step.session, line);
        }
        byte[] bytes = step.bytes(words);
        longest = Math.max(longest, bytes.length);
        if (bytes.length > 1 && cut > 0) {
          int at = 1 + (cut - 1) % (bytes.length - 1);
          line.send(Arrays.copyOf(bytes, at));
          line.send(Arrays.copyOfRange(bytes, at, bytes.length));
        } else if (bytes.length > 0) {
          line.send(bytes);
        }
        line.expect(step.server, where);
      }
    } finally {
      for (Line line : lines.values()) {
        line.hangUp();
      }
    }
    return longest;
  }

  /** One session without a socket. */
  private static final class Line implements Wire {
    private final StringBuilder out = new StringBuilder();
    private final Map<String, String> words;
    private final Conversation conversation;

    Line(Script script, String user, Map<String, String> words) throws Exception {
      this.words = words;
      conversation =
          new Conversation(
              node.parts,
              handlers,
              this,
              address(script.scene.getOrDefault("peer", "127.0.0.1")),
              false);
      if (script.scene.containsKey("login")) {
        send(("login LOGIN " + user + " secret\r\n").getBytes(StandardCharsets.US_ASCII));
        expect(List.of("login OK *"), "login");
      } else {
        run(conversation::greet);
      }
    }

    void send(byte[] bytes) {
      run(() -> conversation.onBytes(bytes));
    }

    void hangUp() {
      run(conversation::onClosed);
    }

    void expect(List<String> server, String where) {
      var got = new StringBuilder();
      try {
        await()
            .pollInSameThread()
            .pollDelay(0, TimeUnit.MILLISECONDS)
            .pollInterval(1, TimeUnit.MILLISECONDS)
            .atMost(120, TimeUnit.SECONDS)
            .until(
                () -> {
                  synchronized (out) {
                    got.append(out);
                    out.setLength(0);
                  }
                  return lines(got).size() >= server.size() && (got.isEmpty() || endsLine(got));
                });
      } catch (org.awaitility.core.ConditionTimeoutException e) {
        // What came is compared below.
      }
      List<String> said = lines(got);
      assertEquals(
          server.size(),
          said.size(),
          where + ": expected\n" + String.join("\n", server) + "\ngot\n" + String.join("\n", said));
      for (int i = 0; i < server.size(); i++) {
        assertTrue(
            matches(server.get(i), said.get(i)),
            where
                + ": expected\n"
                + String.join("\n", server)
                + "\ngot\n"
                + String.join("\n", said));
      }
    }

    private static boolean endsLine(StringBuilder got) {
      return got.charAt(got.length() - 1) == '\n';
    }

    private static List<String> lines(StringBuilder got) {
      return got.isEmpty()
          ? List.of()
          : List.of(got.toString().split("\r\n", -1))
              .subList(0, got.toString().split("\r\n", -1).length - (endsLine(got) ? 1 : 0));
    }

    /** {@code *} at the end is any rest, {@code <word>} any characters but spaces and brackets. */
    private boolean matches(String expected, String said) {
      boolean rest = expected.endsWith("*") && !expected.endsWith("\\*");
      String text = rest ? expected.substring(0, expected.length() - 1) : expected;
      text = text.endsWith("\\*") ? text.substring(0, text.length() - 2) + "*" : text;
      var regex = new StringBuilder();
      List<String> names = new ArrayList<>();
      Matcher word = WORD.matcher(text);
      int from = 0;
      while (word.find()) {
        regex.append(Pattern.quote(text.substring(from, word.start())));
        String name = word.group(1);
        String known = words.get(name);
        regex.append(known == null ? "([^ ()\\[\\]]+)" : "(" + Pattern.quote(known) + ")");
        names.add(name);
        from = word.end();
      }
      regex.append(Pattern.quote(text.substring(from))).append(rest ? ".*" : "");
      Matcher whole = Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(said);
      if (!whole.matches()) {
        return false;
      }
      for (int i = 0; i < names.size(); i++) {
        if (Character.isUpperCase(names.get(i).charAt(0))) {
          words.put(names.get(i), whole.group(i + 1));
        }
      }
      return true;
    }

    private static InetAddress address(String text) throws UnknownHostException {
      return InetAddress.getByName(text);
    }

    @Override
    public void write(Buffer bytes) {
      synchronized (out) {
        out.append(bytes.toString(StandardCharsets.UTF_8));
      }
    }

    @Override
    public boolean hasRoom() {
      return true;
    }

    @Override
    public Future<Void> room() {
      return Future.succeededFuture();
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public Future<Void> startTls() {
      // Told behind what the conversation does then: what comes before that is dropped.
      run(() -> run(() -> write(Buffer.buffer("[tls]\r\n"))));
      return Future.succeededFuture();
    }

    @Override
    public void close() {
      write(Buffer.buffer("[closed]\r\n"));
    }

    @Override
    public void run(Runnable task) {
      context.runOnContext(go -> task.run());
    }
  }
}
