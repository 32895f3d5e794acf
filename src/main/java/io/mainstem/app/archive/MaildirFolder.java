package io.mainstem.app.archive;

import io.mainstem.mime.ArrivalDate;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One folder of a Maildir: the files in its {@code cur} and {@code new}. Its marks are the unique
 * parts of their names. Holds the names of all its files while it is read.
 */
final class MaildirFolder implements MailFolder {
  static final String KEYWORDS = "dovecot-keywords";

  /** A copy of a Maildir made without its times has those of the copying. */
  private static final Duration LATE = Duration.ofDays(1);

  private final Path directory;
  private final @Nullable String name;

  MaildirFolder(Path directory, @Nullable String name) {
    this.directory = directory;
    this.name = name;
  }

  static boolean looksLikeOne(Path directory) {
    return Files.isDirectory(directory.resolve("cur"))
        || Files.isDirectory(directory.resolve("new"));
  }

  @Override
  public String shown() {
    return directory.toString();
  }

  @Override
  public String identity() {
    return directory.toAbsolutePath().normalize().toString();
  }

  @Override
  public @Nullable String name() {
    return name;
  }

  @Override
  public boolean growsAtItsEnd() {
    return false;
  }

  private record File(Path path, MaildirName name) {}

  private List<File> files() throws IOException {
    List<File> files = new ArrayList<>();
    for (String part : List.of("cur", "new")) {
      Path inside = directory.resolve(part);
      if (Files.isDirectory(inside)) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(inside)) {
          for (Path file : all) {
            String named = file.getFileName().toString();
            if (!named.startsWith(".") && Files.isRegularFile(file)) {
              files.add(new File(file, MaildirName.of(named)));
            }
          }
        }
      }
    }
    files.sort((a, b) -> a.name().compareTo(b.name()));
    return files;
  }

  private static long size(File file) {
    if (file.name().sizeBytes() >= 0) {
      return file.name().sizeBytes();
    }
    try {
      return Files.size(file.path());
    } catch (IOException moved) {
      return 0;
    }
  }

  @Override
  public long sizeBytes() throws IOException {
    long sum = 0;
    for (File file : files()) {
      sum += size(file);
    }
    return sum;
  }

  @Override
  public Reading read(String mark) throws IOException {
    Path keywords = directory.resolve(KEYWORDS);
    List<String> names =
        Files.exists(keywords) ? MaildirName.keywords(Files.readAllLines(keywords)) : List.of();
    Messages messages = new Messages(files(), names);
    if (!mark.isEmpty()) {
      messages.skipTo(MaildirName.of(mark));
    }
    return messages;
  }

  private static final class Messages implements Reading {
    private final List<File> files;
    private final List<String> keywords;
    private int at;
    private long bytes;

    Messages(List<File> files, List<String> keywords) {
      this.files = files;
      this.keywords = keywords;
    }

    void skipTo(MaildirName mark) {
      while (at < files.size() && files.get(at).name().compareTo(mark) <= 0) {
        bytes += size(files.get(at));
        at++;
      }
    }

    @Override
    public @Nullable ArchivedMail next() {
      if (at == files.size()) {
        return null;
      }
      File file = files.get(at++);
      bytes += size(file);
      String place = file.path().toString();
      try {
        Set<String> flags = file.name().flags(keywords);
        return new ArchivedMail(place, null, received(file), flags, () -> open(file));
      } catch (NoSuchFileException moved) {
        return ArchivedMail.unreadable(
            place, "it was moved or renamed meanwhile; run the import again when it is done");
      } catch (IOException e) {
        return ArchivedMail.unreadable(place, String.valueOf(e));
      }
    }

    /**
     * The file's time, as servers keep it there; but where the mail says that it came long before,
     * the times were lost.
     */
    private static OffsetDateTime received(File file) throws IOException {
      OffsetDateTime named = file.name().received();
      if (named != null) {
        return named;
      }
      OffsetDateTime modified =
          Files.getLastModifiedTime(file.path()).toInstant().atOffset(ZoneOffset.UTC);
      try (InputStream in = Files.newInputStream(file.path())) {
        OffsetDateTime said = ArrivalDate.of(in);
        return said != null && said.isBefore(modified.minus(LATE)) ? said : modified;
      }
    }

    private static InputStream open(File file) throws IOException {
      InputStream in = new BufferedInputStream(Files.newInputStream(file.path()), 64 << 10);
      boolean exact =
          file.name().holdsExactBytes() && Files.size(file.path()) == file.name().sizeBytes();
      return exact ? in : CrlfStream.of(in);
    }

    @Override
    public String mark() {
      return at == 0 ? START : files.get(at - 1).name().unique();
    }

    @Override
    public long doneBytes() {
      return bytes;
    }

    @Override
    public void close() {}
  }
}
