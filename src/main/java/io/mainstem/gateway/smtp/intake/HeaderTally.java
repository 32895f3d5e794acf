package io.mainstem.gateway.smtp.intake;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a mail's header while it passes: how many servers it came through, and what makes it the
 * same mail when it comes again. Confined to one connection.
 */
final class HeaderTally {
  /** Of a field, no more than this is looked at. */
  private static final int FIELD_MAX = 1_000;

  private final StringBuilder field = new StringBuilder();
  private boolean lineStart = true;
  private boolean afterCr;
  private boolean over;
  private int received;
  private @Nullable String messageId;
  private @Nullable Long dateMillis;

  void update(byte[] bytes) {
    for (int i = 0; i < bytes.length && !over; i++) {
      onByte(bytes[i]);
    }
  }

  private void onByte(byte b) {
    if (b == '\r') {
      afterCr = true;
      return;
    }
    if (b == '\n') {
      // An empty line ends the header (RFC 5322 §2.1).
      over = lineStart;
      if (over) {
        onField();
      }
      lineStart = true;
      afterCr = false;
      return;
    }
    if (afterCr) {
      afterCr = false;
    }
    if (lineStart) {
      lineStart = false;
      if (b != ' ' && b != '\t') {
        onField();
      }
    }
    if (field.length() < FIELD_MAX) {
      field.append((char) (b & 0xff));
    }
  }

  private void onField() {
    String text = field.toString();
    field.setLength(0);
    int colon = text.indexOf(':');
    if (colon < 0) {
      return;
    }
    String value = text.substring(colon + 1).strip();
    switch (text.substring(0, colon).strip().toLowerCase(Locale.ROOT)) {
      case "received" -> received++;
      case "message-id" -> messageId = messageId == null && !value.isEmpty() ? value : messageId;
      case "date" -> dateMillis = dateMillis == null ? date(value) : dateMillis;
      default -> {}
    }
  }

  private static @Nullable Long date(String value) {
    // A comment may follow: "… +0000 (UTC)".
    int comment = value.indexOf('(');
    String text = (comment < 0 ? value : value.substring(0, comment)).strip();
    try {
      return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
          .toInstant()
          .toEpochMilli();
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** How many Received fields there are: one a server that the mail passed (RFC 5321 §6.3). */
  int received() {
    return received;
  }

  /** The Message-ID field as it stands; null when there is none. */
  byte @Nullable [] messageId() {
    return messageId == null ? null : messageId.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The Date field; null when there is none that can be read. */
  @Nullable Long dateMillis() {
    return dateMillis;
  }
}
