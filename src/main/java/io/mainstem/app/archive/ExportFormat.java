package io.mainstem.app.archive;

import java.io.IOException;
import java.nio.file.Path;

/** How folders are written. */
public interface ExportFormat {
  /**
   * @param folder its name, with {@code /} between levels
   * @param offset what {@link FolderWriter#offset} said when an earlier export of this folder was
   *     last synced; 0 at its beginning
   */
  FolderWriter open(Path root, String folder, int uidValidity, long offset) throws IOException;
}
