package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Settings;
import io.mainstem.mailbox.ThreadKind;
import io.mainstem.mailbox.state.Header;
import io.mainstem.mailbox.state.Recipient;
import io.mainstem.mailbox.state.SettingsState;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.mailbox.state.Standing;
import io.mainstem.mailbox.state.ThreadFace;
import io.mainstem.mailbox.state.ThreadObject;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What the owner wants: settings, people, groups. */
final class Policy {
  static final int MAX_PAGE_KEYS = 64;
  static final int MAX_PAGE_KEY = 64;
  static final int MAX_PAGE_VALUE = 1024;
  static final int MAX_BLOCKED = 10_000;
  static final int MAX_RETENTION_DAYS = 36_500;

  private Policy() {}

  static Outcome<Reply.Done> settings(Ledger ledger, Command.ChangeSettings c) {
    var now = ledger.header.settings();
    var old = now.toSettings();
    var p = c.patch();
    var blocked = new TreeSet<>(old.blocked());
    blocked.addAll(p.block());
    blocked.removeAll(p.unblock());
    var settings =
        new Settings(
            p.channels() == null ? old.channels() : p.channels(),
            p.whoMayChat() == null ? old.whoMayChat() : p.whoMayChat(),
            p.receipts() == null ? old.receipts() : p.receipts(),
            p.screenMail() == null ? old.screenMail() : p.screenMail(),
            p.retentionDays() == null ? old.retentionDays() : p.retentionDays(),
            blocked,
            page(old.page(), p.page()));
    if (blocked.size() > MAX_BLOCKED) {
      throw new Rejected(Rule.INVALID, "more than " + MAX_BLOCKED + " people blocked");
    }
    if (settings.retentionDays() < 0 || settings.retentionDays() > MAX_RETENTION_DAYS) {
      throw new Rejected(Rule.INVALID, "retentionDays is 0 to " + MAX_RETENTION_DAYS);
    }
    var state = SettingsState.of(settings);
    return state.equals(now)
        ? Outcome.nothing(ledger)
        : Outcome.done(
            ledger, new Event.SettingsSet(state, Header.counts(ledger.header.totals(), state)));
  }

  /** An empty value takes a key away. */
  private static Map<String, String> page(Map<String, String> old, Map<String, String> changes) {
    var out = new LinkedHashMap<>(old);
    changes.forEach(
        (k, v) -> {
          if (k.isEmpty() || k.length() > MAX_PAGE_KEY || v.length() > MAX_PAGE_VALUE) {
            throw new Rejected(
                Rule.INVALID,
                "a key of page has 1 to "
                    + MAX_PAGE_KEY
                    + " characters, a value at most "
                    + MAX_PAGE_VALUE);
          }
          if (v.isEmpty()) {
            out.remove(k);
          } else {
            out.put(k, v);
          }
        });
    if (out.size() > MAX_PAGE_KEYS) {
      throw new Rejected(Rule.INVALID, "page has more than " + MAX_PAGE_KEYS + " keys");
    }
    return out;
  }

  static Outcome<Reply.Done> thread(Ledger ledger, Command.ChangeThread c) {
    var t = ledger.thread(c.thread().value());
    if (t.face.settings().equals(c.settings())) {
      return Outcome.nothing(ledger);
    }
    t.face(t.face.with(c.settings()));
    return Outcome.done(ledger, new Event.ThreadSet(ledger.effect(), t.id));
  }

  /** To accept a group is to accept the group, not each of its members. */
  private static List<Person> people(ThreadLedger t) {
    return t.face.kind() == ThreadKind.GROUP ? List.of() : t.face.people();
  }

  private static List<Standing> stand(Ledger ledger, ThreadLedger t, Standing standing) {
    var needed = new ArrayList<String>();
    people(t).forEach(p -> needed.addAll(ledger.reads.candidates("c", Contacts.key(p))));
    ledger.reads.need(needed);
    var were = new ArrayList<Standing>();
    for (Person p : people(t)) {
      were.add(Contacts.standing(ledger, p));
      Contacts.put(ledger, p, standing);
    }
    t.standing = standing;
    return were;
  }

  static Outcome<Reply.Done> accept(Ledger ledger, Command.Accept c) {
    var t = ledger.thread(c.thread().value());
    var was = t.standing;
    Moves.welcome(ledger, t);
    var were = stand(ledger, t, Standing.KNOWN);
    if (was == Standing.KNOWN && ledger.isEmpty()) {
      return Outcome.nothing(ledger);
    }
    ledger.faces();
    return Outcome.done(ledger, new Event.Accepted(ledger.effect(), t.id, was, were));
  }

  static Outcome<Reply.Done> decline(Ledger ledger, Command.Decline c) {
    var t = ledger.thread(c.thread().value());
    var was = t.standing;
    if (t.standsIn("requests") || t.standsIn("inbox") || t.standsIn("chats")) {
      Moves.all(
          ledger,
          t,
          (page, ref) -> ref.own() ? null : Moves.moved(ledger, ref, Policy::isOpen, "junk"));
    }
    var were = stand(ledger, t, Standing.DECLINED);
    if (was == Standing.DECLINED && ledger.isEmpty()) {
      return Outcome.nothing(ledger);
    }
    t.reason = "declined";
    ledger.faces();
    return Outcome.done(ledger, new Event.Declined(ledger.effect(), t.id, was, were));
  }

  private static boolean isOpen(Spot s) {
    return s.folder().equals("requests")
        || s.folder().equals("inbox")
        || s.folder().equals("chats");
  }

  static Outcome<Reply.Done> group(Ledger ledger, Command.ChangeGroup c) {
    var t = ledger.thread(c.thread().value());
    var before = t.before;
    if (t.face.kind() != ThreadKind.GROUP || before == null) {
      throw new Rejected(Rule.INVALID, "only a group has members to change");
    }
    var owner = ledger.moment.owner();
    var removed = new TreeSet<String>();
    c.remove().forEach(p -> removed.add(p.key()));
    var members = new ArrayList<Person>(t.face.people());
    members.removeIf(p -> removed.contains(p.key()));
    members.addAll(c.add());
    var people = Threading.people(owner, List.of(members));
    var title = c.title() == null ? t.face.title() : c.title();
    if (people.size() >= ledger.moment.limits().maxRecipients()) {
      throw new Rejected(
          Rule.INVALID,
          "a group has at most " + ledger.moment.limits().maxRecipients() + " members");
    }
    var face = new ThreadFace(ThreadKind.GROUP, title, people, t.face.group(), t.face.settings());
    if (face.equals(t.face)) {
      return Outcome.nothing(ledger);
    }
    t.face(face);
    return Outcome.done(
        ledger, new Event.GroupChanged(ledger.effect(), t.id, recipients(ledger, before, people)));
  }

  /** Members who left get nothing from now on; who comes back gets what is sent from now on. */
  private static List<Recipient> recipients(Ledger ledger, ThreadObject t, List<Person> people) {
    var keys = new TreeSet<String>();
    people.forEach(p -> keys.add(p.key()));
    var out = new ArrayList<Recipient>();
    for (Recipient r : t.recipients()) {
      boolean member = keys.remove(r.person().key());
      if (r.member() && !member && r.until() == Long.MAX_VALUE) {
        out.add(
            new Recipient(
                r.person(),
                true,
                r.since(),
                ledger.seq,
                t.owed(r),
                r.handed(),
                r.delivered(),
                r.read()));
      } else if (member && (!r.member() || r.until() != Long.MAX_VALUE)) {
        out.add(
            new Recipient(
                r.person(),
                true,
                ledger.seq,
                Long.MAX_VALUE,
                r.sent(),
                r.handed(),
                r.delivered(),
                r.read()));
      } else {
        out.add(r);
      }
    }
    return out;
  }
}
