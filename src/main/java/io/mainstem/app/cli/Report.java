package io.mainstem.app.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What could not be read or kept: the first lines are shown, and all are written to a file, which
 * is made with the first of them.
 */
final class Report implements Closeable {
  private static final int SHOWN = 20;

  private final Path file;
  private final Progress progress;
  private @Nullable PrintWriter out;
  private long count;

  Report(Path file, Progress progress) {
    this.file = file;
    this.progress = progress;
  }

  void add(String line) throws IOException {
    count++;
    if (count <= SHOWN) {
      progress.say(line);
    } else if (count == SHOWN + 1) {
      progress.say("… and more, in " + file);
    }
    PrintWriter to = out;
    if (to == null) {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      to = new PrintWriter(Files.newBufferedWriter(file));
      out = to;
    }
    to.println(line);
    to.flush();
  }

  long count() {
    return count;
  }

  /** Where the lines are; null when there are none. */
  @Nullable Path file() {
    return out == null ? null : file;
  }

  @Override
  public void close() {
    if (out != null) {
      out.close();
    }
  }
}
