package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.state.Delivery;
import io.mainstem.mailbox.state.Failure;
import io.mainstem.mailbox.state.Header;
import io.mainstem.mailbox.state.Header.Erasure;
import io.mainstem.mailbox.state.Reads;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.mailbox.state.ThreadObject;
import java.util.ArrayList;
import java.util.List;

/** Messages go to Trash, go for good, or lose what they say. */
final class Deleting {
  private Deleting() {}

  /** To Trash; what is in Trash already, for good. */
  static Outcome<Reply.Done> delete(Ledger ledger, Command.Delete c) {
    var place = ledger.reads.message(c.message().value());
    var ref = place.ref();
    if (ref.spots().isEmpty()) {
      return Outcome.nothing(ledger);
    }
    var t = ledger.thread(place.thread().id());
    var erasures = new ArrayList<Erasure>();
    var moved = Moves.moved(ledger, ref, s -> !s.folder().equals("trash"), "trash");
    if (moved == null) {
      moved = ref.with(List.of());
      if (!ref.erased()) {
        erasures.add(later(ledger, t.id, ref));
      }
    }
    ledger.change(t, place.page(), ref, moved);
    ledger.faces();
    return Outcome.done(ledger, new Event.Deleted(ledger.effect(), erasures));
  }

  static Erasure later(Ledger ledger, String thread, Ref ref) {
    return new Erasure(
        ref.seq(),
        ref.id(),
        thread,
        ref.stamp(),
        ledger.moment.nowMillis() + ledger.moment.limits().undo().toMillis());
  }

  /** Rows whose bodies say what this message says. */
  static List<Long> rows(ThreadObject t, Ref ref) {
    var out = new ArrayList<Long>();
    out.add(ref.seq());
    if (ref.own() && ref.origin() > ref.seq() && ref.origin() != Header.HELD) {
      out.add(ref.origin()); // it was held back, and said again when it went out
    }
    if (ref.contentRow() != ref.seq()) {
      out.add(ref.contentRow());
    }
    for (Failure f : t.failures()) {
      if (f.message().equals(ref.id()) && f.retried() > 0 && !out.contains(f.retried())) {
        out.add(f.retried());
      }
    }
    return out;
  }

  static Outcome<Reply.Done> erase(Ledger ledger, Command.Erase c) {
    var place = ledger.reads.message(c.message().value());
    var ref = place.ref();
    if (ref.erased()) {
      return Outcome.nothing(ledger);
    }
    var t = ledger.thread(place.thread().id());
    ledger.change(t, place.page(), ref, touched(ledger, ref).gone());
    var failures = new ArrayList<Failure>();
    var marks = new ArrayList<Event.Mark>();
    undelivered(ledger, place, failures, marks);
    return Outcome.done(
        ledger, new Event.Erased(ledger.effect(), rows(place.thread(), ref), failures, marks));
  }

  /** Placements whose content is gone have changed (RFC 7162 §3.1). */
  private static Ref touched(Ledger ledger, Ref ref) {
    var spots = new ArrayList<Spot>();
    for (Spot s : ref.spots()) {
      spots.add(s.with(s.flags(), s.keywords(), ledger.seq));
    }
    return ref.with(spots);
  }

  /** Whom it was not handed to yet never gets it; the watermark of each moves over it. */
  private static void undelivered(
      Ledger ledger, Reads.Place place, List<Failure> failures, List<Event.Mark> marks) {
    var t = place.thread();
    var ref = place.ref();
    for (int i = 0; i < t.recipients().size(); i++) {
      var r = t.recipients().get(i);
      boolean gets = ref.own() && ref.origin() > 0 && r.gets(ref, i);
      if (!gets || Delivery.row(t, ref, r) <= r.handed()) {
        continue;
      }
      if (Delivery.origin(t, ref, r) > r.handed()) {
        failures.add(
            new Failure(
                ref.id(),
                ref.seq(),
                t.id(),
                r.person(),
                "erased before it was handed over",
                ledger.seq,
                ledger.moment.nowMillis(),
                0));
      }
      var after = Outbound.skip(ledger, t, i, r, ref.id());
      marks.add(new Event.Mark(t.id(), i, after, null, null, null));
    }
    if (!marks.isEmpty()) {
      var recipients = new ArrayList<>(t.recipients());
      marks.forEach(m -> recipients.set(m.index(), m.recipient()));
      var owed = Outbound.owed(ledger, t, recipients);
      marks.replaceAll(m -> new Event.Mark(m.thread(), m.index(), m.recipient(), null, null, owed));
    }
  }
}
