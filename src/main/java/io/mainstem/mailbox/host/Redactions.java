package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Mailbox;
import java.util.List;
import java.util.TreeMap;

/**
 * Takes away the bodies that settled entries have condemned. Until a body is gone, the log is
 * replayed from the entry that condemned it, so that a crash does not leave it. Confined to the
 * loop's context.
 */
final class Redactions {
  private final Resident resident;

  /** First number of the condemning entry → how many of its rows are still to be redacted. */
  private final TreeMap<Long, Integer> open = new TreeMap<>();

  /** What failed, to be tried again: row → condemning entry. */
  private final TreeMap<Long, Long> failed = new TreeMap<>();

  Redactions(Resident resident) {
    this.resident = resident;
  }

  boolean isIdle() {
    return open.isEmpty();
  }

  /**
   * The first number of the oldest entry that is not yet carried out; {@link Long#MAX_VALUE} for
   * none.
   */
  long lowest() {
    return open.isEmpty() ? Long.MAX_VALUE : open.firstKey();
  }

  /** To be called for each settled entry, and for each replayed one. */
  void onSettled(Entry entry) {
    List<Long> rows = Mailbox.redactions(entry);
    if (!rows.isEmpty()) {
      open.put(entry.first(), rows.size());
      rows.forEach(row -> redact(row, entry.first()));
    }
  }

  /** Tries again what has failed. */
  void onTick() {
    if (!failed.isEmpty()) {
      var again = new TreeMap<>(failed);
      failed.clear();
      again.forEach(this::redact);
    }
  }

  private void redact(long row, long because) {
    resident.image().forgetEntry(row);
    var loop = resident.loop();
    loop.onResult(
        loop.parts().store().redact(resident.mailbox(), row),
        (done, cause) -> {
          if (cause != null) {
            failed.put(row, because);
            return;
          }
          resident.image().forgetEntry(row);
          open.computeIfPresent(because, (first, count) -> count == 1 ? null : count - 1);
        });
  }
}
