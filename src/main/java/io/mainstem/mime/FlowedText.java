package io.mainstem.mime;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Plain text whose long lines are broken so that a reader puts them together again (RFC 3676). */
final class FlowedText {
  /** RFC 3676 §4.2: at most 78 characters with the space at the end. */
  private static final int WIDTH = 77;

  /** As RFC 5322 §2.1.1 allows in a line. */
  private static final int MAX_LINE_BYTES = 998;

  private FlowedText() {}

  /**
   * Lines that end in CRLF, the last one too; null when a word is too long for any line, or the
   * text has what no line of a mail may hold.
   */
  static @Nullable String render(String text) {
    if (text.indexOf(0) >= 0) {
      return null;
    }
    StringBuilder out = new StringBuilder(text.length() + 32);
    for (String line : text.replace("\r\n", "\n").replace('\r', '\n').split("\n", -1)) {
      if (!paragraph(line, out)) {
        return null;
      }
    }
    return out.toString();
  }

  private static boolean paragraph(String line, StringBuilder out) {
    String rest =
        line.equals("-- ") ? line : line.stripTrailing(); // a space at the end means: flows on
    while (rest.length() > WIDTH) {
      int space = lastSpace(rest);
      if (space < 0) {
        break;
      }
      stuffed(rest.substring(0, space + 1), out);
      rest = rest.substring(space + 1);
    }
    stuffed(rest, out);
    return rest.length() * 3 <= MAX_LINE_BYTES
        || rest.getBytes(StandardCharsets.UTF_8).length < MAX_LINE_BYTES;
  }

  /** The last space that the line may end with; the first one of a line whose words are longer. */
  private static int lastSpace(String rest) {
    int space = rest.lastIndexOf(' ', WIDTH);
    while (space > 0 && rest.charAt(space - 1) == ' ') {
      space--; // the spaces after it begin the next line
    }
    if (space > 0 && !rest.startsWith("-- ")) {
      return space;
    }
    int first = rest.indexOf(' ', WIDTH);
    return first == rest.length() - 1 ? -1 : first;
  }

  /** RFC 3676 §4.4. */
  private static void stuffed(String line, StringBuilder out) {
    if (line.startsWith(" ") || line.startsWith(">") || line.startsWith("From ")) {
      out.append(' ');
    }
    out.append(line).append("\r\n");
  }
}
