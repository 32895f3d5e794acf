package io.mainstem.mailbox;

import java.util.List;

/**
 * One entry of the log as its watchers see it: a pure function of the entry, so that it is the same
 * live and replayed (but for erased content).
 *
 * @param cursor after this entry: its last sequence number
 * @param folders the same as those see it who have a folder open
 */
public record Frame(Cursor cursor, List<Change> changes, List<FolderChange> folders) {
  public Frame {
    changes = List.copyOf(changes);
    folders = List.copyOf(folders);
  }

  /** Of an entry that touched no placement. */
  public Frame(Cursor cursor, List<Change> changes) {
    this(cursor, changes, List.of());
  }
}
