package io.mainstem.app.archive;

import io.mainstem.mime.MboxLines;
import io.mainstem.mime.MboxWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes folders as mbox files below a directory. */
public final class MboxExport implements ExportFormat {
  @Override
  public FolderWriter open(Path root, String folder, int uidValidity, long offset)
      throws IOException {
    Path file = root.resolve(MboxTree.fileOf(folder));
    Files.createDirectories(file.toAbsolutePath().getParent());
    return new Writer(new MboxWriter(file, offset));
  }

  private record Writer(MboxWriter out) implements FolderWriter {
    @Override
    public @Nullable String write(ExportedMail mail, Spool content) throws IOException {
      MboxLines lines = new MboxLines();
      byte[] piece = new byte[32 << 10];
      try (InputStream in = content.open()) {
        int count;
        while ((count = in.read(piece)) > 0) {
          lines.add(piece, 0, count);
        }
      }
      Set<String> flags = new TreeSet<>(mail.flags());
      boolean lost = flags.removeIf(flag -> flag.chars().anyMatch(MboxExport::breaksAWord));
      try (InputStream in = content.open()) {
        ZoneOffset zone = ZoneOffset.ofTotalSeconds(mail.zoneMinutes() * 60);
        out.write(
            Instant.ofEpochMilli(mail.receivedMillis()).atOffset(zone), flags, lines.fits(), in);
      }
      return lost ? "a keyword with a space in it was left out" : null;
    }

    @Override
    public long offset() {
      return out.offset();
    }

    @Override
    public void sync() throws IOException {
      out.sync();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  private static boolean breaksAWord(int c) {
    return c <= ' ' || c == 127;
  }
}
