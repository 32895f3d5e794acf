package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.state.Header;
import io.mainstem.mailbox.state.Header.Erasure;
import io.mainstem.mailbox.state.Header.Held;
import io.mainstem.mailbox.state.Keys;
import io.mainstem.mailbox.state.PlacementPage;
import io.mainstem.mailbox.state.PlacementPage.Placement;
import java.util.ArrayList;
import java.util.List;

/**
 * What is due by the clock: one kind of work a time, so that the host asks again until nothing is.
 */
final class Timing {
  /** At most so many messages in one entry. */
  private static final int BATCH = 500;

  private Timing() {}

  static Outcome<Reply.Done> due(Ledger ledger) {
    long now = ledger.moment.nowMillis();
    for (Held h : ledger.header.held()) {
      if (h.untilMillis() <= now) {
        return Outbound.release(ledger, h);
      }
    }
    var due = new ArrayList<Erasure>();
    for (Erasure e : ledger.header.erasures()) {
      if (e.atMillis() <= now && due.size() < BATCH) {
        due.add(e);
      }
    }
    if (!due.isEmpty()) {
      return redact(ledger, due);
    }
    int days = ledger.header.settings().retentionDays();
    if (days > 0 && ledger.header.retention().doneMillis() + Header.RETENTION_STEP <= now) {
      return expire(ledger, now - days * 86_400_000L);
    }
    return Outcome.nothing(ledger);
  }

  private static Outcome<Reply.Done> redact(Ledger ledger, List<Erasure> due) {
    ledger.reads.need(due.stream().map(e -> Keys.thread(e.thread())).toList());
    var rows = new ArrayList<Long>();
    for (Erasure e : due) {
      var place = ledger.reads.place(e.thread(), e.stamp(), e.message());
      rows.addAll(Deleting.rows(place.thread(), place.ref()));
      ledger.change(ledger.thread(e.thread()), place.page(), place.ref(), place.ref().gone());
    }
    return Outcome.done(ledger, new Event.Redacted(ledger.effect(), rows));
  }

  /**
   * Placements are in the order in which they were saved, so the first that is young ends the
   * search.
   */
  private static Outcome<Reply.Done> expire(Ledger ledger, long before) {
    var rows = new ArrayList<Long>();
    int junk = expire(ledger, "junk", ledger.header.retention().junkPage(), before, rows);
    int trash = expire(ledger, "trash", ledger.header.retention().trashPage(), before, rows);
    ledger.faces();
    return Outcome.done(ledger, new Event.Expired(ledger.effect(), rows, junk, trash));
  }

  private static int expire(Ledger ledger, String folder, int from, long before, List<Long> rows) {
    var old = new ArrayList<Placement>();
    int last = PlacementPage.of(Math.max(1, ledger.folder(folder).uidNext() - 1));
    int n = from;
    boolean young = false;
    while (true) {
      for (Placement p : ledger.reads.placements(folder, n).placements()) {
        young |= p.savedMillis() > before;
        if (p.savedMillis() <= before) {
          old.add(p);
        }
      }
      if (young || n == last) {
        break;
      }
      n++;
    }
    for (Placements.At at : Placements.messages(ledger, folder, old)) {
      var now = ledger.now(at.ref());
      var spots = new ArrayList<>(now.spots());
      spots.removeIf(s -> s.same(at.spot()));
      var after = now.with(spots);
      if (spots.isEmpty() && !after.erased()) {
        rows.addAll(Deleting.rows(ledger.reads.thread(at.thread()), after));
        after = after.gone();
      }
      ledger.change(ledger.thread(at.thread()), at.page(), at.ref(), after);
    }
    return n;
  }
}
