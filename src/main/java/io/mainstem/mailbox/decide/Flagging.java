package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Command.FlagsMode;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.state.Flags;
import io.mainstem.mailbox.state.Header.Receipt;
import io.mainstem.mailbox.state.PageCount;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Spot;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Flags and keywords, of a message or of single placements. */
final class Flagging {
  private Flagging() {}

  static Outcome<Reply.Done> set(Ledger ledger, Command.SetFlags c) {
    var place = ledger.reads.message(c.message().value());
    var t = ledger.thread(place.thread().id());
    var after = place.ref();
    for (Spot s : place.ref().spots()) {
      var now =
          changed(ledger, changed(ledger, s, c.add(), FlagsMode.ADD), c.remove(), FlagsMode.REMOVE);
      boolean same = now.flags() == s.flags() && now.keywords().equals(s.keywords());
      after = same ? after : with(after, s, now);
    }
    if (after.equals(place.ref())) {
      return Outcome.nothing(ledger);
    }
    ledger.change(t, place.page(), place.ref(), after);
    return Outcome.done(
        ledger,
        flagged(
            ledger, List.copyOf(new TreeSet<>(c.add())), List.copyOf(new TreeSet<>(c.remove()))));
  }

  /**
   * STORE (RFC 9051 §6.4.6); what changed since {@code unchangedSince} is left alone (RFC 7162
   * §3.1.3).
   */
  static Outcome<Reply.Stored> store(Ledger ledger, Command.StoreFlags c) {
    var spots = Placements.find(ledger, c.folder().value(), c.uids());
    var removed = new TreeSet<String>();
    var modified = new ArrayList<Integer>();
    for (Placements.At at : spots) {
      var spot = at.spot();
      if (c.unchangedSince() > 0 && spot.modseq() > c.unchangedSince()) {
        modified.add(spot.uid());
        continue;
      }
      var now = changed(ledger, spot, c.flags(), c.mode());
      if (!now.equals(spot)) {
        Flags.words(spot.flags() & ~now.flags(), List.of()).forEach(removed::add);
        spot.keywords().stream().filter(k -> !now.keywords().contains(k)).forEach(removed::add);
        ledger.change(
            ledger.thread(at.thread()), at.page(), at.ref(), with(ledger.now(at.ref()), spot, now));
      }
    }
    if (ledger.isEmpty()) {
      return new Outcome<>(
          null,
          null,
          new Reply.Stored(modified, Outcome.cursor(ledger, ledger.header.covers()), false));
    }
    var added = c.mode() == FlagsMode.REMOVE ? Set.<String>of() : c.flags();
    return new Outcome<>(
        flagged(ledger, List.copyOf(new TreeSet<>(added)), List.copyOf(removed)),
        null,
        new Reply.Stored(modified, Outcome.cursor(ledger, ledger.seq), true));
  }

  private static Event flagged(Ledger ledger, List<String> added, List<String> removed) {
    var receipts = new ArrayList<Receipt>();
    if (added.stream().anyMatch(f -> (Flags.bits(Set.of(f)) & Flags.SEEN) != 0)) {
      for (ThreadLedger t : ledger.threads()) {
        receipts.addAll(receipts(ledger, t));
      }
    }
    return new Event.Flagged(ledger.effect(), added, removed, receipts);
  }

  private static List<Receipt> receipts(Ledger ledger, ThreadLedger t) {
    var seen = new Receipts();
    var pages = new TreeSet<Integer>();
    for (PageCount p : t.was.unreadPages()) {
      pages.add(p.page());
    }
    for (var page : ledger.reads.histories(t.id, pages)) {
      for (Ref ref : page.refs()) {
        seen.see(ledger.now(ref));
      }
    }
    return seen.receipts(ledger, t);
  }

  static Ref with(Ref ref, Spot old, Spot now) {
    if (old.equals(now)) {
      return ref;
    }
    var out = new ArrayList<Spot>(ref.spots().size());
    for (Spot s : ref.spots()) {
      out.add(s.same(old) ? now : s);
    }
    return ref.with(out);
  }

  static Spot changed(Ledger ledger, Spot spot, Set<String> flags, FlagsMode mode) {
    int bits = Flags.bits(flags);
    var words = Arriving.keywords(ledger, flags);
    var keywords = new TreeSet<>(spot.keywords());
    int now;
    switch (mode) {
      case SET -> {
        now = bits;
        keywords.clear();
        keywords.addAll(words);
      }
      case ADD -> {
        now = spot.flags() | bits;
        keywords.addAll(words);
      }
      case REMOVE -> {
        now = spot.flags() & ~bits;
        words.forEach(keywords::remove);
      }
      default -> throw new IllegalStateException();
    }
    Arriving.keywords(ledger, keywords);
    var list = List.copyOf(keywords);
    return now == spot.flags() && list.equals(spot.keywords())
        ? spot
        : spot.with(now, list, ledger.seq);
  }
}
