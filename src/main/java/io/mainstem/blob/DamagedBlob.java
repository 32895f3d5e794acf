package io.mainstem.blob;

import java.nio.file.Path;

/** Stored bytes are not what was written. Says where; nothing of them is handed out. */
public final class DamagedBlob extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;
  private final long offset;

  DamagedBlob(Path file, long offset, String what) {
    this(file + " is damaged at byte " + offset + ": " + what, file, offset);
  }

  /** Damage that is not in a file; {@link #file} is then the current directory. */
  public DamagedBlob(String where, long offset, String what) {
    this(where + " is damaged at byte " + offset + ": " + what, Path.of(""), offset);
  }

  private DamagedBlob(String text, Path file, long offset) {
    super(text);
    this.file = file;
    this.offset = offset;
  }

  /** The same for whoever starts the server: with what he can do. */
  DamagedBlob withAdvice() {
    String advice =
        ". Put the file back from a backup, or start with --set blob.serveDamaged=true to go on"
            + " without the blobs in the damage.";
    return new DamagedBlob(getMessage() + advice, file, offset);
  }

  public Path file() {
    return file;
  }

  /** The first byte of the needle that does not check. */
  public long offset() {
    return offset;
  }
}
