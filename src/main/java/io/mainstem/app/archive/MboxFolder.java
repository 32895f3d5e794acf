package io.mainstem.app.archive;

import io.mainstem.mime.MboxReader;
import io.mainstem.mime.MboxReader.Mbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An mbox file. Its marks are offsets. */
public final class MboxFolder implements MailFolder {
  private static final int SAMPLE_BYTES = 4 << 20;
  private static final Pattern MARK = Pattern.compile("(?m)^(?:X-(?:Mozilla-)?)?Status: ");

  private final Path file;
  private final @Nullable String name;

  public MboxFolder(Path file, @Nullable String name) {
    this.file = file;
    this.name = name;
  }

  /** Whether a file begins as an mbox does; an empty one is an empty folder. */
  static boolean looksLikeOne(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(5);
      return new String(start, StandardCharsets.US_ASCII).equals("From ")
          || start.length == 0 && file.toString().endsWith(MboxTree.SUFFIX);
    }
  }

  @Override
  public String shown() {
    return file.toString();
  }

  @Override
  public String identity() {
    try {
      return file.toRealPath() + "\n" + Fingerprints.ofBeginning(file);
    } catch (IOException e) {
      return file.toAbsolutePath().toString();
    }
  }

  @Override
  public @Nullable String name() {
    return name;
  }

  @Override
  public long sizeBytes() throws IOException {
    return Files.size(file);
  }

  @Override
  public boolean growsAtItsEnd() {
    return true;
  }

  @Override
  public Reading read(String mark) throws IOException {
    long offset = mark.isEmpty() ? 0 : Long.parseLong(mark);
    OffsetDateTime modified = Files.getLastModifiedTime(file).toInstant().atOffset(ZoneOffset.UTC);
    return new Messages(new MboxReader(file, Math.min(offset, sizeBytes())), marks(), modified);
  }

  /**
   * A program that keeps flags in the file marks what it has shown; an archive marks nothing, and
   * its mail is history.
   */
  private boolean marks() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return MARK.matcher(new String(in.readNBytes(SAMPLE_BYTES), StandardCharsets.ISO_8859_1))
          .find();
    }
  }

  private static final class Messages implements Reading {
    private final MboxReader reader;
    private final boolean marks;
    private final OffsetDateTime modified;

    Messages(MboxReader reader, boolean marks, OffsetDateTime modified) {
      this.reader = reader;
      this.marks = marks;
      this.modified = modified;
    }

    @Override
    public @Nullable ArchivedMail next() throws IOException {
      Mbox next = reader.next();
      if (next == null) {
        return null;
      }
      String place = "byte " + next.offset();
      if (next.unreadable() != null) {
        return ArchivedMail.unreadable(place, next.unreadable());
      }
      Set<String> flags = new TreeSet<>(next.flags());
      if (!marks) {
        flags.add("\\Seen");
      }
      return new ArchivedMail(
          place, null, next.received() == null ? modified : next.received(), flags, next::open);
    }

    @Override
    public String mark() {
      return Long.toString(doneBytes());
    }

    @Override
    public long doneBytes() {
      return reader.offset();
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
