package io.mainstem.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PlainTextTest {
  private static final String[] PIECES = {
    "a", "word ", " ", "\t", "\n", "\r", "\r\n", "\u0000", "\u001b", "\u007f", "\ufeff", "\u000b",
    "\u3000", "\u00a0", "é", "😀", "\ud83d", "> "
  };

  @Test
  void textIsTidiedLineByLine() {
    assertEquals("a\n\n\nb", PlainText.tidy("\r\n \r\na\u0000 \t\r\n\n\r\n\n\nb"));
    assertEquals("", PlainText.tidy(" \r\n\t"));
  }

  @Test
  void onePassGivesWhatManyStepsGive() {
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(24); i > 0; i--) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      assertEquals(inSteps(text.toString()), PlainText.tidy(text.toString()), "round " + round);
    }
  }

  private static String inSteps(String text) {
    StringBuilder out = new StringBuilder();
    int blank = 0;
    for (String line : text.replace("\r\n", "\n").replace('\r', '\n').split("\n", -1)) {
      String clean = line.replaceAll("[\\x00-\\x08\\x0b-\\x1f\\x7f\\ufeff]", "").stripTrailing();
      blank = clean.isEmpty() ? blank + 1 : 0;
      if (blank <= 2) {
        out.append(clean).append('\n');
      }
    }
    return out.toString().replaceFirst("^\n+", "").stripTrailing();
  }
}
