package io.mainstem.mailbox.host;

import org.jspecify.annotations.Nullable;

/**
 * What is in memory of all mailboxes of one loop, bounded by bytes: the least recently used goes
 * first. What is not saved yet, not settled yet, or needed by a decision under way stays. Confined
 * to the loop's context.
 */
final class ImageCache {
  private static final int KEPT_A_TURN = 256;

  private final long limitBytes;
  private long bytes;
  private boolean crowded;
  private @Nullable Slot newest;
  private @Nullable Slot oldest;

  ImageCache(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  long bytes() {
    return bytes;
  }

  /**
   * Whether so much must stay that the last eviction could not keep the bound: something has to be
   * saved.
   */
  boolean isCrowded() {
    return crowded;
  }

  boolean isHalfFull() {
    return bytes > limitBytes / 2;
  }

  void add(Slot slot) {
    link(slot);
    bytes += slot.sizeBytes;
  }

  void remove(Slot slot) {
    unlink(slot);
    bytes -= slot.sizeBytes;
  }

  void resize(Slot slot, int sizeBytes) {
    bytes += sizeBytes - slot.sizeBytes;
    slot.sizeBytes = sizeBytes;
  }

  /** It was used just now. */
  void touch(Slot slot) {
    if (slot != newest) {
      unlink(slot);
      link(slot);
    }
  }

  /**
   * Drops what was not used for longest until the bound is kept. What must stay gets a second
   * round, a few at a time.
   */
  void evict() {
    int kept = 0;
    while (bytes > limitBytes && kept < KEPT_A_TURN) {
      Slot slot = oldest;
      if (slot == null) {
        break;
      }
      if (slot.pins > 0 || slot.dirtyFrom > 0 || !slot.image.mayDrop(slot)) {
        touch(slot);
        kept++;
      } else {
        slot.image.drop(slot);
      }
    }
    crowded = bytes > limitBytes;
  }

  private void link(Slot slot) {
    slot.previous = null;
    slot.next = newest;
    if (newest != null) {
      newest.previous = slot;
    }
    newest = slot;
    if (oldest == null) {
      oldest = slot;
    }
  }

  private void unlink(Slot slot) {
    Slot before = slot.previous;
    Slot after = slot.next;
    if (before == null) {
      newest = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      oldest = before;
    } else {
      after.previous = before;
    }
    slot.previous = null;
    slot.next = null;
  }
}
