package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.state.Effect;
import io.mainstem.mailbox.state.Effect.RefChange;
import io.mainstem.mailbox.state.Header.Erasure;
import io.mainstem.mailbox.state.Keys;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.mailbox.state.Standing;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import java.util.ArrayList;
import java.util.List;

/** Takes back what an entry did, where nothing later has touched it. */
final class Undoing {
  private Undoing() {}

  static Outcome<Reply.Done> undo(Ledger ledger, Command.Undo c) {
    if (c.seq() < 1 || c.seq() > ledger.header.covers()) {
      throw new Rejected(Rule.NOT_FOUND, "nothing has this sequence number");
    }
    var entry = ledger.reads.entry(c.seq());
    if (entry.atMillis() + ledger.moment.limits().undo().toMillis() < ledger.moment.nowMillis()) {
      throw new Rejected(Rule.NOT_UNDOABLE, "the time to undo this is over");
    }
    var event = entry.events().get((int) (c.seq() - entry.first()));
    var effect = undoable(event);
    revert(ledger, effect, c.seq());
    standings(ledger, event);
    if (ledger.isEmpty()) {
      return Outcome.nothing(ledger);
    }
    var kept = new ArrayList<Long>();
    if (event instanceof Event.Deleted d) {
      for (Erasure e : d.erasures()) {
        if (ledger.header.erasures().contains(e)) {
          kept.add(e.seq());
        }
      }
    }
    ledger.faces();
    return Outcome.done(ledger, new Event.Undone(ledger.effect(), c.seq(), kept));
  }

  private static Effect undoable(Event event) {
    return switch (event) {
      case Event.Moved e -> e.effect();
      case Event.Deleted e -> e.effect();
      case Event.Flagged e -> e.effect();
      case Event.ReadUpTo e -> e.effect();
      case Event.MarkedUnread e -> e.effect();
      case Event.Accepted e -> e.effect();
      case Event.Declined e -> e.effect();
      case Event.Placed e -> e.effect();
      default -> throw new Rejected(Rule.NOT_UNDOABLE, "this cannot be undone");
    };
  }

  private static void revert(Ledger ledger, Effect effect, long seq) {
    var threads = new ArrayList<String>();
    for (RefChange c : effect.refs()) {
      threads.add(Keys.thread(c.thread()));
    }
    ledger.reads.need(threads);
    for (RefChange c : effect.refs()) {
      var place = ledger.reads.place(c.thread(), c.ref().stamp(), c.ref().id());
      if (!place.ref().erased()) {
        var after = place.ref().with(reverted(ledger, c, place.ref(), seq));
        if (!after.equals(place.ref())) {
          ledger.change(ledger.thread(c.thread()), place.page(), place.ref(), after);
        }
      }
    }
  }

  private static List<Spot> reverted(Ledger ledger, RefChange c, Ref now, long seq) {
    boolean restore = restorable(c, now, seq);
    var spots = new ArrayList<Spot>();
    for (Spot s : now.spots()) {
      var left = s.asTouched();
      var old = c.before(left);
      if (left.modseq() == seq && old != null) {
        spots.add(s.with(old.flags(), old.keywords(), ledger.seq));
      } else if (left.modseq() != seq || !restore) {
        spots.add(s);
      }
    }
    for (Spot old : c.was()) {
      if (restore && c.left(old)) {
        var folder =
            ledger.header.folder(old.folder()) == null ? Moves.home(now.channel()) : old.folder();
        spots.add(Spot.of(folder, ledger.uid(folder), old.flags(), old.keywords(), ledger.seq));
      }
    }
    return spots;
  }

  /**
   * What was moved goes back while it stands where it was put; what was taken away comes back while
   * the message is as it was left.
   */
  private static boolean restorable(RefChange c, Ref now, long seq) {
    boolean placed = false;
    for (Spot s : c.ref().spots()) {
      if (s.modseq() == seq && c.before(s) == null) {
        placed = true;
        if (!stands(now, s, seq)) {
          return false;
        }
      }
    }
    if (!placed) {
      for (Spot s : now.spots()) {
        if (s.asTouched().modseq() > seq) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether this placement is still as the event left it, edits apart. */
  private static boolean stands(Ref now, Spot placed, long seq) {
    for (Spot s : now.spots()) {
      var left = s.asTouched();
      if (left.same(placed)) {
        return left.modseq() == seq;
      }
    }
    return false;
  }

  /**
   * People stand as they stood before they were accepted or declined, unless something else was
   * decided since.
   */
  private static void standings(Ledger ledger, Event event) {
    switch (event) {
      case Event.Accepted e -> standings(ledger, e.thread(), Standing.KNOWN, e.was(), e.were());
      case Event.Declined e -> standings(ledger, e.thread(), Standing.DECLINED, e.was(), e.were());
      default -> {}
    }
  }

  private static void standings(
      Ledger ledger, String thread, Standing set, Standing was, List<Standing> were) {
    var t = ledger.thread(thread);
    if (t.standing != set) {
      return;
    }
    if (was != set) {
      t.standing = was;
      t.newFace = true;
    }
    for (int i = 0; i < were.size() && i < t.face.people().size(); i++) {
      var person = t.face.people().get(i);
      if (Contacts.standing(ledger, person) == set) {
        Contacts.put(ledger, person, were.get(i));
      }
    }
  }
}
