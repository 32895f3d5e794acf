package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.state.Flags;
import io.mainstem.mailbox.state.Header.Erasure;
import io.mainstem.mailbox.state.Keys;
import io.mainstem.mailbox.state.PlacementPage;
import io.mainstem.mailbox.state.PlacementPage.Placement;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Spot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Placements named by folder and UID. */
final class Placements {
  private Placements() {}

  /** A placement, and the message that it is one of as it stands by now. */
  record At(String thread, int page, Ref ref, Spot spot) {}

  /**
   * Those of these UIDs that exist, ascending; a message that this decision has changed already is
   * given as changed.
   */
  static List<At> find(Ledger ledger, String folder, Collection<Integer> uids) {
    var f = ledger.folder(folder);
    var sorted = new TreeSet<>(uids);
    var keys = new TreeSet<String>();
    for (int uid : sorted) {
      if (uid > 0 && uid < f.uidNext()) {
        keys.add(Keys.placements(folder, uid));
      }
    }
    ledger.reads.need(keys);
    var found = new ArrayList<Placement>();
    for (int uid : sorted) {
      if (uid > 0 && uid < f.uidNext()) {
        var page = ledger.reads.placements(folder, PlacementPage.of(uid)).placements();
        int i = PlacementPage.find(page, uid);
        if (i >= 0) {
          found.add(page.get(i));
        }
      }
    }
    return messages(ledger, folder, found);
  }

  /** All of a folder, page by page. */
  static List<At> all(Ledger ledger, String folder) {
    return messages(ledger, folder, placements(ledger, folder));
  }

  static List<Placement> placements(Ledger ledger, String folder) {
    var f = ledger.folder(folder);
    int pages = f.uidNext() == 1 ? 0 : PlacementPage.of(f.uidNext() - 1) + 1;
    var keys = new ArrayList<String>();
    for (int n = 0; n < pages; n++) {
      keys.add("p/" + folder + '/' + n);
    }
    ledger.reads.need(keys);
    var out = new ArrayList<Placement>();
    for (int n = 0; n < pages; n++) {
      out.addAll(ledger.reads.placements(folder, n).placements());
    }
    return out;
  }

  static List<At> messages(Ledger ledger, String folder, List<Placement> placements) {
    ledger.reads.need(placements.stream().map(p -> Keys.thread(p.thread())).distinct().toList());
    var pages = new TreeSet<String>();
    for (Placement p : placements) {
      int page =
          ledger.reads.pageOf(
              p.thread(), ledger.reads.thread(p.thread()).state(), p.stamp(), p.message());
      pages.add(Keys.page(Keys.history(p.thread()), page));
    }
    ledger.reads.need(pages);
    var out = new ArrayList<At>(placements.size());
    for (Placement p : placements) {
      var place = ledger.reads.place(p.thread(), p.stamp(), p.message());
      for (Spot s : place.ref().spots()) {
        if (s.folder().equals(folder) && s.uid() == p.uid()) {
          out.add(new At(p.thread(), place.page(), place.ref(), s));
        }
      }
    }
    return out;
  }

  /** COPY and MOVE (RFC 9051 §6.4.7, §6.4.8). */
  static Outcome<Reply.Placed> place(Ledger ledger, Command.Place c) {
    var to = ledger.folder(c.to().value()).id();
    var found = find(ledger, c.from().value(), c.uids());
    var uids = new ArrayList<Integer>(found.size());
    for (At at : found) {
      var now = ledger.now(at.ref());
      var spots = new ArrayList<Spot>();
      for (Spot s : now.spots()) {
        if (!c.move() || !s.same(at.spot())) {
          spots.add(s);
        }
      }
      int uid = ledger.uid(to);
      uids.add(uid);
      spots.add(Spot.of(to, uid, at.spot().flags(), at.spot().keywords(), ledger.seq));
      ledger.change(ledger.thread(at.thread()), at.page(), at.ref(), now.with(spots));
    }
    int validity = ledger.folder(to).uidValidity();
    if (found.isEmpty()) {
      return new Outcome<>(
          null,
          null,
          new Reply.Placed(
              validity,
              List.of(),
              List.of(),
              Outcome.cursor(ledger, ledger.header.covers()),
              false));
    }
    ledger.faces();
    return new Outcome<>(
        new Event.Placed(ledger.effect(), c.from().value(), to, c.move()),
        null,
        new Reply.Placed(
            validity,
            found.stream().map(at -> at.spot().uid()).toList(),
            uids,
            Outcome.cursor(ledger, ledger.seq),
            true));
  }

  /** EXPUNGE and UID EXPUNGE (RFC 9051 §6.4.3, §6.4.9): only what is \Deleted. */
  static Outcome<Reply.Done> expunge(Ledger ledger, Command.Expunge c) {
    var found =
        c.uids().isEmpty()
            ? deleted(ledger, c.folder().value())
            : find(ledger, c.folder().value(), c.uids());
    var erasures = new ArrayList<Erasure>();
    for (At at : found) {
      if (at.spot().has(Flags.DELETED)) {
        var now = ledger.now(at.ref());
        var spots = new ArrayList<Spot>();
        for (Spot s : now.spots()) {
          if (!s.same(at.spot())) {
            spots.add(s);
          }
        }
        var after = now.with(spots);
        ledger.change(ledger.thread(at.thread()), at.page(), at.ref(), after);
        if (spots.isEmpty() && !after.erased()) {
          erasures.add(Deleting.later(ledger, at.thread(), after));
        }
      }
    }
    if (ledger.isEmpty()) {
      return Outcome.nothing(ledger);
    }
    ledger.faces();
    return Outcome.done(ledger, new Event.Deleted(ledger.effect(), erasures));
  }

  private static List<At> deleted(Ledger ledger, String folder) {
    var found = new ArrayList<Placement>();
    for (Placement p : placements(ledger, folder)) {
      if ((p.flags() & Flags.DELETED) != 0) {
        found.add(p);
      }
    }
    return messages(ledger, folder, found);
  }
}
