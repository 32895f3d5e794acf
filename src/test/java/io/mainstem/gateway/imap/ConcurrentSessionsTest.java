package io.mainstem.gateway.imap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sessions that work on one folder at the same time, at random. Each keeps a model of the folder
 * out of nothing but what it is told, as a mail program does (RFC 9051 §7.5), and compares every
 * answer with it; in the end all of them, and one that comes anew, see one folder.
 */
class ConcurrentSessionsTest {
  private static final int SESSIONS = 5;
  private static final int STEPS = 120;
  private static final Pattern FETCH = Pattern.compile("\\* (\\d+) FETCH \\((.*)\\)");

  @TempDir private Path data;

  @Test
  void allSeeOneFolder() throws Exception {
    long seed = new Random().nextLong();
    try (var node = new ImapNode(data, Map.of())) {
      play(node, seed);
    } catch (ExecutionException | AssertionError e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  private static void play(ImapNode node, long seed) throws Exception {
    Set<Integer> born = ConcurrentHashMap.newKeySet();
    Set<Integer> expunged = ConcurrentHashMap.newKeySet();
    List<Model> sessions = new ArrayList<>();
    var threads = Executors.newFixedThreadPool(SESSIONS);
    try {
      for (int i = 0; i < SESSIONS; i++) {
        sessions.add(new Model(node, "w" + i, new Random(seed + i), born, expunged, i % 2 == 1));
      }
      List<Future<?>> running = new ArrayList<>();
      for (Model session : sessions) {
        running.add(threads.submit(session));
      }
      for (Future<?> session : running) {
        session.get(300, TimeUnit.SECONDS);
      }
      Map<Integer, String> last = null;
      for (Model session : sessions) {
        session.say("NOOP");
        Map<Integer, String> seen = session.all();
        assertEquals(new ArrayList<>(seen.keySet()), session.uids, "what it was told is what is");
        assertTrue(last == null || last.equals(seen), () -> "two sessions see two folders");
        session.ownKeywordsAre(seen);
        last = seen;
      }
      assertNotNull(last);
      var fresh = new Model(node, "fresh", new Random(seed), born, expunged, false);
      assertEquals(last, fresh.all());
      Set<Integer> expected = new TreeSet<>(born);
      expected.removeAll(expunged);
      assertEquals(expected, last.keySet(), "what was appended and not expunged is there");
    } finally {
      threads.shutdownNow();
      for (Model session : sessions) {
        session.client.close();
      }
    }
  }

  /** One session and what it knows. */
  private static final class Model implements Runnable {
    private final ImapClient client;
    private final String keyword;
    private final Random random;
    private final Set<Integer> born;
    private final Set<Integer> expunged;
    private final boolean qresync;

    /** Message numbers, less one, to UIDs; 0 where a UID was not told yet. */
    private final List<Integer> uids = new ArrayList<>();

    /** Whether this session's keyword is on, where it was ever stored. */
    private final Map<Integer, Boolean> keywords = new HashMap<>();

    Model(
        ImapNode node,
        String keyword,
        Random random,
        Set<Integer> born,
        Set<Integer> expunged,
        boolean qresync)
        throws IOException {
      this.client = ImapClient.of(node.gateway.port(), "shared");
      this.keyword = keyword;
      this.random = random;
      this.born = born;
      this.expunged = expunged;
      this.qresync = qresync;
      if (qresync) {
        client.ok("ENABLE QRESYNC");
      }
      hear(client.ok("SELECT INBOX"), true);
      say("UID FETCH 1:* (FLAGS)");
    }

    @Override
    public void run() {
      try {
        for (int i = 0; i < STEPS; i++) {
          step();
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private void step() throws IOException {
      int any = uids.isEmpty() ? 0 : 1 + random.nextInt(uids.size());
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> {
          String mail = "Subject: " + keyword + "\r\n\r\n" + random.nextInt() + "\r\n";
          int uid = ImapClient.appended(say("APPEND INBOX {" + mail.length() + "+}\r\n" + mail));
          assertTrue(born.add(uid), "a UID is given once");
        }
        case 3, 4 -> {
          if (any > 0) {
            boolean on = random.nextBoolean();
            int uid = uidOf(any);
            say("STORE " + any + (on ? " +" : " -") + "FLAGS (" + keyword + ")");
            keywords.put(uid, on);
          }
        }
        case 5 -> {
          if (any > 0 && uids.size() > 10) {
            int uid = uidOf(any);
            say("UID STORE " + uid + " +FLAGS.SILENT (\\Deleted)");
            say("UID EXPUNGE " + uid);
            expunged.add(uid);
            assertFalse(uids.contains(uid), "who expunges is told");
          }
        }
        case 6 -> {
          if (any > 0) {
            say("FETCH " + any + ":* (UID FLAGS)");
          }
        }
        case 7 -> {
          if (any > 0) {
            var answer = say("SEARCH UID " + uidOf(any));
            assertTrue(
                answer.untagged().contains("* SEARCH " + any)
                    || answer.untagged().contains("* SEARCH"),
                answer.untagged()::toString);
          }
        }
        case 8 -> idle();
        default -> say("NOOP");
      }
    }

    private int uidOf(int number) throws IOException {
      if (uids.get(number - 1) == 0) {
        // Numbers do not change during FETCH, so the answer is about this one.
        hear(client.ok("FETCH " + number + " (UID)"), false);
        if (uids.get(number - 1) == 0) {
          // It is gone, which this session has not been told: any UID above those it knows.
          return Integer.MAX_VALUE;
        }
      }
      return uids.get(number - 1);
    }

    private void idle() throws IOException {
      client.send("i IDLE\r\n");
      for (String line = client.line(); !line.startsWith("+ "); line = client.line()) {
        hear(line, true);
      }
      client.send("DONE\r\n");
      hear(client.answer("i"), true);
    }

    private ImapClient.Answer say(String command) throws IOException {
      var answer = client.ok(command);
      boolean numbers =
          command.startsWith("FETCH")
              || command.startsWith("STORE")
              || command.startsWith("SEARCH");
      hear(answer, !numbers);
      return answer;
    }

    private void hear(ImapClient.Answer answer, boolean mayExpunge) {
      for (String line : answer.untagged()) {
        hear(line, mayExpunge);
      }
    }

    private void hear(String line, boolean mayExpunge) {
      Matcher fetch = FETCH.matcher(line);
      if (line.endsWith(" EXISTS")) {
        int size = number(line);
        assertTrue(size >= uids.size(), "a folder grows by EXISTS alone");
        while (uids.size() < size) {
          uids.add(0);
        }
      } else if (line.endsWith(" EXPUNGE")) {
        assertTrue(mayExpunge && !qresync, line);
        uids.remove(number(line) - 1);
      } else if (line.startsWith("* VANISHED ")) {
        assertTrue(mayExpunge && qresync, line);
        set(line.substring("* VANISHED ".length())).forEach(this::onVanished);
      } else if (fetch.matches()) {
        int at = Integer.parseInt(fetch.group(1));
        Matcher uid = Pattern.compile("UID (\\d+)").matcher(fetch.group(2));
        assertTrue(at <= uids.size(), line);
        if (uid.find()) {
          int told = Integer.parseInt(uid.group(1));
          int known = uids.get(at - 1);
          assertTrue(known == 0 || known == told, () -> line + " of UID " + known);
          uids.set(at - 1, told);
        }
      }
    }

    /** A message that was told by EXISTS alone stands somewhere between those with known UIDs. */
    private void onVanished(int uid) {
      int at = uids.indexOf(uid);
      for (int i = 0; i < uids.size() && at < 0; i++) {
        int here = i;
        boolean fits =
            uids.get(i) == 0
                && uids.subList(0, here).stream().allMatch(known -> known < uid)
                && uids.subList(here, uids.size()).stream()
                    .allMatch(known -> known == 0 || known > uid);
        at = fits ? i : -1;
      }
      assertTrue(at >= 0, "UID " + uid + " vanished, of which nothing was told");
      uids.remove(at);
    }

    private static int number(String line) {
      return Integer.parseInt(line.split(" ")[1]);
    }

    private static Set<Integer> set(String text) {
      Set<Integer> out = new TreeSet<>();
      for (String range : text.split(",")) {
        String[] ends = range.split(":");
        for (int uid = Integer.parseInt(ends[0]);
            uid <= Integer.parseInt(ends[ends.length - 1]);
            uid++) {
          out.add(uid);
        }
      }
      return out;
    }

    /** UIDs and flags of all messages. */
    private Map<Integer, String> all() throws IOException {
      Map<Integer, String> out = new TreeMap<>();
      for (String line : say("UID FETCH 1:* (FLAGS)").untagged()) {
        Matcher m =
            Pattern.compile("\\* \\d+ FETCH \\(UID (\\d+) FLAGS \\(([^)]*)\\).*").matcher(line);
        if (m.matches()) {
          out.put(
              Integer.parseInt(m.group(1)),
              String.join(" ", new TreeSet<>(List.of(m.group(2).split(" ")))));
        }
      }
      return out;
    }

    private void ownKeywordsAre(Map<Integer, String> seen) {
      keywords.forEach(
          (uid, on) -> {
            String flags = seen.get(uid);
            if (flags != null) {
              assertEquals(on, List.of(flags.split(" ")).contains(keyword), "UID " + uid);
            }
          });
    }
  }
}
