package io.mainstem.app.archive;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a message's file in a Maildir: a unique part, sizes ({@code ,S=} of the file, {@code
 * ,W=} of the mail), and flags behind {@code :2,}. Ours tell when the message came, to the
 * millisecond and with its zone, and keep the order of the folder:
 *
 * <pre>
 * 1605780000.M123000V7U42Z60.mainstem,S=1234,W=1234:2,FS
 *   seconds  micros  |  |  zone in minutes
 *           UIDVALIDITY UID
 * </pre>
 *
 * @param unique without sizes and flags
 * @param file the whole name
 * @param uid that it had in the folder it came from; 0 when the name is not ours
 * @param seconds when it was delivered, by convention; 0 when the name does not tell
 */
record MaildirName(String unique, String file, int uid, long seconds)
    implements Comparable<MaildirName> {
  private static final String FLAGS = ":2,";
  private static final Pattern OURS =
      Pattern.compile(
          "(-?\\d{1,15})\\.M(\\d{1,6})V(\\d{1,10})U(\\d{1,10})Z(-?\\d{1,4})\\.mainstem");
  private static final Pattern SIZES = Pattern.compile(",([SW])=(\\d{1,18})");

  /** What keywords are written as: the letter's place in the folder's list of keywords. */
  static final int MAX_KEYWORDS = 26;

  static MaildirName of(String file) {
    int info = file.indexOf(FLAGS);
    String base = info < 0 ? file : file.substring(0, info);
    int sizes = base.indexOf(',');
    String unique = sizes < 0 ? base : base.substring(0, sizes);
    Matcher ours = OURS.matcher(unique);
    int uid = ours.matches() ? (int) Math.min(Integer.MAX_VALUE, Long.parseLong(ours.group(4))) : 0;
    return new MaildirName(unique, file, uid, seconds(unique));
  }

  static MaildirName of(ExportedMail mail, int uidValidity, List<String> keywords) {
    long seconds = Math.floorDiv(mail.receivedMillis(), 1000L);
    long micros = Math.floorMod(mail.receivedMillis(), 1000L) * 1000;
    String unique =
        "%d.M%06dV%dU%dZ%d.mainstem"
            .formatted(seconds, micros, uidValidity, mail.uid(), mail.zoneMinutes());
    long size = mail.sizeBytes();
    return new MaildirName(
        unique,
        unique + ",S=" + size + ",W=" + size + FLAGS + letters(mail.flags(), keywords),
        mail.uid(),
        seconds);
  }

  /** Flags as letters, in ASCII order as the format asks for; keywords behind them. */
  private static String letters(Set<String> flags, List<String> keywords) {
    Set<Character> letters = new TreeSet<>();
    for (String flag : flags) {
      switch (flag) {
        case "\\Draft" -> letters.add('D');
        case "\\Flagged" -> letters.add('F');
        case "\\Answered" -> letters.add('R');
        case "\\Seen" -> letters.add('S');
        case "\\Deleted" -> letters.add('T');
        default -> {
          int place = keywords.indexOf(flag);
          if (place >= 0 && place < MAX_KEYWORDS) {
            letters.add((char) ('a' + place));
          }
        }
      }
    }
    StringBuilder out = new StringBuilder();
    letters.forEach(out::append);
    return out.toString();
  }

  Set<String> flags(List<String> keywords) {
    Set<String> flags = new TreeSet<>();
    int info = file.indexOf(FLAGS);
    String letters = info < 0 ? "" : file.substring(info + FLAGS.length());
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      switch (letter) {
        case 'D' -> flags.add("\\Draft");
        case 'F' -> flags.add("\\Flagged");
        case 'P' -> flags.add("$Forwarded");
        case 'R' -> flags.add("\\Answered");
        case 'S' -> flags.add("\\Seen");
        case 'T' -> flags.add("\\Deleted");
        default -> {
          int place = letter - 'a';
          String keyword = place >= 0 && place < keywords.size() ? keywords.get(place) : "";
          if (!keyword.isEmpty()) {
            flags.add(keyword);
          }
        }
      }
    }
    return flags;
  }

  /** When it came, when the name is ours. */
  @Nullable OffsetDateTime received() {
    Matcher ours = OURS.matcher(unique);
    if (!ours.matches()) {
      return null;
    }
    long millis = Long.parseLong(ours.group(1)) * 1000 + Integer.parseInt(ours.group(2)) / 1000;
    int zone = Math.max(-18 * 60, Math.min(18 * 60, Integer.parseInt(ours.group(5))));
    return OffsetDateTime.ofInstant(
        Instant.ofEpochMilli(millis), ZoneOffset.ofTotalSeconds(zone * 60));
  }

  /** The size of the file, when the name tells; else -1. */
  long sizeBytes() {
    return size("S");
  }

  /** Whether the file holds the mail as it is on the wire, and not with the line ends of a disk. */
  boolean holdsExactBytes() {
    return sizeBytes() >= 0 && sizeBytes() == size("W");
  }

  private long size(String which) {
    Matcher sizes = SIZES.matcher(file);
    while (sizes.find()) {
      if (sizes.group(1).equals(which)) {
        return Long.parseLong(sizes.group(2));
      }
    }
    return -1;
  }

  /** In the order of the folder that they came from, else in that of their seconds. */
  @Override
  public int compareTo(MaildirName other) {
    return Comparator.comparingInt(MaildirName::uid)
        .thenComparingLong(MaildirName::seconds)
        .thenComparing(MaildirName::unique)
        .compare(this, other);
  }

  private static long seconds(String unique) {
    int digits = 0;
    while (digits < unique.length()
        && digits < 15
        && unique.charAt(digits) >= '0'
        && unique.charAt(digits) <= '9') {
      digits++;
    }
    return digits == 0 ? 0 : Long.parseLong(unique.substring(0, digits));
  }

  /**
   * The file of keywords that Dovecot keeps in a folder: {@code 0 $Label1} is written as {@code a}.
   * A letter that stands for nothing is empty.
   */
  static List<String> keywords(List<String> lines) {
    List<String> names = new ArrayList<>();
    for (String line : lines) {
      Matcher one = Pattern.compile("(\\d{1,2}) (\\S+)").matcher(line.strip());
      if (one.matches() && Integer.parseInt(one.group(1)) < MAX_KEYWORDS) {
        while (names.size() <= Integer.parseInt(one.group(1))) {
          names.add("");
        }
        names.set(Integer.parseInt(one.group(1)), one.group(2));
      }
    }
    return names;
  }
}
