package io.mainstem.gateway.imap.protocol;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates as commands write them (RFC 9051 §9 {@code date}, {@code date-time}). */
final class DateParser {
  private static final Pattern DATE = Pattern.compile("(\\d{1,2})-([A-Za-z]{3})-(\\d{4})");
  private static final Pattern DATE_TIME =
      Pattern.compile(
          "([ \\d]?\\d)-([A-Za-z]{3})-(\\d{4}) (\\d\\d):(\\d\\d):(\\d\\d) ([+-])(\\d\\d)(\\d\\d)");
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  private DateParser() {}

  static LocalDate date(String text) {
    Matcher m = DATE.matcher(text);
    if (!m.matches()) {
      throw new Malformed("A date is written 1-Feb-2024");
    }
    return day(m);
  }

  static OffsetDateTime dateTime(String text) {
    Matcher m = DATE_TIME.matcher(text);
    if (!m.matches()) {
      throw new Malformed("A time is written \" 1-Feb-2024 08:30:00 +0100\"");
    }
    try {
      int sign = m.group(7).equals("-") ? -1 : 1;
      return OffsetDateTime.of(
          day(m),
          java.time.LocalTime.of(number(m, 4), number(m, 5), Math.min(59, number(m, 6))),
          ZoneOffset.ofHoursMinutes(sign * number(m, 8), sign * number(m, 9)));
    } catch (DateTimeException e) {
      throw new Malformed("There is no such time");
    }
  }

  private static LocalDate day(Matcher m) {
    int month = MONTHS.indexOf(m.group(2).toLowerCase(Locale.ROOT)) + 1;
    try {
      return LocalDate.of(number(m, 3), month, number(m, 1));
    } catch (DateTimeException e) {
      throw new Malformed("There is no such date");
    }
  }

  private static int number(Matcher m, int group) {
    return Integer.parseInt(m.group(group).strip());
  }
}
