package io.mainstem.mailbox.decide;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.ThreadKind;
import io.mainstem.mailbox.state.Content;
import io.mainstem.mailbox.state.Fingerprint;
import io.mainstem.mailbox.state.Flags;
import io.mainstem.mailbox.state.Header.Arrival;
import io.mainstem.mailbox.state.Header.Erasure;
import io.mainstem.mailbox.state.IndexPage.Key;
import io.mainstem.mailbox.state.IndexShape;
import io.mainstem.mailbox.state.Reads.Place;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Revision;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.mailbox.state.Standing;
import io.mainstem.mailbox.state.ThreadFace;
import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.ThreadId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A message arrives, or is put into a folder as it is. */
final class Arriving {
  /** A stamp further ahead than this is refused. */
  static final long MAX_AHEAD_MILLIS = 5_000;

  /** The sender's key of mail from outside: its id is a hash of its bytes and envelope already. */
  static final String OUTSIDE = "smtp";

  private Arriving() {}

  static Outcome<Reply.Delivered> deliver(Ledger ledger, Command.Deliver c) {
    var owner = ledger.moment.owner();
    var m = c.message();
    var id = c.id().value();
    var hash = new Fingerprint().add("deliver").message(m).value();
    var wanted = wanted(ledger, c);
    var needed = new ArrayList<>(ledger.reads.candidates(IndexShape.MESSAGES, id));
    needed.addAll(Threading.candidates(ledger.reads, m, wanted));
    ledger.reads.need(needed);
    boolean fromOwner = c.sender().equals("u:" + owner.value());
    var same =
        ledger.reads.find(
            IndexShape.MESSAGES,
            id,
            k -> c.sender().equals(k.sender()) || fromOwner && Sending.OWN.equals(k.sender()));
    if (same != null) {
      return repeat(ledger, c, same.key(), hash, fromOwner);
    }
    if (c.stamp().millis() > ledger.moment.nowMillis() + MAX_AHEAD_MILLIS) {
      throw new Rejected(Rule.BUSY, "the stamp of the message is too far ahead of the clock");
    }
    if (ledger.overQuota(m.sizeBytes())) {
      throw new Rejected(Rule.OVER_QUOTA, "the mailbox is full");
    }
    var found =
        c.group() != null || c.claims() != null
            ? new Threading.Found(threadOf(ledger, wanted.key()), wanted, null)
            : Threading.find(ledger.reads, m, wanted);
    var t = found.thread() == null ? Sending.create(ledger, wanted) : ledger.thread(found.thread());
    refreshGroup(t, c.group(), wanted);
    var standing = standing(ledger, t, m.from());
    var place = Strangers.folder(ledger, m, c.claims() != null, standing, t);
    boolean taken = ledger.reads.find(IndexShape.MESSAGES, id, k -> id.equals(k.message())) != null;
    var stored = taken ? newId(ledger, c.id()) : id;
    var origin = c.origin();
    var edit = c.edit();
    var formed =
        Forms.of(ledger, t, m, c.stamp().packed(), stored, edit == null ? null : edit.number());
    var ref =
        new Ref(
            stored,
            ledger.seq,
            c.stamp().packed(),
            m.channel(),
            false,
            origin == null ? 0 : origin.seq(),
            origin == null ? null : origin.sender().value(),
            List.of(),
            formed.sizeBytes(),
            ledger.moment.nowMillis(),
            0,
            List.of(Spot.of(place.id(), ledger.uid(place.id()), 0, List.of(), ledger.seq)),
            place.reason(),
            found.answers(),
            false,
            edit == null ? null : new Revision(edit.number(), ledger.seq, edit.atMillis()));
    ledger.arrive(t, ref);
    if (place.id().equals("requests") || place.id().equals("junk")) {
      t.reason = place.reason();
    }
    if (standing == Standing.KNOWN
        && t.face.kind() == ThreadKind.PEOPLE
        && t.face.people().size() == 1) {
      t.standing = Standing.KNOWN;
    }
    ledger.index(
        IndexShape.MESSAGES,
        new Key(id, t.id, ref.stamp(), stored, ledger.seq, c.sender(), hash, null));
    if (taken) {
      ledger.index(
          IndexShape.MESSAGES,
          new Key(stored, t.id, ref.stamp(), stored, ledger.seq, null, null, null));
    }
    indexRfcId(ledger, t, m, ref);
    boolean told = origin != null && !place.id().equals("requests") && !place.id().equals("junk");
    var from =
        origin != null
            ? new Arrival(
                t.id, origin.sender().value(), origin.thread().value(), origin.seq(), ledger.seq)
            : null;
    return new Outcome<>(
        new Event.Delivered(ledger.effect(), t.id, stored, from, told),
        Content.of(m, formed.form()),
        new Reply.Delivered(
            new MessageId(stored),
            new ThreadId(t.id),
            new FolderId(place.id()),
            Outcome.cursor(ledger, ledger.seq),
            true,
            Strangers.silent(place.reason()),
            Outcome.generation(ledger)));
  }

  private static Threading.Wanted wanted(Ledger ledger, Command.Deliver c) {
    var owner = ledger.moment.owner();
    if (c.claims() != null) {
      return Threading.ofClaim(c.message(), c.claims(), owner);
    }
    var group = c.group();
    return group == null
        ? Threading.wanted(c.message(), owner)
        : Threading.ofGroup(
            group.id().value(), group.title(), Threading.people(owner, List.of(group.members())));
  }

  private static @Nullable String threadOf(Ledger ledger, String key) {
    var found = ledger.reads.find(IndexShape.THREADS, key, k -> true);
    return found == null ? null : found.key().thread();
  }

  /** A group's title and members come with its messages. */
  private static void refreshGroup(
      ThreadLedger t, Command.@Nullable Group group, Threading.Wanted wanted) {
    if (group != null && t.before != null) {
      var now = wanted.face();
      if (!group.title().equals(t.face.title()) || !now.people().equals(t.face.people())) {
        t.face(
            new ThreadFace(
                ThreadKind.GROUP, group.title(), now.people(), t.face.group(), t.face.settings()));
      }
    }
  }

  private static Standing standing(Ledger ledger, ThreadLedger t, Person from) {
    if (Threading.isOwner(from, ledger.moment.owner()) || t.standing == Standing.KNOWN) {
      return Standing.KNOWN;
    }
    if (t.standing == Standing.DECLINED) {
      return Standing.DECLINED;
    }
    ledger.reads.need(ledger.reads.candidates(IndexShape.CONTACTS, Contacts.key(from)));
    return Contacts.standing(ledger, from);
  }

  private static Outcome<Reply.Delivered> repeat(
      Ledger ledger, Command.Deliver c, Key key, String hash, boolean fromOwner) {
    if (key.message() == null || key.thread() == null) {
      throw conflict();
    }
    var place = ledger.reads.place(key.thread(), key.stamp(), key.message());
    if (c.edit() != null) {
      return Editing.arrive(ledger, c, c.edit(), place);
    }
    boolean own = Sending.OWN.equals(key.sender());
    boolean hashed = OUTSIDE.equals(key.sender());
    // An edit that came before the message left its own fingerprint.
    boolean edited = place.ref().revision() != null;
    if (!hashed && !(own && fromOwner) && !edited && !hash.equals(key.hash())) {
      throw conflict();
    }
    return there(ledger, place, key.seq());
  }

  private static Rejected conflict() {
    return new Rejected(Rule.CONFLICT, "another message came from this sender with this id");
  }

  /** What is said of a message that is here; the row tells until when that is known. */
  static Outcome<Reply.Delivered> there(Ledger ledger, Place place, long row) {
    var ref = place.ref();
    var folder = ref.spots().isEmpty() ? FolderId.TRASH : new FolderId(ref.spots().get(0).folder());
    return new Outcome<>(
        null,
        null,
        new Reply.Delivered(
            new MessageId(ref.id()),
            new ThreadId(place.thread().id()),
            folder,
            Outcome.cursor(ledger, row),
            false,
            Strangers.silent(ref.reason()),
            Outcome.generation(ledger)));
  }

  /** An id of the same time for the later of two messages whose senders chose alike. */
  static String newId(Ledger ledger, MessageId like) {
    long chance = Long.parseUnsignedLong(ledger.name(""), 36);
    return MessageId.of(like.millis(), chance >>> 48, chance * 0x9E3779B97F4A7C15L).value();
  }

  static void indexRfcId(Ledger ledger, ThreadLedger t, Message m, Ref ref) {
    var messageId = m.headers().messageId();
    if (messageId != null) {
      var key = Threading.rfcKey(messageId);
      ledger.reads.need(ledger.reads.candidates(IndexShape.RFC_IDS, key));
      // What was sent stands before a copy of it, and that before a draft; all may have one
      // Message-ID.
      boolean sent = ref.own() && ref.origin() != 0;
      boolean copy = ref.own() && ref.in(FolderId.SENT.value()) != null;
      var known = sent ? null : named(ledger, m);
      if (known == null || copy && known.ref().origin() == 0) {
        ledger.index(
            IndexShape.RFC_IDS,
            new Key(key, t.id, ref.stamp(), ref.id(), ref.seq(), null, null, null));
      }
    }
  }

  static Outcome<Reply.Appended> append(Ledger ledger, Command.Append c) {
    var owner = ledger.moment.owner();
    var m = c.message();
    var folder = ledger.folder(c.folder().value());
    if (m.channel() == Channel.MAIL
        && c.contentHash() == null
        && folder.id().equals(FolderId.CHATS.value())) {
      throw new Rejected(Rule.NOT_PERMITTED, "a chat is sent, not put here");
    }
    var wanted = Threading.wanted(m, owner);
    var needed = new ArrayList<>(Threading.candidates(ledger.reads, m, wanted));
    needed.addAll(ledger.reads.candidates(IndexShape.MESSAGES, c.id().value()));
    var content = c.contentHash() == null ? null : Fingerprint.of("import", c.contentHash());
    if (content != null) {
      needed.addAll(ledger.reads.candidates(IndexShape.IMPORTS, content));
    }
    ledger.reads.need(needed);
    if (content != null) {
      var same = imported(ledger, content, k -> isFor(k, folder.id()));
      if (same != null) {
        return again(ledger, same);
      }
      var elsewhere = imported(ledger, content, k -> true);
      if (elsewhere != null) {
        return alsoHere(ledger, c, elsewhere, content);
      }
      var alike = alike(ledger, c);
      if (alike != null) {
        return alike;
      }
    }
    var sent = content == null ? copyOfSent(ledger, c) : null;
    if (sent != null) {
      return sent;
    }
    boolean taken =
        ledger.reads.find(
                IndexShape.MESSAGES, c.id().value(), k -> c.id().value().equals(k.message()))
            != null;
    if (taken && content == null) {
      throw new Rejected(Rule.CONFLICT, "there is a message with this id");
    }
    // An import's id is made of its content: that of a message which was deleted since is taken.
    var id = taken ? new MessageId(newId(ledger, c.id())) : c.id();
    var erasures = new ArrayList<Erasure>(0);
    if (c.replaces() != null) {
      replace(ledger, c.replaces(), erasures);
    }
    if (ledger.overQuota(m.sizeBytes())) {
      throw new Rejected(Rule.OVER_QUOTA, "the mailbox is full");
    }
    var keywords = keywords(ledger, c.flags());
    var found = Threading.find(ledger.reads, m, wanted);
    var t = found.thread() == null ? Sending.create(ledger, wanted) : ledger.thread(found.thread());
    boolean own = Threading.isOwner(m.from(), owner);
    long received = Math.min(c.receivedMillis(), ledger.moment.nowMillis());
    int uid = c.waits() ? 0 : ledger.uid(folder.id());
    var spots =
        c.waits()
            ? List.<Spot>of()
            : List.of(Spot.of(folder.id(), uid, Flags.bits(c.flags()), keywords, ledger.seq));
    long stamp = Hlc.ofMillis(Math.max(0, received)).packed();
    var formed = Forms.of(ledger, t, m, stamp, id.value(), null);
    var ref =
        new Ref(
            id.value(),
            ledger.seq,
            stamp,
            m.channel(),
            own,
            0,
            null,
            List.of(),
            formed.sizeBytes(),
            received,
            c.zoneMinutes(),
            spots,
            null,
            found.answers(),
            false,
            null);
    ledger.arrive(t, ref);
    ledger.index(
        IndexShape.MESSAGES,
        new Key(ref.id(), t.id, ref.stamp(), ref.id(), ledger.seq, null, null, null));
    if (content != null) {
      ledger.index(
          IndexShape.IMPORTS,
          new Key(content, t.id, ref.stamp(), ref.id(), ledger.seq, folder.id(), null, null));
    }
    indexRfcId(ledger, t, m, ref);
    if (c.waits()) {
      erasures.add(Deleting.later(ledger, t.id, ref));
    }
    return new Outcome<>(
        new Event.Appended(ledger.effect(), t.id, ref.id(), erasures),
        Content.of(m, formed.form()),
        new Reply.Appended(
            id,
            new ThreadId(t.id),
            c.folder(),
            folder.uidValidity(),
            uid,
            Outcome.cursor(ledger, ledger.seq),
            true,
            false));
  }

  /** What a new message takes the place of goes with it (RFC 8508). */
  private static void replace(Ledger ledger, Command.Replaced replaced, List<Erasure> erasures) {
    var found = Placements.find(ledger, replaced.folder().value(), List.of(replaced.uid()));
    if (found.isEmpty()) {
      throw new Rejected(Rule.NOT_FOUND, "the message to replace is not there");
    }
    var at = found.get(0);
    var spots = new ArrayList<>(at.ref().spots());
    spots.removeIf(s -> s.same(at.spot()));
    var after = at.ref().with(spots);
    ledger.change(ledger.thread(at.thread()), at.page(), at.ref(), after);
    if (spots.isEmpty() && !after.erased()) {
      erasures.add(Deleting.later(ledger, at.thread(), after));
    }
  }

  /** Messages that wait come into a folder together (RFC 3502). */
  static Outcome<Reply.Placed> admit(Ledger ledger, Command.Admit c) {
    var folder = ledger.folder(c.folder().value()).id();
    var kept = new ArrayList<Long>();
    var uids = new ArrayList<Integer>(c.messages().size());
    for (Command.Waiting w : c.messages()) {
      var place = ledger.reads.message(w.id().value());
      var ref = ledger.now(place.ref());
      var here = ref.in(folder);
      if (here != null && here.uid() != w.instead()) {
        uids.add(here.uid());
        continue;
      }
      if (ref.erased()) {
        throw new Rejected(Rule.BUSY, "a message waited for too long");
      }
      int uid = ledger.uid(folder);
      uids.add(uid);
      var spots = new ArrayList<>(ref.spots());
      if (here != null) {
        spots.remove(here);
      }
      spots.add(
          Spot.of(folder, uid, Flags.bits(w.flags()), keywords(ledger, w.flags()), ledger.seq));
      ledger.change(ledger.thread(place.thread().id()), place.page(), place.ref(), ref.with(spots));
      for (Erasure e : ledger.header.erasures()) {
        if (e.message().equals(ref.id())) {
          kept.add(e.seq());
        }
      }
    }
    int validity = ledger.folder(folder).uidValidity();
    boolean changed = !ledger.isEmpty();
    if (!changed) {
      var cursor = Outcome.cursor(ledger, ledger.header.covers());
      return new Outcome<>(null, null, new Reply.Placed(validity, List.of(), uids, cursor, false));
    }
    if (ledger.isOverQuota()) {
      throw new Rejected(Rule.OVER_QUOTA, "the mailbox is full");
    }
    ledger.faces();
    return new Outcome<>(
        new Event.Admitted(ledger.effect(), folder, kept),
        null,
        new Reply.Placed(validity, List.of(), uids, Outcome.cursor(ledger, ledger.seq), true));
  }

  /** The newest import of this content that is not deleted for good; null when there is none. */
  private static @Nullable Place imported(Ledger ledger, String content, Predicate<Key> test) {
    var found = ledger.reads.find(IndexShape.IMPORTS, content, test);
    if (found == null) {
      return null;
    }
    var key = found.key();
    if (key.message() == null || key.thread() == null) {
      throw new IllegalStateException("an import's entry names no message");
    }
    var place = ledger.reads.place(key.thread(), key.stamp(), key.message());
    return place.ref().spots().isEmpty() ? null : place;
  }

  /**
   * The message may have come by another way than an import. Who asks has its bytes and looks; then
   * it is there already, or stands in this folder too. Null when there is none.
   */
  private static @Nullable Outcome<Reply.Appended> alike(Ledger ledger, Command.Append c) {
    var known = c.alike();
    if (known != null) {
      var place = ledger.reads.message(known.message().value());
      var ref = place.ref();
      if (!known.same() || ref.spots().isEmpty() || ref.erased()) {
        return null;
      }
      for (Spot s : ref.spots()) {
        if (s.folder().equals(c.folder().value())) {
          return found(ledger, place, s, false);
        }
      }
      return alsoHere(ledger, c, place, Fingerprint.of("import", String.valueOf(c.contentHash())));
    }
    var place = named(ledger, c.message());
    if (place == null) {
      return null;
    }
    var ref = place.ref();
    boolean like =
        !ref.spots().isEmpty() && !ref.erased() && ref.sizeBytes() == c.message().sizeBytes();
    return like ? found(ledger, place, ref.spots().get(0), true) : null;
  }

  /**
   * A mail program sends a mail, and then puts its own copy into Sent, where the mail stands
   * already. Who asks has the bytes and looks; then the one that was sent takes the place, with a
   * new UID, as if it had been put there now. Null when it is no copy.
   */
  private static @Nullable Outcome<Reply.Appended> copyOfSent(Ledger ledger, Command.Append c) {
    if (!c.folder().equals(FolderId.SENT)) {
      return null;
    }
    var known = c.alike();
    var place = known == null ? named(ledger, c.message()) : said(ledger, known);
    var ref = place == null ? null : place.ref();
    boolean sent = ref != null && ref.own() && ref.origin() != 0 && ref.channel() == Channel.MAIL;
    var spot = ref == null || !sent || ref.erased() ? null : ref.in(c.folder().value());
    if (place == null || ref == null || spot == null) {
      return null;
    }
    if (known == null) {
      return found(ledger, place, spot, true);
    }
    if (c.waits()) {
      return found(ledger, place, spot, false); // it takes its place when all come
    }
    var erasures = new ArrayList<Erasure>(0);
    if (c.replaces() != null) {
      replace(ledger, c.replaces(), erasures);
      erasures.removeIf(e -> e.message().equals(ref.id()));
    }
    int uid = ledger.uid(spot.folder());
    var spots = new ArrayList<>(ledger.now(ref).spots());
    spots.removeIf(s -> s.same(spot));
    var keywords = keywords(ledger, c.flags());
    spots.add(Spot.of(spot.folder(), uid, Flags.bits(c.flags()), keywords, ledger.seq));
    ledger.change(ledger.thread(place.thread().id()), place.page(), ref, ref.with(spots));
    ledger.faces();
    return new Outcome<>(
        c.replaces() == null
            ? new Event.Placed(ledger.effect(), spot.folder(), spot.folder(), true)
            : new Event.Appended(ledger.effect(), place.thread().id(), ref.id(), erasures),
        null,
        new Reply.Appended(
            new MessageId(ref.id()),
            new ThreadId(place.thread().id()),
            c.folder(),
            ledger.folder(spot.folder()).uidValidity(),
            uid,
            Outcome.cursor(ledger, ledger.seq),
            true,
            false));
  }

  private static @Nullable Place said(Ledger ledger, Command.Alike known) {
    return known.same() ? ledger.reads.message(known.message().value()) : null;
  }

  /** The newest message with the Message-ID of this one. */
  static @Nullable Place named(Ledger ledger, Message m) {
    var messageId = m.headers().messageId();
    var found =
        messageId == null
            ? null
            : ledger.reads.find(IndexShape.RFC_IDS, Threading.rfcKey(messageId));
    var key = found == null ? null : found.key();
    return key == null || key.thread() == null || key.message() == null
        ? null
        : ledger.reads.place(key.thread(), key.stamp(), key.message());
  }

  private static Outcome<Reply.Appended> found(
      Ledger ledger, Place place, Spot spot, boolean alike) {
    return new Outcome<>(
        null,
        null,
        new Reply.Appended(
            new MessageId(place.ref().id()),
            new ThreadId(place.thread().id()),
            new FolderId(spot.folder()),
            ledger.folder(spot.folder()).uidValidity(),
            spot.uid(),
            Outcome.cursor(ledger, place.ref().seq()),
            false,
            alike));
  }

  /** Early imports did not write down for which folder they were. */
  private static boolean isFor(Key key, String folder) {
    return key.sender() == null || folder.equals(key.sender());
  }

  private static Outcome<Reply.Appended> again(Ledger ledger, Place place) {
    return found(ledger, place, place.ref().spots().get(0), false);
  }

  /** An archive has the same content in another folder too: one message stands in both. */
  private static Outcome<Reply.Appended> alsoHere(
      Ledger ledger, Command.Append c, Place place, String content) {
    var folder = ledger.folder(c.folder().value());
    var ref = place.ref();
    int uid = ledger.uid(folder.id());
    var spots = new ArrayList<>(ref.spots());
    spots.add(
        Spot.of(folder.id(), uid, Flags.bits(c.flags()), keywords(ledger, c.flags()), ledger.seq));
    var t = ledger.thread(place.thread().id());
    ledger.change(t, place.page(), ref, ref.with(spots));
    ledger.index(
        IndexShape.IMPORTS,
        new Key(content, t.id, ref.stamp(), ref.id(), ledger.seq, folder.id(), null, null));
    ledger.faces();
    return new Outcome<>(
        new Event.Placed(ledger.effect(), ref.spots().get(0).folder(), folder.id(), false),
        null,
        new Reply.Appended(
            new MessageId(ref.id()),
            new ThreadId(t.id),
            c.folder(),
            folder.uidValidity(),
            uid,
            Outcome.cursor(ledger, ledger.seq),
            true,
            false));
  }

  /**
   * The keywords among these, sorted; refuses what is neither a system flag nor a keyword, and too
   * many.
   */
  @CanIgnoreReturnValue
  static List<String> keywords(Ledger ledger, Set<String> flags) {
    var out = new TreeSet<String>();
    for (String f : flags) {
      if (Flags.isSystem(f)) {
        if (!Flags.isKnown(f)) {
          throw new Rejected(Rule.INVALID, "there is no such system flag");
        }
      } else if (f.isEmpty() || f.length() > 64) {
        throw new Rejected(Rule.INVALID, "a keyword has 1 to 64 characters");
      } else {
        out.add(f);
      }
    }
    if (out.size() > ledger.moment.limits().maxKeywords()) {
      throw new Rejected(
          Rule.INVALID, "more than " + ledger.moment.limits().maxKeywords() + " keywords");
    }
    return List.copyOf(out);
  }
}
