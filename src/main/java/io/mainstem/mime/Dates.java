package io.mainstem.mime;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Dates of mail (RFC 5322 §3.3, with the obsolete forms of §4.3 and what is seen in archives). */
public final class Dates {
  private static final DateTimeFormatter RFC_5322 =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT);
  private static final Pattern DATE =
      Pattern.compile(
          "(?:[A-Za-z]{2,9},?\\s+)?(\\d{1,2})[\\s-]+([A-Za-z]{3})[a-z]*[\\s-]+(\\d{2,4})\\s+(\\d{1,2}):(\\d{2})(?::(\\d{2}))?(?:\\.\\d+)?\\s*([+-]\\d{4}|[A-Za-z]{1,5})?.*");

  /** The C library's form, as in mbox From_ lines: {@code Thu Jan 1 00:00:00 1970}. */
  private static final Pattern CTIME =
      Pattern.compile(
          "[A-Za-z]{3}\\s+([A-Za-z]{3})\\s+(\\d{1,2})\\s+(\\d{1,2}):(\\d{2})(?::(\\d{2}))?\\s+(?:([+-]\\d{4}|[A-Z]{1,5})\\s+)?(\\d{4})(?:\\s+([+-]\\d{4}))?.*");

  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
  private static final Map<String, Integer> ZONES =
      Map.of(
          "EST", -5, "EDT", -4, "CST", -6, "CDT", -5, "MST", -7, "MDT", -6, "PST", -8, "PDT", -7,
          "CET", 1, "CEST", 2);

  private Dates() {}

  /** Null when it is no date. */
  public static @Nullable OffsetDateTime parse(String text) {
    String bounded = text.length() > 200 ? text.substring(0, 200) : text.strip();
    Matcher m = DATE.matcher(bounded);
    if (m.matches()) {
      return date(
          m.group(3), m.group(2), m.group(1), m.group(4), m.group(5), m.group(6), m.group(7));
    }
    m = CTIME.matcher(bounded);
    if (m.matches()) {
      String zone = m.group(8) != null ? m.group(8) : m.group(6);
      return date(m.group(7), m.group(1), m.group(2), m.group(3), m.group(4), m.group(5), zone);
    }
    return null;
  }

  public static String format(Instant time, ZoneOffset zone) {
    return RFC_5322.format(time.atOffset(zone));
  }

  private static @Nullable OffsetDateTime date(
      String year,
      String month,
      String day,
      String hour,
      String minute,
      @Nullable String second,
      @Nullable String zone) {
    int monthAt = MONTHS.indexOf(month.toLowerCase(Locale.ROOT));
    if (monthAt < 0 || monthAt % 3 != 0) {
      return null;
    }
    int y = Integer.parseInt(year);
    if (year.length() == 2) {
      y += y < 50 ? 2000 : 1900; // RFC 5322 §4.3
    } else if (year.length() == 3) {
      y += 1900;
    }
    try {
      int s = second == null ? 0 : Math.min(59, Integer.parseInt(second)); // a leap second
      var local =
          LocalDateTime.of(
              y,
              monthAt / 3 + 1,
              Integer.parseInt(day),
              Integer.parseInt(hour),
              Integer.parseInt(minute),
              s);
      return local.atOffset(zone(zone));
    } catch (DateTimeException impossible) {
      return null;
    }
  }

  private static ZoneOffset zone(@Nullable String zone) {
    if (zone == null) {
      return ZoneOffset.UTC;
    }
    if (zone.charAt(0) == '+' || zone.charAt(0) == '-') {
      int number = Integer.parseInt(zone.substring(1));
      int minutes = number / 100 * 60 + number % 100;
      return minutes > 18 * 60
          ? ZoneOffset.UTC
          : ZoneOffset.ofTotalSeconds((zone.charAt(0) == '-' ? -60 : 60) * minutes);
    }
    return ZoneOffset.ofHours(ZONES.getOrDefault(zone.toUpperCase(Locale.ROOT), 0));
  }
}
