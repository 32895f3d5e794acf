package io.mainstem.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** When a mail came, as far as its own header tells. */
public final class ArrivalDate {
  private static final int MAX_HEADER_BYTES = 128 << 10;

  private ArrivalDate() {}

  /** The newest Received field, else the Date; null when neither tells. Reads no body. */
  public static @Nullable OffsetDateTime of(InputStream mail) throws IOException {
    String start = new String(mail.readNBytes(MAX_HEADER_BYTES), StandardCharsets.ISO_8859_1);
    OffsetDateTime date = null;
    int at = 0;
    while (at < start.length()) {
      int end = fieldEnd(start, at);
      String field = start.substring(at, end);
      if (field.isBlank()) {
        return date;
      }
      int colon = field.indexOf(':');
      String name = colon < 0 ? "" : field.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      String body = field.substring(colon + 1).replaceAll("[\r\n]+", " ").strip();
      if (name.equals("received")) {
        // The topmost is the newest.
        OffsetDateTime received = Dates.parse(body.substring(body.lastIndexOf(';') + 1).strip());
        if (received != null) {
          return received;
        }
      } else if (name.equals("date") && date == null) {
        date = Dates.parse(body);
      }
      at = end;
    }
    return date;
  }

  /** Behind the line break that no continuation follows (RFC 5322 §2.2.3). */
  private static int fieldEnd(String text, int from) {
    int at = from;
    while (true) {
      int lineEnd = text.indexOf('\n', at);
      if (lineEnd < 0) {
        return text.length();
      }
      at = lineEnd + 1;
      boolean continued = at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t');
      if (!continued || text.substring(from, lineEnd).isBlank()) {
        return at;
      }
    }
  }
}
