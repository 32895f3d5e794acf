package io.mainstem.mime;

import java.nio.charset.StandardCharsets;

/**
 * Encodes text in quoted-printable (RFC 2045 §6.7): UTF-8, line breaks as CRLF, lines of at most 76
 * characters.
 */
final class QuotedPrintable {
  private static final int MAX_LINE = 76;
  private static final String HEX = "0123456789ABCDEF";

  private QuotedPrintable() {}

  /** Ends in a line break. */
  static String encode(String text) {
    StringBuilder out = new StringBuilder(text.length() + text.length() / 8);
    String[] lines = text.replace("\r\n", "\n").replace('\r', '\n').split("\n", -1);
    int count =
        lines.length > 1 && lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
    for (int i = 0; i < count; i++) {
      line(out, lines[i].getBytes(StandardCharsets.UTF_8));
      out.append("\r\n");
    }
    return out.toString();
  }

  private static void line(StringBuilder out, byte[] bytes) {
    int column = 0;
    for (int i = 0; i < bytes.length; i++) {
      int c = bytes[i] & 0xff;
      boolean last = i == bytes.length - 1;
      boolean blank = c == ' ' || c == '\t';
      boolean plain = c > 32 && c < 127 && c != '=' || blank && !last;
      boolean risky =
          column == 0
              && (c == '.' || c == 'F' || c == '-'); // what SMTP, mbox and boundaries look for
      int width = plain && !risky ? 1 : 3;
      if (column + width > MAX_LINE - 1) {
        out.append("=\r\n");
        column = 0;
      }
      if (width == 1) {
        out.append((char) c);
      } else {
        out.append('=').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
      column += width;
    }
  }
}
