package io.mainstem.blob;

import java.nio.file.Path;

/** Stored bytes are not what was written. Says where; nothing of them is handed out. */
public final class DamagedBlob extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;
  private final long offset;

  DamagedBlob(Path file, long offset, String what) {
    super(file + " is damaged at byte " + offset + ": " + what);
    this.file = file;
    this.offset = offset;
  }

  public Path file() {
    return file;
  }

  /** The first byte of the needle that does not check. */
  public long offset() {
    return offset;
  }
}
