package io.mainstem.mailbox;

import java.util.List;

/**
 * One entry of the log as its watchers see it: a pure function of the entry, so that it is the same
 * live and replayed (but for erased content).
 *
 * @param cursor after this entry: its last sequence number
 */
public record Frame(Cursor cursor, List<Change> changes) {
  public Frame {
    changes = List.copyOf(changes);
  }
}
