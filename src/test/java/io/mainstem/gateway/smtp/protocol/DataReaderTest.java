package io.mainstem.gateway.smtp.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mainstem.gateway.smtp.protocol.DataReader.Status;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DataReaderTest {
  private static final char[] ALPHABET = {'\r', '\n', '.', 'x'};

  /** What came of a text: the mail, the status, and how many bytes were left. */
  record Outcome(String mail, Status status, int left) {}

  @Test
  void findsTheOnlyEndAndNeverAnother() {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    int ends = 0;
    for (int run = 0; run < 200_000; run++) {
      var text = new StringBuilder();
      while (text.length() < 24) {
        if (random.nextInt(3) == 0) {
          text.append(random.nextBoolean() ? "\r\n" : "\r\n.\r\n");
        } else {
          text.append(ALPHABET[random.nextInt(ALPHABET.length)]);
        }
      }
      Outcome expected = model(text.toString());
      assertEquals(expected, read(text.toString(), random), () -> "seed " + seed + " text " + text);
      ends += expected.status() == Status.END ? 1 : 0;
    }
    assertEquals(true, ends > 1_000, "good mails were among them");
  }

  /** RFC 5321 §4.5.2, read off the text as a whole. */
  private static Outcome model(String text) {
    int end = text.startsWith(".\r\n") ? 0 : text.indexOf("\r\n.\r\n");
    int bare = firstBareLineEnd(text);
    boolean started = text.startsWith(".\r\n");
    int after = end < 0 ? -1 : started ? 3 : end + 5;
    if (after >= 0 && (bare < 0 || bare >= after)) {
      String mail = started ? "" : text.substring(0, end + 2);
      String plain = ("\r\n" + mail).replaceAll("\r\n\\.", "\r\n").substring(2);
      return new Outcome(plain, Status.END, text.length() - after);
    }
    if (bare < 0) {
      return new Outcome("", Status.MORE, 0);
    }
    int sloppy = firstSloppyEnd(text, bare);
    return sloppy < 0
        ? new Outcome("", Status.MORE, 0)
        : new Outcome("", Status.END_WITH_BARE_LINE_END, text.length() - sloppy);
  }

  /** Where it is certain that a CR or LF stands alone: the place of the byte that shows it. */
  private static int firstBareLineEnd(String text) {
    for (int i = 0; i < text.length(); i++) {
      boolean afterCr = i > 0 && text.charAt(i - 1) == '\r';
      if (text.charAt(i) == '\n' ? !afterCr : afterCr) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Behind the first "line end, dot, line end" in anybody's reading, that ends not before the first
   * bare line end.
   */
  private static int firstSloppyEnd(String text, int bare) {
    for (int dot = 0; dot + 1 < text.length(); dot++) {
      boolean lineStart = dot == 0 || text.charAt(dot - 1) == '\n' || text.charAt(dot - 1) == '\r';
      if (!lineStart || text.charAt(dot) != '.') {
        continue;
      }
      char next = text.charAt(dot + 1);
      int end = next == '\n' ? dot + 2 : next == '\r' ? dot + 3 : Integer.MAX_VALUE;
      if (end <= text.length() && end > bare) {
        return end;
      }
    }
    return -1;
  }

  private static Outcome read(String text, Random random) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    var reader = new DataReader(1_000);
    var mail = new ByteArrayOutputStream();
    int at = 0;
    while (at < bytes.length) {
      int size = 1 + random.nextInt(bytes.length - at);
      var in = new ByteInput(java.util.Arrays.copyOfRange(bytes, at, at + size));
      Status status = reader.read(in, mail::write);
      at += size;
      if (status != Status.MORE) {
        String kept = status == Status.END ? mail.toString(StandardCharsets.US_ASCII) : "";
        return new Outcome(kept, status, bytes.length - at + in.remaining());
      }
    }
    return new Outcome("", Status.MORE, 0);
  }
}
