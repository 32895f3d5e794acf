package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * A place in the cache: an object of a mailbox (or the knowledge that there is none), or an entry
 * of its log. Confined to the loop's context.
 */
final class Slot {
  private static final int OVERHEAD_BYTES = 120;

  final LiveImage image;

  /** The object's key; null for an entry. */
  final @Nullable String key;

  @Nullable StoredObject object;
  @Nullable Entry entry;

  /** What watchers see of the entry, made once for all of them. */
  @Nullable Frame frame;

  int sizeBytes;

  /**
   * How often the object has changed: it is not measured at each change, since that looks at all of
   * it.
   */
  int changes;

  /** How many decisions under way need it to stay. */
  int pins;

  /** The first number of the log that the stored form lacks; 0 when it lacks nothing. */
  long dirtyFrom;

  @Nullable Slot previous;
  @Nullable Slot next;

  private Slot(LiveImage image, @Nullable String key) {
    this.image = image;
    this.key = key;
  }

  static Slot ofObject(LiveImage image, String key, @Nullable StoredObject object) {
    var slot = new Slot(image, key);
    slot.object = object;
    slot.sizeBytes = sizeOf(key, object);
    return slot;
  }

  static Slot ofEntry(LiveImage image, Entry entry, int rowBytes) {
    var slot = new Slot(image, null);
    slot.entry = entry;
    slot.sizeBytes = OVERHEAD_BYTES + 3 * rowBytes;
    return slot;
  }

  static int sizeOf(String key, @Nullable StoredObject object) {
    return OVERHEAD_BYTES + 2 * key.length() + (object == null ? 0 : object.sizeBytes());
  }
}
