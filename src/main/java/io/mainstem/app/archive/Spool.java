package io.mainstem.app.archive;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Holds one message that is read more than once: a short one in memory, a longer one in a file. */
public final class Spool implements Closeable {
  private static final int IN_MEMORY_BYTES = 1 << 20;

  private final Path directory;
  private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private @Nullable Path file;
  private @Nullable OutputStream out;
  private long sizeBytes;

  /**
   * @param directory where the file of a long message is made
   */
  public Spool(Path directory) {
    this.directory = directory;
  }

  public void write(byte[] bytes, int length) throws IOException {
    sizeBytes += length;
    OutputStream to = out;
    if (to == null && sizeBytes <= IN_MEMORY_BYTES) {
      memory.write(bytes, 0, length);
      return;
    }
    if (to == null) {
      Path made = Files.createTempFile(directory, ".mainstem", ".part");
      file = made;
      to = Files.newOutputStream(made);
      out = to;
      memory.writeTo(to);
      memory.reset();
    }
    to.write(bytes, 0, length);
  }

  public long sizeBytes() {
    return sizeBytes;
  }

  /** All that was written; may be opened again and again. */
  InputStream open() throws IOException {
    Path stored = file;
    if (stored == null) {
      return new ByteArrayInputStream(memory.toByteArray());
    }
    if (out != null) {
      out.flush();
    }
    return new BufferedInputStream(Files.newInputStream(stored), 64 << 10);
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
    if (file != null) {
      Files.deleteIfExists(file);
    }
  }
}
