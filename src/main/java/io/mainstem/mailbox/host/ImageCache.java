package io.mainstem.mailbox.host;

import org.jspecify.annotations.Nullable;

/**
 * What is in memory of all mailboxes of one loop, bounded by bytes: the least recently used goes
 * first. What is not saved yet, not settled yet, or needed by a decision under way stays. Confined
 * to the loop's context.
 */
final class ImageCache {
  private final long limitBytes;
  private long bytes;
  private int slots;
  private @Nullable Slot newest;
  private @Nullable Slot oldest;

  ImageCache(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  long bytes() {
    return bytes;
  }

  boolean isOverLimit() {
    return bytes > limitBytes;
  }

  void add(Slot slot) {
    link(slot);
    bytes += slot.sizeBytes;
    slots++;
  }

  void remove(Slot slot) {
    unlink(slot);
    bytes -= slot.sizeBytes;
    slots--;
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
   * round.
   */
  void evict() {
    for (int looked = 0, all = slots; bytes > limitBytes && looked < all; looked++) {
      Slot slot = oldest;
      if (slot == null) {
        return;
      }
      if (slot.pins > 0 || slot.dirtyFrom > 0 || !slot.image.mayDrop(slot)) {
        touch(slot);
      } else {
        slot.image.drop(slot);
      }
    }
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
