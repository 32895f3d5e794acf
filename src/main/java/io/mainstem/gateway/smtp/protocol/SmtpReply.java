package io.mainstem.gateway.smtp.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reply of the server (RFC 5321 §4.2).
 *
 * @param enhanced stands before each line's text (RFC 2034 §3); null for the greeting, the replies
 *     to HELO and EHLO, and 3xx
 * @param lines at least one, without line ends
 */
public record SmtpReply(int code, @Nullable EnhancedCode enhanced, List<String> lines) {
  public SmtpReply {
    lines = List.copyOf(lines);
    if (code < 200 || code > 599 || lines.isEmpty()) {
      throw new IllegalArgumentException(
          "a reply has a code from 200 to 599 and at least one line");
    }
    if (enhanced != null && enhanced.kind() != code / 100) {
      throw new IllegalArgumentException(
          "the classes of both codes of a reply are one (RFC 2034 §4)");
    }
    for (String line : lines) {
      if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
        throw new IllegalArgumentException("a line of a reply contains no line end");
      }
    }
  }

  /** A reply with an enhanced code of the code's own class. */
  public static SmtpReply of(int code, int subject, int detail, String text) {
    return new SmtpReply(code, EnhancedCode.of(code / 100, subject, detail), List.of(text));
  }

  /** A reply without an enhanced code. */
  public static SmtpReply plain(int code, String text) {
    return new SmtpReply(code, null, List.of(text));
  }

  /** Whether the request was not done. */
  public boolean isRefusal() {
    return code >= 400;
  }

  @Override
  public String toString() {
    return code + " " + (enhanced == null ? "" : enhanced + " ") + String.join(" / ", lines);
  }
}
