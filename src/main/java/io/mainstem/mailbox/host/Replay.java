package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Codec;
import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.PageFault;
import io.mainstem.store.MailboxStore.Row;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Applies settled entries of the log to the objects, page after page, with bounded memory: what it
 * changes is saved on the way. Confined to the loop's context.
 */
final class Replay {
  private static final int ROWS = 256;
  private static final int SAVED_ENTRIES = 4096;

  private final Resident resident;
  private final HostLoop loop;
  private Consumer<@Nullable Throwable> then = cause -> {};
  private long last;
  private long saved;

  Replay(Resident resident) {
    this.resident = resident;
    this.loop = resident.loop();
  }

  /** Replays what follows {@code after} up to {@code last}. */
  void run(long after, long last, Consumer<@Nullable Throwable> then) {
    this.last = last;
    this.saved = after;
    this.then = then;
    resident.onReplaying(after);
    read(after);
  }

  private void read(long after) {
    if (after >= last) {
      then.accept(null);
      return;
    }
    loop.onResult(
        loop.parts().store().read(resident.mailbox(), after, ROWS),
        (rows, cause) -> {
          if (rows == null || rows.rows().isEmpty()) {
            then.accept(
                cause != null
                    ? cause
                    : new IllegalStateException("the log ended while it was replayed"));
          } else if (resident.isLost()) {
            then.accept(new IllegalStateException("the mailbox was lost while it was replayed"));
          } else {
            // A late write of an earlier owner may have come to light behind the end since that was
            // read. It falls off the chain: the fence follows the end.
            var known = new ArrayDeque<>(rows.rows());
            known.removeIf(row -> row.seq() > last);
            apply(known);
          }
        });
  }

  private void apply(ArrayDeque<Row> rows) {
    try {
      while (!rows.isEmpty()) {
        Row row = rows.getFirst();
        Entry entry = Codec.decode(row.entry(), row.body());
        try {
          resident.image().apply(entry);
        } catch (PageFault fault) {
          fetch(fault, rows);
          return;
        }
        rows.removeFirst();
        resident.onReplaying(row.last());
        resident.snapshot().onWritten(entry.first());
        resident.redactions().onSettled(entry);
      }
    } catch (RuntimeException | Error e) {
      then.accept(loop.defect(e));
      return;
    }
    long reached = resident.end();
    if (reached < last && reached - saved < SAVED_ENTRIES && !loop.cache().isHalfFull()) {
      read(reached);
    } else if (reached < last) {
      saved = reached;
      resident.snapshot().flush(() -> loop.execute(() -> read(reached)));
    } else {
      then.accept(null);
    }
  }

  /** Reads the objects that the next rows touch, all at once. */
  private void fetch(PageFault fault, ArrayDeque<Row> rows) {
    var keys = new ArrayList<>(fault.keys());
    for (Row row : rows) {
      keys.addAll(io.mainstem.mailbox.Mailbox.touches(Codec.decode(row.entry(), row.body())));
    }
    var pins = new ArrayList<Slot>();
    resident
        .image()
        .fetch(
            resident.mailbox(),
            keys,
            fault.seqs(),
            cause -> {
              resident.image().pin(keys, fault.seqs(), pins);
              loop.execute(
                  () -> {
                    if (cause != null) {
                      then.accept(cause);
                    } else {
                      apply(rows);
                    }
                    pins.forEach(slot -> slot.pins--);
                  });
            });
  }
}
