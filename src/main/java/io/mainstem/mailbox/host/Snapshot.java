package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Codec;
import io.mainstem.mailbox.Mailbox;
import io.mainstem.mailbox.StoredObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves a mailbox's changed objects behind its log: after so many entries or so much time, all of
 * them as they stand at one number, once that number is settled. Pages go first; the header follows
 * with the number from which the log must be replayed. Confined to the loop's context.
 */
final class Snapshot {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshot.class);

  /**
   * The host's own object: the number from which to replay (8 bytes) and whether a rebuild is under
   * way (1 byte).
   */
  static final String REPLAY = "host/replay";

  private static final int CHUNK_BYTES = 1 << 20;
  private static final int MOST_COALESCED = 16;
  private static final long PAUSE_MILLIS = 1_000;

  private record Taken(Slot slot, String key, @Nullable StoredObject object) {}

  private final Resident resident;
  private @Nullable List<Taken> taken;
  private long takenAt;
  private boolean saving;

  /** The lowest number that the stored objects lack; 0 when they lack nothing. */
  private long unsavedFrom;

  private long unsavedSinceMillis;
  private long savedMillis;
  private final List<Runnable> afterSave = new ArrayList<>();

  Snapshot(Resident resident) {
    this.resident = resident;
  }

  static byte[] replayObject(long replayFrom, boolean rebuilding) {
    return ByteBuffer.allocate(9).putLong(replayFrom).put((byte) (rebuilding ? 1 : 0)).array();
  }

  boolean isIdle() {
    return !saving && taken == null && unsavedFrom == 0;
  }

  /**
   * An entry that begins with this number has changed objects, or may have left a redaction to do.
   */
  void onWritten(long first) {
    if (unsavedFrom == 0) {
      unsavedFrom = first;
      unsavedSinceMillis = resident.loop().parts().clock().millis();
      resident.loop().unsaved().add(resident);
    }
  }

  void onSettled() {
    if (taken != null && !saving && resident.settled() >= takenAt) {
      write(taken);
    } else if (isDue()) {
      take();
    }
  }

  /**
   * A mailbox that is written to quickly touches the same pages again and again: it waits a second
   * between two saves, as long as a crash would leave only so much to replay.
   */
  private boolean isDue() {
    int entries = resident.loop().parts().config().snapshotEntries();
    long unsaved = unsavedFrom == 0 ? 0 : resident.end() - unsavedFrom + 1;
    return unsaved >= (long) entries * MOST_COALESCED
        || unsaved >= entries
            && resident.loop().parts().clock().millis() - savedMillis >= PAUSE_MILLIS;
  }

  void onTick(long nowMillis, boolean crowded) {
    if (unsavedFrom != 0
        && (crowded
            || nowMillis - unsavedSinceMillis
                >= 1000L * resident.loop().parts().config().snapshotSeconds())) {
      take();
    }
  }

  /** Saves everything now; runs the task when that is done or has failed. */
  void flush(Runnable then) {
    if (isIdle() || resident.isLost()) {
      then.run();
    } else {
      afterSave.add(then);
      take();
    }
  }

  /** Forgets what was to be saved: the image was dropped. */
  void cancel() {
    List<Runnable> then = List.copyOf(afterSave);
    afterSave.clear();
    then.forEach(task -> resident.loop().execute(task));
    taken = null;
    unsavedFrom = 0;
    resident.loop().unsaved().remove(resident);
  }

  /**
   * Objects are immutable, so that the decision goes on while these wait to be settled and encoded.
   */
  private void take() {
    if (saving || taken != null || resident.isLost()) {
      return;
    }
    var objects = new ArrayList<Taken>();
    for (Slot slot : resident.image().dirty()) {
      if (slot.key != null) {
        objects.add(new Taken(slot, slot.key, slot.object));
      }
    }
    taken = objects;
    takenAt = resident.end();
    if (resident.settled() >= takenAt) {
      write(objects);
    }
  }

  private void write(List<Taken> objects) {
    saving = true;
    long upTo = takenAt;
    long replayFrom = Math.min(upTo + 1, resident.redactions().lowest());
    var chunks = new ArrayList<Map<String, byte @Nullable []>>();
    var chunk = new HashMap<String, byte @Nullable []>();
    int bytes = 0;
    byte @Nullable [] header = null;
    for (Taken one : objects) {
      byte[] encoded = one.object() == null ? null : Codec.encodeObject(one.object());
      if (one.key().equals(Mailbox.HEADER)) {
        header = encoded;
        continue;
      }
      if (bytes > CHUNK_BYTES) {
        chunks.add(chunk);
        chunk = new HashMap<>();
        bytes = 0;
      }
      chunk.put(one.key(), encoded);
      bytes += encoded == null ? 0 : encoded.length;
    }
    if (!chunk.isEmpty()) {
      chunks.add(chunk);
    }
    // In a call of its own, once a quorum has the pages. A call that fails may have reached one
    // copy
    // of the store, and whoever reads the header there must not miss the pages that it speaks of.
    var last = new HashMap<String, byte @Nullable []>();
    if (header != null) {
      last.put(Mailbox.HEADER, header);
    }
    last.put(
        REPLAY, replayObject(resident.isRebuilding() ? 1 : replayFrom, resident.isRebuilding()));
    chunks.add(last);
    save(chunks.iterator(), cause -> onSaved(objects, upTo, replayFrom, cause));
  }

  private void save(
      Iterator<Map<String, byte @Nullable []>> chunks,
      java.util.function.Consumer<@Nullable Throwable> then) {
    var loop = resident.loop();
    loop.onResult(
        loop.parts().store().save(resident.mailbox(), resident.epoch(), chunks.next()),
        (done, cause) -> {
          if (cause == null && chunks.hasNext()) {
            save(chunks, then);
          } else {
            then.accept(cause);
          }
        });
  }

  private void onSaved(List<Taken> objects, long upTo, long replayFrom, @Nullable Throwable cause) {
    savedMillis = resident.loop().parts().clock().millis();
    saving = false;
    boolean current = taken == objects;
    if (current) {
      taken = null;
    }
    if (cause != null) {
      onFailed(cause);
    } else if (current) {
      for (Taken one : objects) {
        resident.image().saved(one.slot(), one.slot().object == one.object() ? 0 : upTo + 1);
      }
      boolean clean = resident.image().dirty().isEmpty() && replayFrom > upTo;
      unsavedFrom = clean ? 0 : replayFrom;
      unsavedSinceMillis = resident.loop().parts().clock().millis();
      if (clean) {
        resident.loop().unsaved().remove(resident);
      }
    }
    if (cause == null && !afterSave.isEmpty() && !resident.image().dirty().isEmpty()) {
      // What changed meanwhile is to be saved too.
      take();
      return;
    }
    List<Runnable> then = List.copyOf(afterSave);
    afterSave.clear();
    then.forEach(Runnable::run);
  }

  private void onFailed(Throwable cause) {
    if (HostLoop.isStale(cause)) {
      resident.loop().lose(resident.partition(), resident.epoch());
      return;
    }
    // Nothing is lost, the log has it all; it is tried again when it is due again.
    unsavedSinceMillis = resident.loop().parts().clock().millis();
    LOG.warn("Objects of a mailbox could not be saved and will be later: {}", cause.toString());
  }
}
