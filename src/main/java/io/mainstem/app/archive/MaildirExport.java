package io.mainstem.app.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes folders as a Maildir++, as Dovecot, mutt and most other programs read it. A file appears
 * in {@code cur} whole or not at all; its time is when the message came.
 */
public final class MaildirExport implements ExportFormat {
  @Override
  public FolderWriter open(Path root, String folder, int uidValidity, long offset)
      throws IOException {
    Path directory = root.resolve(MaildirTree.directoryOf(folder));
    for (String part : List.of("cur", "new", "tmp")) {
      Files.createDirectories(directory.resolve(part));
    }
    if (!folder.equals(MaildirTree.INBOX)) {
      Path marker = directory.resolve("maildirfolder"); // Maildir++: this is not a root
      if (!Files.exists(marker)) {
        Files.createFile(marker);
      }
    }
    return new Writer(directory, uidValidity);
  }

  private static final class Writer implements FolderWriter {
    private final Path directory;
    private final int uidValidity;
    private final List<String> keywords = new ArrayList<>();
    private long count;

    Writer(Path directory, int uidValidity) throws IOException {
      this.directory = directory;
      this.uidValidity = uidValidity;
      Path known = directory.resolve(MaildirFolder.KEYWORDS);
      if (Files.exists(known)) {
        for (String line : Files.readAllLines(known)) {
          keywords.add(line.substring(line.indexOf(' ') + 1));
        }
      }
    }

    @Override
    public @Nullable String write(ExportedMail mail, Spool content) throws IOException {
      boolean all = learn(mail);
      String name = MaildirName.of(mail, uidValidity, keywords).file();
      Path part = directory.resolve("tmp").resolve(name);
      try (InputStream in = content.open()) {
        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.setLastModifiedTime(part, FileTime.fromMillis(mail.receivedMillis()));
      Files.move(part, directory.resolve("cur").resolve(name), StandardCopyOption.ATOMIC_MOVE);
      count++;
      return all
          ? null
          : "a keyword was left out: a folder of a Maildir has at most "
              + MaildirName.MAX_KEYWORDS
              + ", without spaces";
    }

    /** Says whether all keywords of this mail have a letter. */
    private boolean learn(ExportedMail mail) throws IOException {
      boolean all = true;
      boolean more = false;
      for (String flag : mail.flags()) {
        if (flag.startsWith("\\") || keywords.contains(flag)) {
          continue;
        }
        if (keywords.size() == MaildirName.MAX_KEYWORDS
            || flag.chars().anyMatch(c -> c <= ' ' || c == 127)) {
          all = false;
          continue;
        }
        keywords.add(flag);
        more = true;
      }
      if (more) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < keywords.size(); i++) {
          lines.add(i + " " + keywords.get(i));
        }
        Files.write(directory.resolve(MaildirFolder.KEYWORDS), lines);
      }
      return all;
    }

    @Override
    public long offset() {
      return count;
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }
}
