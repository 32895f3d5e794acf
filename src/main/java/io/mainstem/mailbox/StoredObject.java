package io.mainstem.mailbox;

/**
 * A part of a mailbox's state that is loaded and saved by itself: an immutable value derived from
 * the log.
 */
public interface StoredObject {
  /** The seq of the last event that this object covers: {@code apply} skips events up to it. */
  long covers();

  /** About how much memory it holds, bytes. */
  int sizeBytes();
}
