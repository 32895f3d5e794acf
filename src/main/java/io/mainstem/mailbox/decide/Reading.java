package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.state.Flags;
import io.mainstem.mailbox.state.Header.Arrival;
import io.mainstem.mailbox.state.Header.Receipt;
import io.mainstem.mailbox.state.PageCount;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import java.util.ArrayList;
import java.util.List;

/** What the owner has seen. */
final class Reading {
  private Reading() {}

  static Outcome<Reply.Done> read(Ledger ledger, Command.Read c) {
    if (c.upTo() > ledger.header.covers()) {
      throw new Rejected(Rule.INVALID, "nothing has this sequence number yet");
    }
    var t = ledger.thread(c.thread().value());
    boolean onlyHidden = t.was.messages("*") == 0;
    var pages = new ArrayList<Integer>();
    if (onlyHidden) {
      pages.addAll(ledger.reads.pages(t.id, t.was));
    } else {
      for (PageCount p : t.was.unreadPages()) {
        pages.add(p.page());
      }
    }
    var seen = new Receipts();
    boolean[] any = {false};
    Moves.each(
        ledger,
        t,
        pages,
        (page, ref) -> {
          var after = ref.seq() <= c.upTo() && !ref.own() ? seen(ledger, ref, onlyHidden) : ref;
          any[0] |= !after.equals(ref);
          seen.see(after);
          return after;
        });
    if (!any[0]) {
      return Outcome.nothing(ledger);
    }
    var receipts = seen.receipts(ledger, t);
    return Outcome.done(ledger, new Event.ReadUpTo(ledger.effect(), t.id, c.upTo(), receipts));
  }

  private static Ref seen(Ledger ledger, Ref ref, boolean hidden) {
    var spots = new ArrayList<Spot>(ref.spots().size());
    for (Spot s : ref.spots()) {
      spots.add(
          s.has(Flags.SEEN) || s.hidden() && !hidden
              ? s
              : s.with(s.flags() | Flags.SEEN, s.keywords(), ledger.seq));
    }
    return ref.with(spots);
  }

  static Outcome<Reply.Done> unread(Ledger ledger, Command.Unread c) {
    var t = ledger.thread(c.thread().value());
    var from = ledger.reads.message(c.from().value());
    if (!from.thread().id().equals(t.id)) {
      throw new Rejected(Rule.NOT_FOUND, "there is no such message in this thread");
    }
    var first = from.ref();
    boolean[] any = {false};
    var all = ledger.reads.pages(t.id, t.was);
    Moves.each(
        ledger,
        t,
        all.subList(all.indexOf(from.page()), all.size()),
        (page, ref) -> {
          if (ref.own() || Ref.compare(ref.stamp(), ref.id(), first.stamp(), first.id()) < 0) {
            return null;
          }
          var spots = new ArrayList<Spot>(ref.spots().size());
          for (Spot s : ref.spots()) {
            spots.add(
                s.has(Flags.SEEN) && !s.hidden()
                    ? s.with(s.flags() & ~Flags.SEEN, s.keywords(), ledger.seq)
                    : s);
          }
          var after = ref.with(spots);
          any[0] |= !after.equals(ref);
          return after;
        });
    return any[0]
        ? Outcome.done(ledger, new Event.MarkedUnread(ledger.effect(), t.id))
        : Outcome.nothing(ledger);
  }

  static Outcome<Reply.Done> handed(Ledger ledger, Command.Handed c) {
    long upTo = Math.min(c.upTo(), ledger.header.covers());
    var receipts = new ArrayList<Receipt>();
    for (Arrival a : ledger.header.arrivals()) {
      if (a.seq() <= upTo) {
        receipts.add(new Receipt(a.sender(), a.senderThread(), a.origin(), 0));
      }
    }
    if (receipts.isEmpty()) {
      return Outcome.nothing(ledger);
    }
    return Outcome.done(ledger, new Event.HandedUpTo(upTo, List.copyOf(receipts)));
  }
}
