package io.mainstem.app.archive;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Stream;

/**
 * Folders as mbox files below a directory: {@code Projects/2026.mbox} is the folder {@code
 * Projects/2026}. The directories of Thunderbird ({@code Projects.sbd/2026}) and Apple Mail ({@code
 * Projects.mbox/mbox}) are read too.
 */
public final class MboxTree {
  static final String SUFFIX = ".mbox";
  private static final String THUNDERBIRD = ".sbd";

  private static final int MAX_DEPTH = 32;

  /** What the names of files must not hold or begin with, on any system that holds archives. */
  private static final String UNFIT = "%:\\*?\"<>|";

  /** What the names of files can hold where this program runs: in a plain C locale, ASCII. */
  private static final CharsetEncoder NAMES =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")).newEncoder();

  private MboxTree() {}

  /** All mbox files below a directory, in the order of their names. */
  public static List<MailFolder> folders(Path root) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(root, MAX_DEPTH, FileVisitOption.FOLLOW_LINKS)) {
      all.filter(Files::isRegularFile).sorted().forEach(files::add);
    }
    List<MailFolder> found = new ArrayList<>();
    for (Path file : files) {
      if (MboxFolder.looksLikeOne(file)) {
        found.add(new MboxFolder(file, nameOf(root.relativize(file))));
      }
    }
    return found;
  }

  static String nameOf(Path relative) {
    StringJoiner name = new StringJoiner("/");
    int levels = relative.getNameCount();
    for (int i = 0; i < levels; i++) {
      String level = relative.getName(i).toString();
      if (i == levels - 1 && level.equals("mbox") && levels > 1) {
        break; // Apple Mail: the directory before it has the name
      }
      name.add(decoded(without(without(level, SUFFIX), THUNDERBIRD)));
    }
    return name.toString();
  }

  /** The file of a folder, below the root. */
  static Path fileOf(String name) {
    List<String> levels = new ArrayList<>();
    for (String level : name.split("/", -1)) {
      levels.add(encoded(level));
    }
    int last = levels.size() - 1;
    levels.set(last, levels.get(last) + SUFFIX);
    return Path.of(levels.get(0), levels.subList(1, levels.size()).toArray(String[]::new));
  }

  private static String without(String name, String suffix) {
    return name.length() > suffix.length() && name.endsWith(suffix)
        ? name.substring(0, name.length() - suffix.length())
        : name;
  }

  /**
   * As a name of a file: what systems do not like is written as %XX, what the locale cannot name as
   * %uXXXX, and nothing at all as %.
   */
  private static String encoded(String level) {
    if (level.isEmpty()) {
      return "%";
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < level.length(); i++) {
      char c = level.charAt(i);
      boolean edge = (c == '.' || c == ' ') && (i == 0 || i == level.length() - 1);
      boolean taken = i == 0 && level.equals("mbox") || c == '.' && hasSuffixAt(level, i);
      if (!NAMES.canEncode(c) && !Character.isSurrogate(c)
          || Character.isSurrogate(c) && !NAMES.canEncode("\uD83D\uDE00")) {
        out.append("%u").append("%04X".formatted((int) c));
      } else if (edge || taken || UNFIT.indexOf(c) >= 0) {
        out.append('%').append("%02X".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static boolean hasSuffixAt(String level, int at) {
    String end = level.substring(at);
    return end.equals(SUFFIX) || end.equals(THUNDERBIRD);
  }

  private static String decoded(String level) {
    if (level.equals("%")) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < level.length(); i++) {
      char c = level.charAt(i);
      if (c == '%' && i + 5 < level.length() && level.charAt(i + 1) == 'u') {
        out.append(unit(level.substring(i + 2, i + 6)));
        i += 5;
      } else if (c == '%' && i + 2 < level.length() && isHex(level, i + 1)) {
        out.append((char) Integer.parseInt(level.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static String unit(String hex) {
    boolean known = hex.matches("[0-9A-Fa-f]{4}");
    return known ? String.valueOf((char) Integer.parseInt(hex, 16)) : "%u" + hex;
  }

  private static boolean isHex(String text, int at) {
    return Character.digit(text.charAt(at), 16) >= 0
        && Character.digit(text.charAt(at + 1), 16) >= 0;
  }
}
