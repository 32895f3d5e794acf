package io.mainstem.gateway.imap.rendering;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/** Picks fields out of a header, byte for byte (RFC 9051 §6.4.5.1 HEADER.FIELDS). */
public final class HeaderFields {
  private HeaderFields() {}

  /**
   * @param names in lower case
   * @param not gives all others
   * @return the fields with their folded lines, and the blank line
   */
  public static byte[] select(byte[] header, Set<String> names, boolean not) {
    var out = new ByteArrayOutputStream(256);
    boolean taken = false;
    for (int at = 0; at < header.length; ) {
      int end = lineEnd(header, at);
      boolean blank =
          header[at] == '\n' || header[at] == '\r' && at + 1 < end && header[at + 1] == '\n';
      if (blank) {
        break;
      }
      if (header[at] != ' ' && header[at] != '\t') {
        taken = names.contains(name(header, at, end)) != not;
      }
      if (taken) {
        out.write(header, at, end - at);
      }
      at = end;
    }
    out.write('\r');
    out.write('\n');
    return out.toByteArray();
  }

  private static int lineEnd(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] != '\n') {
      at++;
    }
    return Math.min(bytes.length, at + 1);
  }

  private static String name(byte[] header, int from, int end) {
    int at = from;
    while (at < end && header[at] != ':') {
      at++;
    }
    return new String(header, from, at - from, StandardCharsets.ISO_8859_1)
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  /**
   * Where the header of a mail ends, its blank line included, as far as these bytes go; −1: not
   * here.
   */
  public static int end(byte[] bytes, int length) {
    int lineAt = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        if (i == lineAt || i == lineAt + 1 && bytes[lineAt] == '\r') {
          return i + 1;
        }
        lineAt = i + 1;
      }
    }
    return -1;
  }
}
