package io.mainstem.app.archive;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A Maildir with its folders, in either layout: Maildir++ ({@code .Projects.2026}) or directories
 * in directories ({@code Projects/2026}). The directory itself is INBOX.
 */
public final class MaildirTree {
  static final String INBOX = "INBOX";
  private static final int MAX_DEPTH = 32;

  private MaildirTree() {}

  /** All folders, in the order of their names; empty when there is no Maildir. */
  public static List<MailFolder> folders(Path root) throws IOException {
    List<MailFolder> found = new ArrayList<>();
    if (MaildirFolder.looksLikeOne(root)) {
      found.add(new MaildirFolder(root, INBOX));
    }
    below(root, "", found, new HashSet<>());
    return found;
  }

  private static void below(Path directory, String prefix, List<MailFolder> found, Set<Path> seen)
      throws IOException {
    if (seen.size() > 10_000 || !seen.add(directory.toRealPath())) {
      return; // a link that leads back
    }
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, Files::isDirectory)) {
      all.forEach(children::add);
    }
    children.sort(null);
    for (Path child : children) {
      String file = child.getFileName().toString();
      if (file.equals("cur") || file.equals("new") || file.equals("tmp")) {
        continue;
      }
      boolean flat = file.startsWith(".") && prefix.isEmpty();
      String name = flat ? flatName(file) : prefix + decoded(file);
      if (MaildirFolder.looksLikeOne(child)) {
        found.add(new MaildirFolder(child, name));
      }
      if (!flat && name.chars().filter(c -> c == '/').count() < MAX_DEPTH) {
        below(child, name + "/", found, seen);
      }
    }
  }

  /** The directory of a folder in Maildir++, below the root. */
  static Path directoryOf(String name) {
    if (name.equals(INBOX)) {
      return Path.of("");
    }
    StringBuilder file = new StringBuilder();
    for (String level : name.split("/", -1)) {
      file.append('.').append(ModifiedUtf7.encode(level, "."));
    }
    return Path.of(file.toString());
  }

  private static String flatName(String file) {
    StringBuilder name = new StringBuilder();
    for (String level : file.substring(1).split("\\.", -1)) {
      name.append(name.isEmpty() ? "" : "/").append(decoded(level));
    }
    return name.toString();
  }

  private static String decoded(String level) {
    String decoded = ModifiedUtf7.decode(level);
    return decoded == null ? level : decoded;
  }
}
