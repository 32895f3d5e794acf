package io.mainstem.app.archive;

import io.mainstem.mime.ArrivalDate;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files of one message each. They carry no flags: what was saved so was read. Its marks are the
 * names of the files.
 */
public final class EmlFolder implements MailFolder {
  private static final int MAX_DEPTH = 32;

  private final Path directory;
  private final List<Path> files;
  private final @Nullable String name;

  private EmlFolder(Path directory, List<Path> files, @Nullable String name) {
    this.directory = directory;
    this.files = files;
    this.name = name;
  }

  /**
   * A file, or all files that end in {@code .eml} below a directory: those of a directory in it are
   * of the folder of its name.
   */
  public static List<MailFolder> folders(Path source) throws IOException {
    if (!Files.isDirectory(source)) {
      Path parent = source.toAbsolutePath().getParent();
      return List.of(new EmlFolder(parent == null ? source : parent, List.of(source), null));
    }
    Map<Path, List<Path>> byDirectory = new TreeMap<>();
    try (Stream<Path> all = Files.walk(source, MAX_DEPTH, FileVisitOption.FOLLOW_LINKS)) {
      all.filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".eml"))
          .filter(Files::isRegularFile)
          .sorted()
          .forEach(
              file -> {
                Path parent = file.getParent();
                byDirectory
                    .computeIfAbsent(parent == null ? source : parent, one -> new ArrayList<>())
                    .add(file);
              });
    }
    List<MailFolder> found = new ArrayList<>();
    byDirectory.forEach(
        (directory, files) -> {
          String name = source.relativize(directory).toString().replace('\\', '/');
          found.add(new EmlFolder(directory, files, name.isEmpty() ? null : name));
        });
    return List.copyOf(found);
  }

  @Override
  public String shown() {
    return files.size() == 1 ? files.get(0).toString() : directory.toString();
  }

  @Override
  public String identity() {
    return files.size() == 1
        ? files.get(0).toAbsolutePath().normalize().toString()
        : directory.toAbsolutePath().normalize().toString();
  }

  @Override
  public @Nullable String name() {
    return name;
  }

  @Override
  public long sizeBytes() throws IOException {
    long sum = 0;
    for (Path file : files) {
      sum += Files.size(file);
    }
    return sum;
  }

  @Override
  public boolean growsAtItsEnd() {
    return false;
  }

  @Override
  public Reading read(String mark) throws IOException {
    Messages messages = new Messages(files);
    if (!mark.isEmpty()) {
      messages.skipTo(mark);
    }
    return messages;
  }

  private static final class Messages implements Reading {
    private final List<Path> files;
    private int at;
    private long bytes;

    Messages(List<Path> files) {
      this.files = files;
    }

    void skipTo(String mark) throws IOException {
      while (at < files.size() && files.get(at).getFileName().toString().compareTo(mark) <= 0) {
        bytes += Files.size(files.get(at));
        at++;
      }
    }

    @Override
    public @Nullable ArchivedMail next() {
      if (at == files.size()) {
        return null;
      }
      Path file = files.get(at++);
      try {
        bytes += Files.size(file);
        return new ArchivedMail(
            file.toString(), null, received(file), Set.of("\\Seen"), () -> open(file));
      } catch (IOException e) {
        return ArchivedMail.unreadable(file.toString(), String.valueOf(e));
      }
    }

    private static OffsetDateTime received(Path file) throws IOException {
      try (InputStream in = Files.newInputStream(file)) {
        OffsetDateTime said = ArrivalDate.of(in);
        return said != null
            ? said
            : Files.getLastModifiedTime(file).toInstant().atOffset(ZoneOffset.UTC);
      }
    }

    private static InputStream open(Path file) throws IOException {
      return CrlfStream.of(new BufferedInputStream(Files.newInputStream(file), 64 << 10));
    }

    @Override
    public String mark() {
      return at == 0 ? START : files.get(at - 1).getFileName().toString();
    }

    @Override
    public long doneBytes() {
      return bytes;
    }

    @Override
    public void close() {}
  }
}
