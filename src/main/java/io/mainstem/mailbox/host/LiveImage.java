package io.mainstem.mailbox.host;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.mailbox.Codec;
import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.Image;
import io.mainstem.mailbox.Mailbox;
import io.mainstem.mailbox.PageFault;
import io.mainstem.mailbox.StoredObject;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is in memory of one mailbox, and how the rest of it is fetched. Confined to the loop's
 * context.
 */
final class LiveImage implements Image {
  private static final int CHANGES_A_MEASURE = 16;
  private static final int SETTLED_KEPT = 24;

  private final HostLoop loop;
  private final Map<String, Slot> objects = new HashMap<>();

  /** Entries by their first number: the pending ones, and some of the settled. */
  private final TreeMap<Long, Slot> entries = new TreeMap<>();

  private final LinkedHashSet<Slot> dirty = new LinkedHashSet<>();

  /**
   * What is being read, by key or number, and who waits for it: one read at a time for each, so
   * that no old answer arrives late.
   */
  private final Map<Object, List<Fetch>> loading = new HashMap<>();

  /**
   * While the mailbox is rebuilt: the objects that have been written anew; all others count as
   * absent.
   */
  private @Nullable Set<String> rebuilt;

  private long clears;

  LiveImage(HostLoop loop) {
    this.loop = loop;
  }

  // ---- what decisions see

  @Override
  public @Nullable StoredObject object(String key) {
    Slot slot = objects.get(key);
    if (slot == null) {
      throw new PageFault(List.of(key), List.of());
    }
    loop.cache().touch(slot);
    return slot.object;
  }

  @Override
  public Entry entry(long seq) {
    Slot slot = entrySlot(seq);
    if (slot == null || slot.entry == null) {
      throw new PageFault(List.of(), List.of(seq));
    }
    loop.cache().touch(slot);
    return slot.entry;
  }

  /** The frame of the entry that begins with this number, if it is in memory. */
  @Nullable Frame frame(UserId user, int generation, long first) {
    Slot slot = entries.get(first);
    if (slot == null || slot.entry == null) {
      return null;
    }
    if (slot.frame == null) {
      slot.frame = Mailbox.frame(user, generation, slot.entry);
    }
    return slot.frame;
  }

  boolean isEmpty() {
    return objects.isEmpty() && entries.isEmpty() && loading.isEmpty();
  }

  // ---- what changes it

  /** What an entry makes of the objects that it touches. */
  record Change(long first, List<Slot> slots, List<@Nullable StoredObject> after) {}

  /** Applies an entry to all objects that it touches, or to none: they must all be here. */
  void apply(Entry entry) {
    apply(changeBy(entry));
  }

  /** Changes nothing yet. Throws {@link PageFault} for what is absent. */
  Change changeBy(Entry entry) {
    Set<String> keys = Mailbox.touches(entry);
    var slots = new ArrayList<Slot>(keys.size());
    List<String> absent = List.of();
    for (String key : keys) {
      Slot slot = objects.get(key);
      if (slot != null) {
        slots.add(slot);
      } else {
        absent = absent.isEmpty() ? new ArrayList<>() : absent;
        absent.add(key);
      }
    }
    if (!absent.isEmpty()) {
      throw new PageFault(absent, List.of());
    }
    var after = new ArrayList<@Nullable StoredObject>(slots.size());
    for (Slot slot : slots) {
      after.add(Mailbox.apply(Objects.requireNonNull(slot.key), slot.object, entry));
    }
    return new Change(entry.first(), slots, after);
  }

  void apply(Change change) {
    for (int i = 0; i < change.slots().size(); i++) {
      Slot slot = change.slots().get(i);
      if (change.after().get(i) != slot.object) {
        change(slot, change.after().get(i), change.first());
      }
    }
  }

  private void change(Slot slot, @Nullable StoredObject object, long first) {
    slot.object = object;
    if (slot.dirtyFrom == 0) {
      slot.dirtyFrom = first;
      dirty.add(slot);
    }
    if (slot.key != null && slot.changes++ % CHANGES_A_MEASURE == 0) {
      loop.cache().resize(slot, Slot.sizeOf(slot.key, object));
    }
    loop.cache().touch(slot);
  }

  /** Keeps an entry in memory; {@code pinned} until it is settled. */
  @CanIgnoreReturnValue
  Slot keep(Entry entry, int rowBytes, boolean pinned) {
    Slot known = entries.get(entry.first());
    if (known != null) {
      drop(known);
    }
    Slot slot = Slot.ofEntry(this, entry, rowBytes);
    slot.pins = pinned ? 1 : 0;
    entries.put(entry.first(), slot);
    loop.cache().add(slot);
    return slot;
  }

  /**
   * An entry is settled. The newest few stay for watchers that are a little behind; what is older
   * is read from the store by the few who ask, instead of growing old in memory.
   */
  void settled(Slot slot) {
    slot.pins--;
    for (var oldest = entries.firstEntry();
        entries.size() > SETTLED_KEPT && oldest.getValue().pins == 0;
        oldest = entries.firstEntry()) {
      drop(oldest.getValue());
    }
  }

  /** Forgets the entry with this number, whose content has been taken away. */
  void forgetEntry(long seq) {
    Slot slot = entrySlot(seq);
    if (slot != null && slot.pins == 0) {
      drop(slot);
    }
  }

  /** Forgets everything; what is read meanwhile is not kept. */
  void clear() {
    clears++;
    for (Slot slot : objects.values()) {
      loop.cache().remove(slot);
    }
    for (Slot slot : entries.values()) {
      loop.cache().remove(slot);
    }
    objects.clear();
    entries.clear();
    dirty.clear();
  }

  // ---- the cache asks

  /** The header stays as long as anything of the mailbox is under way. */
  boolean mayDrop(Slot slot) {
    return slot.key == null || !slot.key.equals(Mailbox.HEADER) || dirty.isEmpty();
  }

  void drop(Slot slot) {
    loop.cache().remove(slot);
    if (slot.key != null) {
      objects.remove(slot.key);
      dirty.remove(slot);
    } else if (slot.entry != null) {
      entries.remove(slot.entry.first());
    }
  }

  // ---- snapshots ask

  Collection<Slot> dirty() {
    return dirty;
  }

  /** The stored form now lacks only what came from {@code dirtyFrom} on; 0: nothing. */
  void saved(Slot slot, long dirtyFrom) {
    if (slot.key != null && objects.get(slot.key) == slot) {
      slot.dirtyFrom = dirtyFrom;
      if (dirtyFrom == 0) {
        dirty.remove(slot);
      }
    }
    if (rebuilt != null && slot.key != null) {
      rebuilt.add(slot.key);
    }
  }

  /** From now on only objects that are saved anew exist. */
  void beginRebuild() {
    rebuilt = new HashSet<>();
  }

  /** Gives the keys that were written since {@link #beginRebuild}, and sees all objects again. */
  Set<String> endRebuild() {
    Set<String> written = rebuilt == null ? Set.of() : rebuilt;
    rebuilt = null;
    return written;
  }

  // ---- fetching

  private static final class Fetch {
    private final Consumer<@Nullable Throwable> then;
    private int missing;
    private @Nullable Throwable failure;

    Fetch(Consumer<@Nullable Throwable> then) {
      this.then = then;
    }

    void onOne(@Nullable Throwable cause) {
      if (cause != null) {
        failure = cause;
      }
      if (--missing == 0) {
        then.accept(failure);
      }
    }
  }

  /**
   * Reads what is not here, and calls back on the loop's context, with null or with why it failed.
   */
  void fetch(
      MailboxStore.Mailbox mailbox,
      Collection<String> keys,
      Collection<Long> seqs,
      Consumer<@Nullable Throwable> then) {
    var fetch = new Fetch(then);
    fetch.missing = 1;
    var newKeys = new ArrayList<String>();
    var newSeqs = new ArrayList<Long>();
    for (String key : Set.copyOf(keys)) {
      if (objects.containsKey(key)) {
        continue;
      }
      if (rebuilt != null && !rebuilt.contains(key)) {
        install(key, null);
      } else if (await(key, fetch)) {
        newKeys.add(key);
      }
    }
    for (Long seq : Set.copyOf(seqs)) {
      if (entrySlot(seq) == null && await(seq, fetch)) {
        newSeqs.add(seq);
      }
    }
    long asked = clears;
    if (!newKeys.isEmpty()) {
      loop.onResult(
          loop.parts().store().objects(mailbox, newKeys),
          (found, cause) -> {
            Throwable failure = cause;
            if (found != null && asked == clears) {
              try {
                newKeys.forEach(key -> install(key, decoded(key, found.get(key))));
              } catch (RuntimeException | Error e) {
                failure = loop.defect(e);
              }
            }
            arrived(newKeys, failure);
          });
    }
    if (!newSeqs.isEmpty()) {
      loop.onResult(
          loop.parts().store().rows(mailbox, newSeqs),
          (rows, cause) -> {
            Throwable failure = cause;
            if (rows != null && asked == clears) {
              try {
                rows.forEach(this::install);
                for (Long seq : newSeqs) {
                  if (entrySlot(seq) == null) {
                    throw new MailboxStore.Damaged(
                        "number " + seq + " of the log of " + mailbox.user() + " is missing");
                  }
                }
              } catch (RuntimeException | Error e) {
                failure = loop.defect(e);
              }
            }
            arrived(newSeqs, failure);
          });
    }
    fetch.onOne(null);
  }

  /** Pins what is here of these, for a decision that needs them all at once. */
  void pin(Collection<String> keys, Collection<Long> seqs, List<Slot> pins) {
    for (String key : keys) {
      pin(objects.get(key), pins);
    }
    for (Long seq : seqs) {
      pin(entrySlot(seq), pins);
    }
  }

  private static void pin(@Nullable Slot slot, List<Slot> pins) {
    if (slot != null) {
      slot.pins++;
      pins.add(slot);
    }
  }

  /** Waits for this with others; true for the first, who has to read it. */
  private boolean await(Object what, Fetch fetch) {
    fetch.missing++;
    List<Fetch> others = loading.get(what);
    if (others != null) {
      others.add(fetch);
      return false;
    }
    var waiting = new ArrayList<Fetch>(2);
    waiting.add(fetch);
    loading.put(what, waiting);
    return true;
  }

  private void arrived(List<?> what, @Nullable Throwable cause) {
    for (Object one : what) {
      List<Fetch> waiting = loading.remove(one);
      if (waiting != null) {
        waiting.forEach(fetch -> fetch.onOne(cause));
      }
    }
  }

  void install(String key, @Nullable StoredObject object) {
    if (!objects.containsKey(key)) {
      Slot slot = Slot.ofObject(this, key, object);
      objects.put(key, slot);
      loop.cache().add(slot);
    }
  }

  private void install(MailboxStore.Row row) {
    if (!entries.containsKey(row.seq())) {
      keep(Codec.decode(row.entry(), row.body()), bytesOf(row), false);
    }
  }

  static int bytesOf(MailboxStore.Row row) {
    byte[] body = row.body();
    return row.entry().length + (body == null ? 0 : body.length);
  }

  private static @Nullable StoredObject decoded(String key, byte @Nullable [] bytes) {
    return bytes == null ? null : Codec.decodeObject(key, bytes);
  }

  private @Nullable Slot entrySlot(long seq) {
    Map.Entry<Long, Slot> floor = entries.floorEntry(seq);
    Slot slot = floor == null ? null : floor.getValue();
    return slot != null && slot.entry != null && slot.entry.last() >= seq ? slot : null;
  }
}
