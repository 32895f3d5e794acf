package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.ThreadKind;
import io.mainstem.mailbox.state.Content;
import io.mainstem.mailbox.state.Fingerprint;
import io.mainstem.mailbox.state.Flags;
import io.mainstem.mailbox.state.Header;
import io.mainstem.mailbox.state.Header.Held;
import io.mainstem.mailbox.state.Header.Owed;
import io.mainstem.mailbox.state.IndexPage.Key;
import io.mainstem.mailbox.state.IndexShape;
import io.mainstem.mailbox.state.Item;
import io.mainstem.mailbox.state.Rate;
import io.mainstem.mailbox.state.Reads.Place;
import io.mainstem.mailbox.state.Recipient;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.mailbox.state.Standing;
import io.mainstem.mailbox.state.ThreadFace;
import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Hlc;
import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.ThreadId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The owner sends. */
final class Sending {
  /** The sender's key of the owner's own messages in the index of message ids. */
  static final String OWN = "own";

  private Sending() {}

  static Outcome<Reply.Sent> send(Ledger ledger, Command.Send c) {
    var limits = ledger.moment.limits();
    long now = ledger.moment.nowMillis();
    var id = c.id().value();
    var hash = hash(c);
    ledger.reads.need(needs(ledger, c));
    var same = ledger.reads.find(IndexShape.MESSAGES, id, k -> OWN.equals(k.sender()));
    if (same != null) {
      return repeat(ledger, same.key(), hash);
    }
    var copy = copyBefore(ledger, c);
    if (copy != null && c.alike() == null) {
      return look(ledger, c, copy);
    }
    if (Math.abs(c.id().millis() - now) > limits.idWindow().toMillis()) {
      throw new Rejected(Rule.INVALID, "the time in the message id is too far from now");
    }
    if (textBytes(c.message()) > limits.maxTextBytes()) {
      throw new Rejected(
          Rule.TOO_LARGE, "the text is longer than " + limits.maxTextBytes() + " bytes");
    }
    var rate = ledger.header.rate().at(now);
    if (rate.sends() >= limits.sendsPerHour()) {
      throw new Rejected(
          Rule.RATE_LIMITED, "more than " + limits.sendsPerHour() + " messages in an hour");
    }
    if (ledger.overQuota(c.message().sizeBytes())) {
      throw new Rejected(Rule.OVER_QUOTA, "the mailbox is full");
    }
    var target = target(ledger, c);
    var t = target.thread;
    boolean toSelf =
        c.recipients().stream().anyMatch(p -> Threading.isOwner(p, ledger.moment.owner()));
    var message = filled(c, target.recipients);
    var recipients = target.recipients;
    if (recipients.size() > limits.maxRecipients()) {
      throw new Rejected(Rule.INVALID, "more than " + limits.maxRecipients() + " recipients");
    }
    var joined = joined(ledger, t, recipients, target.people);
    int strangers = meet(ledger, t, recipients, joined.isEmpty());
    boolean held =
        strangers > 0 && rate.newRecipients() + strangers > limits.newRecipientsPerHour();
    var instead = copy == null ? null : giveWay(ledger, copy);
    var kept =
        store(ledger, t, c, message, hash, target, joined, held, toSelf, recipients, instead);
    var stored = kept.ref();
    var owed = recipients.isEmpty() || held ? null : owed(ledger, t.id, ledger.seq);
    var holding =
        held
            ? new Held(
                stored.id(), t.id, stored.stamp(), ledger.seq, rate.sinceMillis() + Rate.HOUR)
            : null;
    var newRate =
        new Rate(
            rate.sinceMillis(), rate.sends() + 1, rate.newRecipients() + (held ? 0 : strangers));
    var group = t.face.group() == null ? null : group(message.from(), t.face);
    var event = new Event.Sent(ledger.effect(), t.id, stored.id(), joined, owed, holding, newRate);
    return new Outcome<>(
        event,
        new Content(message, recipients, group, null, kept.form()),
        new Reply.Sent(
            new MessageId(stored.id()),
            new ThreadId(t.id),
            Outcome.cursor(ledger, ledger.seq),
            true,
            null,
            instead != null && instead.wasLast() ? new MessageId(instead.message()) : null));
  }

  /**
   * Some mail programs put their own copy into Sent first, and then send. What was sent takes its
   * place, if whoever has the bytes says that it says all that the copy says.
   */
  private static @Nullable Place copyBefore(Ledger ledger, Command.Send c) {
    var m = c.message();
    var known = c.alike();
    if (m.channel() != Channel.MAIL || m.raw() == null || known != null && !known.same()) {
      return null;
    }
    var place =
        known == null ? Arriving.named(ledger, m) : ledger.reads.message(known.message().value());
    return place != null && isCopy(place.ref()) ? place : null;
  }

  private static boolean isCopy(Ref ref) {
    return ref.own()
        && ref.origin() == 0
        && ref.channel() == Channel.MAIL
        && !ref.erased()
        && ref.in("sent") != null;
  }

  private static Outcome<Reply.Sent> look(Ledger ledger, Command.Send c, Place copy) {
    var spot = Objects.requireNonNull(copy.ref().in("sent"));
    return new Outcome<>(
        null,
        null,
        new Reply.Sent(
            c.id(),
            new ThreadId(copy.thread().id()),
            Outcome.cursor(ledger, ledger.header.covers()),
            false,
            new Reply.Copy(new MessageId(copy.ref().id()), FolderId.SENT, spot.uid()),
            null));
  }

  /** How a copy stood in Sent. @param wasLast it stands nowhere any more */
  private record Instead(String message, Spot spot, boolean wasLast) {}

  private static Instead giveWay(Ledger ledger, Place copy) {
    var ref = copy.ref();
    var spot = Objects.requireNonNull(ref.in("sent"));
    var spots = new ArrayList<>(ref.spots());
    spots.remove(spot);
    ledger.change(ledger.thread(copy.thread().id()), copy.page(), ref, ref.with(spots));
    return new Instead(ref.id(), spot, spots.isEmpty());
  }

  private static List<String> needs(Ledger ledger, Command.Send c) {
    var out = new ArrayList<>(ledger.reads.candidates(IndexShape.MESSAGES, c.id().value()));
    var messageId = c.message().headers().messageId();
    if (messageId != null) {
      out.addAll(ledger.reads.candidates(IndexShape.RFC_IDS, Threading.rfcKey(messageId)));
    }
    if (c.thread() != null) {
      out.add("t/" + c.thread().value());
    } else if (c.group() == null) {
      out.addAll(
          Threading.candidates(
              ledger.reads, c.message(), Threading.wanted(addressed(c), ledger.moment.owner())));
      for (Person p : c.recipients()) {
        out.addAll(ledger.reads.candidates(IndexShape.CONTACTS, Contacts.key(p)));
      }
    }
    return out;
  }

  static long textBytes(Message m) {
    var whole = m.longText();
    return whole != null
        ? whole.range().sizeBytes()
        : m.text().getBytes(StandardCharsets.UTF_8).length;
  }

  private static Outcome<Reply.Sent> repeat(Ledger ledger, Key key, String hash) {
    if (!hash.equals(key.hash()) || key.message() == null || key.thread() == null) {
      throw new Rejected(Rule.CONFLICT, "another message was sent with this id");
    }
    return new Outcome<>(
        null,
        null,
        Reply.Sent.of(
            new MessageId(key.message()),
            new ThreadId(key.thread()),
            Outcome.cursor(ledger, key.seq()),
            false));
  }

  private static String hash(Command.Send c) {
    var print =
        new Fingerprint()
            .add("send")
            .add(c.thread() == null ? null : c.thread().value())
            .add(c.group());
    return print.message(c.message()).people(c.recipients()).value();
  }

  /** The thread, who gets the message, and who of them are its people (not Bcc). */
  private record Target(
      ThreadLedger thread, List<Person> recipients, Set<String> people, @Nullable String answers) {}

  private static Target target(Ledger ledger, Command.Send c) {
    var owner = ledger.moment.owner();
    if (c.thread() != null) {
      var t = ledger.thread(c.thread().value());
      var to =
          c.recipients().isEmpty()
              ? answerTo(ledger, t)
              : Threading.people(owner, List.of(c.recipients()));
      return new Target(t, to, keys(to), null);
    }
    var recipients = Threading.people(owner, List.of(c.recipients()));
    if (c.group() != null) {
      var wanted = Threading.ofGroup(ledger.name("g"), c.group(), recipients);
      return new Target(create(ledger, wanted), recipients, keys(recipients), null);
    }
    if (c.recipients().isEmpty()) {
      throw new Rejected(Rule.INVALID, "a message needs a thread or somebody to go to");
    }
    var addressed = addressed(c);
    var wanted = Threading.wanted(addressed, owner);
    var found = Threading.find(ledger.reads, addressed, wanted);
    var t = found.thread() == null ? create(ledger, wanted) : ledger.thread(found.thread());
    var visible = Threading.people(owner, List.of(addressed.to(), addressed.cc()));
    return new Target(t, recipients, keys(visible), found.answers());
  }

  /** A message whose gateway named recipients only has them in To. */
  private static Message addressed(Command.Send c) {
    var m = c.message();
    return m.to().isEmpty() && m.cc().isEmpty()
        ? m.withPeople(m.from(), c.recipients(), m.cc())
        : m;
  }

  private static Set<String> keys(List<Person> people) {
    var out = new LinkedHashSet<String>();
    people.forEach(p -> out.add(p.key()));
    return out;
  }

  static ThreadLedger create(Ledger ledger, Threading.Wanted wanted) {
    var t = ledger.open(wanted.face());
    ledger.index(IndexShape.THREADS, new Key(wanted.key(), t.id, 0, null, 0, null, null, null));
    return t;
  }

  /**
   * People and groups: everybody; a list or topic: who wrote last, or whom he wants answers to go
   * to.
   */
  private static List<Person> answerTo(Ledger ledger, ThreadLedger t) {
    var kind = t.face.kind();
    if (kind == ThreadKind.PEOPLE || kind == ThreadKind.GROUP || t.before == null) {
      return t.face.people();
    }
    var recent = t.before.recent();
    for (int i = recent.size() - 1; i >= 0; i--) {
      Item item = recent.get(i);
      var content = item.ref().own() ? null : ledger.reads.content(t.before, item.ref());
      if (content != null) {
        var replyTo = content.headers().replyTo();
        return Threading.people(
            ledger.moment.owner(), List.of(replyTo.isEmpty() ? List.of(content.from()) : replyTo));
      }
    }
    return t.face.people();
  }

  private static Message filled(Command.Send c, List<Person> recipients) {
    var m = c.message();
    return m.to().isEmpty() && m.cc().isEmpty() ? m.withPeople(m.from(), recipients, m.cc()) : m;
  }

  /** Whom the owner writes to he knows; says how many he did not know before. */
  private static int meet(Ledger ledger, ThreadLedger t, List<Person> recipients, boolean met) {
    if (t.standing == Standing.KNOWN && met) {
      return 0;
    }
    var needed = new ArrayList<String>();
    recipients.forEach(
        p -> needed.addAll(ledger.reads.candidates(IndexShape.CONTACTS, Contacts.key(p))));
    ledger.reads.need(needed);
    int strangers = 0;
    for (Person p : recipients) {
      strangers += Contacts.put(ledger, p, Standing.KNOWN) ? 1 : 0;
    }
    if (t.before != null && t.standing != Standing.KNOWN) {
      Moves.welcome(ledger, t);
      t.newFace |= t.was.messages("requests") > 0 || t.was.messages("junk") > 0;
    }
    t.standing = Standing.KNOWN;
    return strangers;
  }

  /** Recipients whom the thread has no watermark for. */
  private static List<Recipient> joined(
      Ledger ledger, ThreadLedger t, List<Person> recipients, Set<String> people) {
    var out = new ArrayList<Recipient>();
    for (Person p : recipients) {
      if (t.before == null || t.before.recipient(p.key()) < 0) {
        out.add(new Recipient(p, people.contains(p.key()), ledger.seq, Long.MAX_VALUE, 0, 0, 0, 0));
      }
    }
    return out;
  }

  /** Places in the thread's table of recipients; empty when they are just its members. */
  private static List<Integer> places(
      ThreadLedger t, List<Recipient> joined, List<Person> recipients) {
    var table = new ArrayList<Recipient>(t.before == null ? List.of() : t.before.recipients());
    table.addAll(joined);
    var keys = keys(recipients);
    var out = new ArrayList<Integer>();
    boolean exactly = true;
    for (int i = 0; i < table.size(); i++) {
      var r = table.get(i);
      boolean gets = keys.contains(r.person().key());
      exactly &= gets == (r.member() && r.until() == Long.MAX_VALUE);
      if (gets) {
        out.add(i);
      }
    }
    return exactly ? List.of() : out;
  }

  /** A message as it is stored, and as mail. */
  private record Stored(Ref ref, @Nullable MailForm form) {}

  private static Stored store(
      Ledger ledger,
      ThreadLedger t,
      Command.Send c,
      Message message,
      String hash,
      Target target,
      List<Recipient> joined,
      boolean held,
      boolean toSelf,
      List<Person> recipients,
      @Nullable Instead instead) {
    long now = ledger.moment.nowMillis();
    long stamp = new Hlc(t.newest).next(now).packed();
    var wanted = c.id().value();
    boolean taken =
        ledger.reads.find(IndexShape.MESSAGES, wanted, k -> wanted.equals(k.message())) != null;
    var id = taken ? Arriving.newId(ledger, c.id()) : wanted;
    var folder = message.channel() == Channel.MAIL ? "sent" : "chats";
    var spots = new ArrayList<Spot>(2);
    int flags = instead == null ? Flags.SEEN : Flags.SEEN | instead.spot().flags();
    var keywords = instead == null ? List.<String>of() : instead.spot().keywords();
    spots.add(Spot.of(folder, ledger.uid(folder), flags, keywords, ledger.seq));
    if (toSelf && message.channel() == Channel.MAIL) {
      spots.add(Spot.of("inbox", ledger.uid("inbox"), Flags.SEEN, List.of(), ledger.seq));
    }
    var formed = Forms.of(ledger, t, message, stamp, id, null);
    var ref =
        new Ref(
            id,
            ledger.seq,
            stamp,
            message.channel(),
            true,
            held ? Header.HELD : ledger.seq,
            null,
            places(t, joined, recipients),
            formed.sizeBytes(),
            now,
            0,
            spots,
            held ? "burst-held" : null,
            target.answers,
            false,
            null);
    ledger.arrive(t, ref);
    ledger.index(
        IndexShape.MESSAGES, new Key(wanted, t.id, stamp, id, ledger.seq, OWN, hash, null));
    if (taken) {
      ledger.index(IndexShape.MESSAGES, new Key(id, t.id, stamp, id, ledger.seq, null, null, null));
    }
    Arriving.indexRfcId(ledger, t, message, ref);
    return new Stored(ref, formed.form());
  }

  /** The thread's row in the outbox with this message in it. */
  static Owed owed(Ledger ledger, String thread, long seq) {
    for (Owed o : ledger.header.outbox()) {
      if (o.thread().equals(thread)) {
        return new Owed(thread, o.from(), seq, o.edited());
      }
    }
    return new Owed(thread, seq, seq, null);
  }

  static Command.Group group(Person owner, ThreadFace face) {
    var group = face.group();
    var members = new ArrayList<>(face.people());
    members.add(owner);
    return new Command.Group(
        new ThreadId(group == null ? "none" : group),
        face.title() == null ? "" : face.title(),
        members);
  }
}
