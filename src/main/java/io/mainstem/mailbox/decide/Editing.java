package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.state.Content;
import io.mainstem.mailbox.state.Delivery;
import io.mainstem.mailbox.state.Header;
import io.mainstem.mailbox.state.Header.Owed;
import io.mainstem.mailbox.state.Rate;
import io.mainstem.mailbox.state.Reads.Place;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Revision;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.message.Channel;
import io.mainstem.message.Hlc;
import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chat gets another text. The message stays who, where and what it is (id, thread, place, flags,
 * what became of it); its bytes as mail are others, so each placement gets a new UID and the old
 * one is expunged (RFC 9051 §2.3.1.1: a UID never stands for other bytes). What it said before is
 * taken away at once, as nobody is to see it any more.
 */
final class Editing {
  private Editing() {}

  /** The owner edits what he sent. */
  static Outcome<Reply.Done> edit(Ledger ledger, Command.Edit c) {
    var place = ledger.reads.message(c.message().value());
    var ref = place.ref();
    check(ref);
    var row = ledger.reads.contentAt(ref.contentRow());
    var old = row == null ? null : row.message();
    if (row == null || old == null) {
      throw new Rejected(Rule.NOT_FOUND, "the content of this message is erased");
    }
    int last = number(ref);
    if (c.number() == last && says(old, c)) {
      return Outcome.nothing(ledger);
    }
    if (c.number() != last + 1) {
      throw new Rejected(
          Rule.CONFLICT, "the message was edited meanwhile; its next edit is number " + (last + 1));
    }
    var message = old.withText(c.text(), c.longText(), c.sizeBytes());
    var rate = bounds(ledger, ref, message, c.number());
    var t = ledger.thread(place.thread().id());
    var indexes = new ArrayList<Integer>();
    var people = new ArrayList<Person>();
    long origin = recipients(place, indexes, people);
    var rows = Deleting.rows(place.thread(), ref);
    var form =
        revise(ledger, place, message, row.form(), c.number(), ledger.moment.nowMillis()).form();
    if (message.sizeBytes() > old.sizeBytes() && ledger.isOverQuota()) {
      throw new Rejected(Rule.OVER_QUOTA, "the mailbox is full");
    }
    var owed = indexes.isEmpty() ? null : owed(ledger, t.id, ref);
    var event =
        new Event.Edited(ledger.effect(), t.id, ref.id(), origin, indexes, owed, rate, rows);
    var group = t.face.group() == null ? null : Sending.group(message.from(), t.face);
    return new Outcome<>(
        event,
        new Content(message, people, group, null, form),
        Outcome.done(ledger, event).reply());
  }

  /** Only what its owner has sent as a chat, and has not deleted. */
  private static void check(Ref ref) {
    if (ref.spots().isEmpty() || ref.erased()) {
      throw new Rejected(Rule.NOT_FOUND, "there is no such message");
    }
    if (!ref.own() || ref.origin() == 0) {
      throw new Rejected(Rule.NOT_PERMITTED, "only who sent a message edits it");
    }
    if (ref.channel() != Channel.CHAT) {
      throw new Rejected(Rule.NOT_PERMITTED, "only a chat is edited");
    }
    if (!ref.visible()) {
      throw new Rejected(Rule.NOT_PERMITTED, "what is in Trash is not edited");
    }
  }

  private static Rate bounds(Ledger ledger, Ref ref, Message message, int number) {
    var limits = ledger.moment.limits();
    long now = ledger.moment.nowMillis();
    if (message.text().isBlank() && message.attachments().isEmpty()) {
      throw new Rejected(Rule.INVALID, "a message has text or an attachment");
    }
    if (Sending.textBytes(message) > limits.maxTextBytes()) {
      throw new Rejected(
          Rule.TOO_LARGE, "the text is longer than " + limits.maxTextBytes() + " bytes");
    }
    if (now > new Hlc(ref.stamp()).millis() + limits.edit().toMillis()) {
      throw new Rejected(
          Rule.NOT_PERMITTED,
          "a message can be edited for " + words(limits.edit()) + " after it was sent");
    }
    if (number > limits.maxEdits()) {
      throw new Rejected(
          Rule.NOT_PERMITTED, "a message can be edited " + limits.maxEdits() + " times");
    }
    var rate = ledger.header.rate().at(now);
    if (rate.sends() >= limits.sendsPerHour()) {
      throw new Rejected(
          Rule.RATE_LIMITED, "more than " + limits.sendsPerHour() + " messages in an hour");
    }
    return new Rate(rate.sinceMillis(), rate.sends() + 1, rate.newRecipients());
  }

  private static String words(Duration time) {
    return time.toSeconds() % 3600 == 0 ? time.toHours() + " hours" : time.toSeconds() + " seconds";
  }

  private static int number(Ref ref) {
    return ref.revision() == null ? 0 : ref.revision().number();
  }

  private static boolean says(Message m, Command.Edit c) {
    boolean isLong = m.longText() != null;
    return m.text().equals(c.text())
        && m.sizeBytes() == c.sizeBytes()
        && isLong == (c.longText() != null);
  }

  /**
   * Everybody whom the message is for and who is told of edits; says with which seq they compare
   * their watermarks.
   */
  private static long recipients(Place place, List<Integer> indexes, List<Person> people) {
    var t = place.thread();
    var ref = place.ref();
    long origin = 0;
    for (int i = 0; i < t.recipients().size(); i++) {
      var r = t.recipients().get(i);
      boolean gets = ref.origin() != Header.HELD && r.gets(ref, i);
      long compared = gets ? Delivery.origin(t, ref, r) : 0;
      if (Delivery.isTold(compared, r)) {
        indexes.add(i);
        people.add(r.person());
        origin = Math.max(origin, compared);
      }
    }
    return origin;
  }

  /** The thread's row in the outbox, from which the edited message is found again. */
  private static Owed owed(Ledger ledger, String thread, Ref ref) {
    var row = Sending.owed(ledger, thread, ledger.seq);
    var oldest = row.edited();
    boolean older = oldest == null || Long.compareUnsigned(ref.stamp(), oldest) < 0;
    return new Owed(thread, row.from(), row.upTo(), older ? Long.valueOf(ref.stamp()) : oldest);
  }

  /**
   * An edit reaches a recipient who has the message: the newest that came stays. One who has erased
   * it has nothing to edit; one who has deleted it may yet undo that.
   */
  static Outcome<Reply.Delivered> arrive(
      Ledger ledger, Command.Deliver c, Command.Revised edit, Place place) {
    var ref = place.ref();
    if (ref.own() || ref.erased() || number(ref) >= edit.number()) {
      return Arriving.there(ledger, place, ref.contentRow());
    }
    var rows = Deleting.rows(place.thread(), ref);
    var before = ledger.reads.contentAt(ref.contentRow());
    var form = before == null ? null : before.form();
    var formed = revise(ledger, place, c.message(), form, edit.number(), edit.atMillis());
    var event =
        new Event.Edited(
            ledger.effect(), place.thread().id(), ref.id(), 0, List.of(), null, null, rows);
    var reply = Arriving.there(ledger, place, ledger.seq).reply();
    return new Outcome<>(
        event,
        Content.of(c.message(), formed.form()),
        new Reply.Delivered(
            reply.id(),
            reply.thread(),
            reply.folder(),
            reply.cursor(),
            true,
            reply.dropped(),
            reply.generation()));
  }

  /** The message has this content from now on, each placement of it under a new UID. */
  private static Forms.Formed revise(
      Ledger ledger,
      Place place,
      Message message,
      @Nullable MailForm before,
      int number,
      long atMillis) {
    var ref = place.ref();
    var t = ledger.thread(place.thread().id());
    var formed = Forms.revised(ledger, t, message, before, ref, number);
    var spots = new ArrayList<Spot>(ref.spots().size());
    for (Spot s : ref.spots()) {
      spots.add(s.renewed(ledger.uid(s.folder()), ledger.seq));
    }
    var revision = new Revision(number, ledger.seq, atMillis);
    ledger.change(t, place.page(), ref, ref.revised(revision, formed.sizeBytes(), spots));
    return formed;
  }
}
