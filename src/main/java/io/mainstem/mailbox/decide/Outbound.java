package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.state.Content;
import io.mainstem.mailbox.state.Delivery;
import io.mainstem.mailbox.state.Failure;
import io.mainstem.mailbox.state.Header;
import io.mainstem.mailbox.state.Header.Held;
import io.mainstem.mailbox.state.Header.Owed;
import io.mainstem.mailbox.state.Header.Receipt;
import io.mainstem.mailbox.state.HistoryPage;
import io.mainstem.mailbox.state.Keys;
import io.mainstem.mailbox.state.Reads;
import io.mainstem.mailbox.state.Recipient;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.ThreadObject;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of what the owner sent: watermarks, failures, another try. */
final class Outbound {
  private Outbound() {}

  static Outcome<Reply.Done> report(Ledger ledger, Command.Report c) {
    ledger.reads.need(c.progress().stream().map(p -> Keys.thread(p.thread().value())).toList());
    var marks = new ArrayList<Event.Mark>();
    var merged = new HashMap<String, Recipient>();
    for (Command.Progress p : c.progress()) {
      var t = ledger.reads.findThread(p.thread().value());
      int index = t == null ? -1 : t.recipient("u:" + c.recipient().value());
      if (t == null || index < 0) {
        continue;
      }
      var before = merged.getOrDefault(t.id(), t.recipients().get(index));
      long end = ledger.header.covers();
      long read = ledger.header.settings().receipts() ? Math.min(p.read(), end) : 0;
      var after =
          before.merged(
              Math.min(p.handed(), end), Math.min(Math.max(p.delivered(), p.read()), end), read);
      if (after.equals(before)) {
        continue;
      }
      if (!t.failures().isEmpty() || editsAreOwed(ledger, t.id())) {
        after = skip(ledger, t, index, after, "");
      }
      merged.put(t.id(), after);
      var delivered =
          after.delivered() > before.delivered()
              ? newest(ledger, t, index, after.delivered())
              : null;
      var readUpTo = after.read() > before.read() ? newest(ledger, t, index, after.read()) : null;
      marks.removeIf(m -> m.thread().equals(t.id()));
      marks.add(
          new Event.Mark(t.id(), index, after, delivered, readUpTo, owed(ledger, t, index, after)));
    }
    return marks.isEmpty()
        ? Outcome.nothing(ledger)
        : Outcome.done(ledger, new Event.Reported(marks));
  }

  /** An edit whose message was erased, or that was given up, is owed no more. */
  private static boolean editsAreOwed(Ledger ledger, String thread) {
    for (Owed o : ledger.header.outbox()) {
      if (o.thread().equals(thread)) {
        return o.edited() != null;
      }
    }
    return false;
  }

  /** Id of the newest message for this recipient up to this watermark; null when there is none. */
  private static @Nullable String newest(Ledger ledger, ThreadObject t, int index, long upTo) {
    var r = t.recipients().get(index);
    for (int i = t.recent().size() - 1; i >= 0; i--) {
      var ref = t.recent().get(i).ref();
      if (reaches(t, ref, r, index, upTo)) {
        return ref.id();
      }
    }
    var pages = ledger.reads.pages(t.id(), t.state());
    for (int i = pages.size() - 1; i >= 0; i--) {
      HistoryPage page = ledger.reads.history(t.id(), pages.get(i));
      for (int j = page.refs().size() - 1; j >= 0; j--) {
        if (reaches(t, page.refs().get(j), r, index, upTo)) {
          return page.refs().get(j).id();
        }
      }
    }
    return null;
  }

  private static boolean reaches(ThreadObject t, Ref ref, Recipient r, int index, long upTo) {
    if (!ref.own() || ref.origin() == 0 || ref.origin() > upTo || !r.gets(ref, index)) {
      return false;
    }
    long origin = Delivery.origin(t, ref, r);
    return origin > 0 && origin <= upTo;
  }

  /**
   * The thread's row in the outbox, now that this recipient stands here; null when nothing is left.
   */
  private static @Nullable Owed owed(Ledger ledger, ThreadObject t, int index, Recipient now) {
    var recipients = new ArrayList<>(t.recipients());
    recipients.set(index, now);
    return owed(ledger, t, recipients);
  }

  /**
   * The thread's row in the outbox, now that its recipients stand here; null when nothing is left.
   */
  static @Nullable Owed owed(Ledger ledger, ThreadObject t, List<Recipient> recipients) {
    Owed row = null;
    for (Owed o : ledger.header.outbox()) {
      row = o.thread().equals(t.id()) ? o : row;
    }
    if (row == null) {
      return null;
    }
    long from = Long.MAX_VALUE;
    for (Recipient r : recipients) {
      if (t.owed(r) > r.handed()) {
        from = Math.min(from, r.handed() + 1);
      }
    }
    return from == Long.MAX_VALUE ? null : new Owed(t.id(), from, row.upTo(), row.edited());
  }

  /**
   * The recipient with his watermark moved over what he will never get: up to the next message that
   * he still is to be handed.
   *
   * @param failing id of a message that fails for him now; empty: none
   */
  static Recipient skip(Ledger ledger, ThreadObject t, int index, Recipient r, String failing) {
    long owed = t.owed(r);
    long next = Long.MAX_VALUE;
    if (owed <= r.handed()) {
      return r;
    }
    for (HistoryPage page : ledger.reads.histories(t.id(), ledger.reads.pages(t.id(), t.state()))) {
      for (Ref ref : page.refs()) {
        if (ref.own()
            && ref.origin() > 0
            && ref.origin() != Header.HELD
            && !ref.id().equals(failing)
            && r.gets(ref, index)) {
          long row = Delivery.row(t, ref, r);
          if (row > r.handed()) {
            next = Math.min(next, row);
          }
        }
      }
    }
    long handed = next == Long.MAX_VALUE ? owed : next - 1;
    return new Recipient(
        r.person(),
        r.member(),
        r.since(),
        r.until(),
        r.sent(),
        Math.max(r.handed(), handed),
        r.delivered(),
        r.read());
  }

  static Outcome<Reply.Done> fail(Ledger ledger, Command.Fail c) {
    var place = ledger.reads.message(c.message().value());
    var t = place.thread();
    int index = t.recipient(c.recipient().key());
    if (!place.ref().own() || index < 0 || !t.recipients().get(index).gets(place.ref(), index)) {
      throw new Rejected(Rule.NOT_FOUND, "this message has no such recipient");
    }
    var r = t.recipients().get(index);
    var earlier = Delivery.failure(t, place.ref(), r);
    if (earlier != null && earlier.retried() == 0) {
      return Outcome.nothing(ledger);
    }
    if (place.ref().revision() != null && r.handed() >= Delivery.origin(t, place.ref(), r)) {
      return unedited(ledger, place, index);
    }
    var failure =
        new Failure(
            place.ref().id(),
            place.ref().seq(),
            t.id(),
            r.person(),
            c.reason(),
            ledger.seq,
            ledger.moment.nowMillis(),
            0);
    var after = skip(ledger, t, index, r, place.ref().id());
    return Outcome.done(
        ledger,
        new Event.Failed(
            failure,
            new Event.Mark(t.id(), index, after, null, null, owed(ledger, t, index, after))));
  }

  /** He has the message, and what failed is an edit of it: he is owed that no more. */
  private static Outcome<Reply.Done> unedited(Ledger ledger, Reads.Place place, int index) {
    var t = place.thread();
    var r = t.recipients().get(index);
    var after = skip(ledger, t, index, r, place.ref().id());
    return after.equals(r)
        ? Outcome.nothing(ledger)
        : Outcome.done(
            ledger,
            new Event.Reported(
                List.of(
                    new Event.Mark(
                        t.id(), index, after, null, null, owed(ledger, t, index, after)))));
  }

  static Outcome<Reply.Done> retry(Ledger ledger, Command.Retry c) {
    var place = ledger.reads.message(c.message().value());
    var t = place.thread();
    var indexes = new ArrayList<Integer>();
    var people = new ArrayList<Person>();
    long replaced = 0;
    for (Failure f : t.failures()) {
      if (f.message().equals(place.ref().id())) {
        if (f.retried() == 0) {
          indexes.add(t.recipient(f.recipient().key()));
          people.add(f.recipient());
        }
        replaced = Math.max(replaced, f.retried());
      }
    }
    if (indexes.isEmpty()) {
      return Outcome.nothing(ledger);
    }
    var content = content(ledger, t, place.ref());
    var owed = Sending.owed(ledger, t.id(), ledger.seq);
    var event =
        new Event.Retried(
            t.id(),
            place.ref().id(),
            place.ref().stamp(),
            indexes,
            replaced,
            owed,
            place.ref().revision());
    return new Outcome<>(
        event,
        new Content(content, people, group(t, content), null, null),
        Outcome.done(ledger, event).reply());
  }

  private static Message content(Ledger ledger, ThreadObject t, Ref ref) {
    var content = ledger.reads.content(t, ref);
    if (content == null) {
      throw new Rejected(Rule.NOT_FOUND, "the content of this message is erased");
    }
    return content;
  }

  private static Command.@Nullable Group group(ThreadObject t, Message content) {
    return t.face().group() == null ? null : Sending.group(content.from(), t.face());
  }

  /** A message that was held back goes out. */
  static Outcome<Reply.Done> release(Ledger ledger, Held held) {
    var place = ledger.reads.place(held.thread(), held.stamp(), held.message());
    var t = ledger.thread(held.thread());
    var content = ledger.reads.content(place.thread(), place.ref());
    var people = new ArrayList<Person>();
    for (int i = 0; i < place.thread().recipients().size(); i++) {
      var r = place.thread().recipients().get(i);
      if (r.gets(place.ref(), i)) {
        people.add(r.person());
      }
    }
    ledger.change(
        t, place.page(), place.ref(), place.ref().withOrigin(ledger.seq).withReason(null));
    var owed =
        content == null
            ? new Owed(t.id, ledger.seq, ledger.seq, null)
            : Sending.owed(ledger, t.id, ledger.seq);
    var event = new Event.Released(ledger.effect(), t.id, held.message(), held.stamp(), owed);
    var beside =
        content == null
            ? null
            : new Content(content, people, group(place.thread(), content), null, null);
    return new Outcome<>(event, beside, Outcome.done(ledger, event).reply());
  }

  static Outcome<Reply.Done> told(Ledger ledger, Command.ReceiptsTold c) {
    var told = new ArrayList<Receipt>();
    for (Command.Progress p : c.progress()) {
      for (Receipt r : ledger.header.receipts()) {
        if (r.sender().equals(c.sender().value()) && r.thread().equals(p.thread().value())) {
          told.add(new Receipt(r.sender(), r.thread(), p.delivered(), p.read()));
        }
      }
    }
    return told.isEmpty()
        ? Outcome.nothing(ledger)
        : Outcome.done(ledger, new Event.ReceiptsDone(told));
  }
}
