package io.mainstem.gateway.imap.rendering;

import io.mainstem.mailbox.UidRange;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The small words of responses (RFC 9051 §9). */
public final class ImapText {
  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss xx", Locale.ENGLISH);

  private ImapText() {}

  /** A quoted string, or a literal where quotes cannot hold it. */
  public static String string(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r' || c == '\n' || c == 0 || c > 126) {
        return "{" + text.getBytes(StandardCharsets.UTF_8).length + "}\r\n" + text;
      }
    }
    return quoted(text);
  }

  /** Quoted, in UTF-8 where that is allowed (RFC 9051 §4.3). */
  public static String quoted(String text) {
    var out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    return out.append('"').toString();
  }

  public static String nstring(@Nullable String text) {
    return text == null ? "NIL" : string(text);
  }

  public static String flags(Collection<String> flags) {
    return "(" + String.join(" ", flags) + ")";
  }

  /** {@code "dd-Mon-yyyy hh:mm:ss +zzzz"} (RFC 9051 §9 date-time). */
  public static String dateTime(long millis, int zoneMinutes) {
    return '"'
        + DATE_TIME.format(
            Instant.ofEpochMilli(millis).atOffset(ZoneOffset.ofTotalSeconds(zoneMinutes * 60)))
        + '"';
  }

  /** {@code 1:5,9} of numbers that ascend. */
  public static String set(IntStream ascending) {
    var out = new StringBuilder();
    PrimitiveIterator.OfInt in = ascending.iterator();
    int from = 0;
    int to = 0;
    while (in.hasNext()) {
      int n = in.nextInt();
      if (from != 0 && n == to + 1) {
        to = n;
        continue;
      }
      range(out, from, to);
      from = n;
      to = n;
    }
    range(out, from, to);
    return out.toString();
  }

  public static String set(List<UidRange> ranges) {
    var out = new StringBuilder();
    for (UidRange r : ranges) {
      range(out, r.from(), r.to());
    }
    return out.toString();
  }

  private static void range(StringBuilder out, int from, int to) {
    if (from == 0) {
      return;
    }
    if (!out.isEmpty()) {
      out.append(',');
    }
    out.append(from);
    if (to != from) {
      out.append(':').append(to);
    }
  }
}
