package io.mainstem.app.archive;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes one folder of an archive. Confined to one thread. */
public interface FolderWriter extends Closeable {
  /** What could not be kept of this message, is said; null when all was. */
  @Nullable String write(ExportedMail mail, Spool content) throws IOException;

  /** Where an export that stops now goes on; valid once {@link #sync} is done. */
  long offset();

  /** Hands what was written to the disk. */
  void sync() throws IOException;
}
