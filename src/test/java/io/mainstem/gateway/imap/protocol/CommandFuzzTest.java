package io.mainstem.gateway.imap.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Broken commands: whatever comes is a command, or is refused with what was wrong; never anything
 * else, and always the same however it was cut. Runs for {@code FUZZ_SECONDS} of the environment, a
 * moment by default.
 */
class CommandFuzzTest {
  private static final int MAX_BYTES = 16 << 10;
  private static final byte[] SPECIAL =
      "\r\n\0 (){}[]<>\"\\%*$+-~,:.=09az\u00ff&".getBytes(StandardCharsets.ISO_8859_1);

  private static final List<String> CORPUS =
      List.of(
          "a UID FETCH 1:*,3 (FLAGS BODY.PEEK[1.2.HEADER.FIELDS (From \"To\")]<0.5> BINARY[1])"
              + " (CHANGEDSINCE 5 VANISHED)",
          "a SEARCH RETURN (MIN SAVE) CHARSET UTF-8 OR (NOT SEEN) HEADER {4+}\r\nFrom \"x\" 1:3",
          "a APPEND INBOX (\\Seen $x) \" 1-Feb-2024 08:30:00 +0100\" {5+}",
          "a APPEND INBOX UTF8 (~{5}",
          "a SELECT \"INBOX\" (CONDSTORE QRESYNC (1 20 1:5 (1,3 1,5)))",
          "a LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (\"a%\" *) RETURN (CHILDREN STATUS (MESSAGES))",
          "a STORE 2:4 (UNCHANGEDSINCE 7) +FLAGS.SILENT (\\Deleted $Junk)",
          "a LOGIN {3+}\r\njoe {6+}\r\nsecret",
          "a ID (\"name\" \"x\" \"version\" NIL)",
          "a SORT (REVERSE DATE SUBJECT) UTF-8 SINCE 1-Feb-1994 NOT FROM \"Smith\"",
          "a SEARCH ((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))",
          "a STATUS x (MESSAGES UIDNEXT SIZE DELETED)",
          "a NOTIFY SET STATUS (selected (MessageNew (UID BODY.PEEK[HEADER.FIELDS (From)])"
              + " MessageExpunge)) (subtree (Lists \"a b\") (MailboxName))",
          "a GETMETADATA (MAXSIZE 5 DEPTH infinity) INBOX (/private/comment /shared)",
          "a SETMETADATA INBOX (/private/comment {3+}\r\nabc /shared/comment NIL)",
          "a UID REPLACE 4 INBOX (\\Seen) {5+}",
          "a AUTHENTICATE PLAIN =");

  @Test
  void whateverComesIsReadOrRefused() {
    long seconds = Long.parseLong(System.getenv().getOrDefault("FUZZ_SECONDS", "2"));
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var commands = new RandomCommands(random);
    var text = new CommandText(random);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    long runs = 0;
    while (System.nanoTime() < end || runs < 100) {
      String base =
          random.nextBoolean()
              ? CORPUS.get(random.nextInt(CORPUS.size()))
              : "a " + text.of(commands.next());
      byte[] broken = broken(random, (base + "\r\nb NOOP\r\n").getBytes(StandardCharsets.UTF_8));
      String where = "seed " + seed + ", run " + runs;
      List<String> once = outcomes(broken, List.of(), where);
      List<Integer> cuts = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        cuts.add(random.nextInt(broken.length + 1));
      }
      cuts.sort(null);
      assertEquals(once, outcomes(broken, cuts, where), where);
      runs++;
    }
  }

  private static byte[] broken(Random random, byte[] bytes) {
    byte[] out = bytes;
    for (int i = random.nextInt(6); i > 0 && out.length > 0; i--) {
      int at = random.nextInt(out.length);
      byte special = SPECIAL[random.nextInt(SPECIAL.length)];
      switch (random.nextInt(4)) {
        case 0 -> out[at] = special;
        case 1 -> out[at] = (byte) random.nextInt(256);
        case 2 -> {
          byte[] longer = Arrays.copyOf(out, out.length + 1);
          System.arraycopy(out, at, longer, at + 1, out.length - at);
          longer[at] = special;
          out = longer;
        }
        default -> {
          byte[] shorter = Arrays.copyOf(out, out.length - 1);
          System.arraycopy(out, at + 1, shorter, at, out.length - at - 1);
          out = shorter;
        }
      }
    }
    return out;
  }

  /** What a session would make of these bytes, step by step. */
  private static List<String> outcomes(byte[] bytes, List<Integer> cuts, String where) {
    var reader = new CommandReader(MAX_BYTES);
    var input = new ByteInput();
    List<String> out = new ArrayList<>();
    long[] skip = {0};
    int from = 0;
    for (int i = 0; i <= cuts.size(); i++) {
      int to = i < cuts.size() ? cuts.get(i) : bytes.length;
      if (to > from) {
        input.add(Arrays.copyOfRange(bytes, from, to));
      }
      from = Math.max(from, to);
      while (!input.isEmpty()) {
        if (skip[0] > 0) {
          int n = (int) Math.min(skip[0], input.available());
          input.take(n);
          skip[0] -= n;
          continue;
        }
        switch (reader.read(input)) {
          case CommandReader.Result.More more -> {}
          case CommandReader.Result.Continue go -> out.add("+");
          case CommandReader.Result.Message m -> {
            out.add(m.toString());
            skip[0] = Math.min(m.sizeBytes(), 1 << 20);
          }
          case CommandReader.Result.Refused refused -> out.add(refused.toString());
          case CommandReader.Result.Whole whole -> {
            assertTrue(whole.bytes().length <= 2 * MAX_BYTES, where);
            out.add(parsed(whole.bytes()));
          }
        }
      }
    }
    return out;
  }

  private static String parsed(byte[] bytes) {
    try {
      return CommandParser.parse(bytes).toString();
    } catch (Malformed malformed) {
      return malformed.tag() + " " + malformed.getMessage();
    } catch (CommandParser.BadCharset charset) {
      return charset.tag() + " charset";
    }
  }
}
