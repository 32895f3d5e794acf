package io.mainstem.mailbox.answer;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.state.Content;
import io.mainstem.mailbox.state.Delivery;
import io.mainstem.mailbox.state.Effect.RefChange;
import io.mainstem.mailbox.state.Header;
import io.mainstem.mailbox.state.Header.Owed;
import io.mainstem.mailbox.state.Header.Receipt;
import io.mainstem.mailbox.state.Keys;
import io.mainstem.mailbox.state.Reads;
import io.mainstem.mailbox.state.Recipient;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Revision;
import io.mainstem.mailbox.state.ThreadObject;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Part;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a mailbox owes to others: messages to hand over and receipts to tell. */
public final class Debts {
  private Debts() {}

  public static List<Query.Outgoing> outgoing(UserId owner, Entry entry) {
    var out = new ArrayList<Query.Outgoing>(1);
    for (int i = 0; i < entry.events().size(); i++) {
      var content = entry.content(i);
      if (content == null) {
        continue;
      }
      long seq = entry.first() + i;
      switch (entry.events().get(i)) {
        case Event.Sent e when e.owed() != null -> {
          for (RefChange c : e.effect().refs()) {
            if (c.arrived()) {
              var way = new Way(e.thread(), e.message(), c.ref().stamp(), seq, seq, null);
              to(owner, content, way, out);
            }
          }
        }
        case Event.Retried e ->
            to(
                owner,
                content,
                new Way(e.thread(), e.message(), e.stamp(), seq, seq, e.revision()),
                out);
        case Event.Released e -> {
          for (RefChange c : e.effect().refs()) {
            var last = c.ref().revision();
            var way = new Way(e.thread(), e.message(), e.stamp(), seq, seq, last);
            to(owner, content, way, out);
          }
        }
        case Event.Edited e when e.owed() != null -> {
          for (RefChange c : e.effect().refs()) {
            var ref = c.ref();
            var way =
                new Way(e.thread(), e.message(), ref.stamp(), seq, e.origin(), ref.revision());
            to(owner, content, way, out);
          }
        }
        default -> {}
      }
    }
    return out;
  }

  /**
   * A message on its way to a recipient.
   *
   * @param seq of the row that holds the content; the recipient has it when this is handed
   * @param origin with which the recipient's watermarks of the message are compared
   * @param revision what its last edit was; null: it was not edited
   */
  private record Way(
      String thread, String id, long stamp, long seq, long origin, @Nullable Revision revision) {}

  private static void to(UserId owner, Content content, Way way, List<Query.Outgoing> out) {
    var message = content.message();
    if (message != null) {
      for (Person p : content.recipients()) {
        out.add(outgoing(owner, p, way, message, content.group()));
      }
    }
  }

  private static Query.Outgoing outgoing(
      UserId owner, Person to, Way way, Message message, Command.@Nullable Group group) {
    var thread = new ThreadId(way.thread());
    var last = way.revision();
    var deliver =
        new Command.Deliver(
            new MessageId(way.id()),
            "u:" + owner.value(),
            new Command.Origin(owner, thread, way.origin()),
            new Hlc(way.stamp()),
            withoutBcc(message),
            null,
            group,
            last == null ? null : new Command.Revised(last.number(), last.atMillis()));
    return new Query.Outgoing(owner, to, way.seq(), thread, deliver);
  }

  /** Bcc is never handed on (RFC 5322 §3.6.3). */
  private static Message withoutBcc(Message m) {
    var headers = m.headers().withoutBcc();
    if (headers == m.headers()) {
      return m;
    }
    return m.with(headers);
  }

  public static List<Query.Receipt> receipts(UserId owner, Entry entry) {
    var out = new ArrayList<Query.Receipt>(0);
    for (Event e : entry.events()) {
      for (Receipt r : e.receipts()) {
        out.add(receipt(owner, r));
      }
    }
    return out;
  }

  private static Query.Receipt receipt(UserId owner, Receipt r) {
    return new Query.Receipt(
        owner,
        new UserId(r.sender()),
        new Command.Progress(
            new ThreadId(r.thread()), 0, Math.max(r.delivered(), r.read()), r.read()));
  }

  /**
   * What was sent after this seq and is not handed to everybody yet, oldest first, and all receipts
   * that are not told yet.
   */
  static Query.OutboxPage outstanding(Reads reads, UserId owner, Query.Outstanding q) {
    var header = reads.header();
    reads.need(header.outbox().stream().map(o -> Keys.thread(o.thread())).toList());
    var due = new ArrayList<Due>();
    for (Owed o : header.outbox()) {
      if (o.upTo() > q.afterSeq()) {
        due(reads, reads.thread(o.thread()), Math.max(o.from(), q.afterSeq() + 1), o, due);
      }
    }
    due.sort(Comparator.comparingLong(Due::seq));
    var out = new ArrayList<Query.Outgoing>();
    long next = 0;
    int n = 0;
    while (n < due.size() && n < q.limit()) {
      n++;
    }
    while (n < due.size() && n > 0 && due.get(n).seq() == due.get(n - 1).seq()) {
      n++;
    }
    if (n < due.size()) {
      next = due.get(n - 1).seq();
    }
    reads.needRows(due.subList(0, n).stream().map(Due::seq).toList());
    for (Due d : due.subList(0, n)) {
      var entry = reads.entry(d.seq());
      var content = entry.content((int) (d.seq() - entry.first()));
      var message = content == null ? null : content.message();
      if (content != null && message != null) {
        out.add(outgoing(owner, d.to(), d.way(), message, content.group()));
      }
    }
    var receipts =
        q.afterSeq() > 0
            ? List.<Query.Receipt>of()
            : header.receipts().stream().map(r -> receipt(owner, r)).toList();
    return new Query.OutboxPage(out, receipts, next);
  }

  private record Due(Way way, Person to) {
    long seq() {
      return way.seq();
    }
  }

  private static void due(Reads reads, ThreadObject t, long from, Owed owed, List<Due> out) {
    var pages = reads.pages(t.id(), t.state());
    boolean more = true;
    for (int i = pages.size() - 1; i >= 0 && more; i--) {
      var refs = reads.history(t.id(), pages.get(i)).refs();
      for (int j = refs.size() - 1; j >= 0 && more; j--) {
        var ref = refs.get(j);
        if (ref.own() && ref.origin() > 0) {
          due(t, ref, from, out);
          more =
              ref.seq() >= from
                  || ref.origin() == Header.HELD
                  || retriedAfter(t, from)
                  || isAfterEdited(ref, owed);
        }
      }
    }
  }

  private static boolean retriedAfter(ThreadObject t, long from) {
    return t.failures().stream().anyMatch(f -> f.retried() >= from);
  }

  /** Whether a message that was edited may stand before this one. */
  private static boolean isAfterEdited(Ref ref, Owed owed) {
    return owed.edited() != null && Long.compareUnsigned(ref.stamp(), owed.edited()) >= 0;
  }

  private static void due(ThreadObject t, Ref ref, long from, List<Due> out) {
    for (int i = 0; i < t.recipients().size(); i++) {
      Recipient r = t.recipients().get(i);
      if (r.gets(ref, i) && ref.origin() != Header.HELD && !ref.erased()) {
        long row = Delivery.row(t, ref, r);
        if (row >= from && row > r.handed()) {
          long origin = Delivery.origin(t, ref, r);
          out.add(
              new Due(
                  new Way(t.id(), ref.id(), ref.stamp(), row, origin, ref.revision()), r.person()));
        }
      }
    }
  }

  public static boolean hasAgenda(Entry entry) {
    for (Event e : entry.events()) {
      if (!e.receipts().isEmpty()) {
        return true;
      }
      boolean work =
          switch (e) {
            case Event.Sent s -> s.owed() != null || s.held() != null;
            case Event.Edited x -> x.owed() != null;
            case Event.Retried r -> true;
            case Event.Released r -> true;
            case Event.Deleted d -> !d.erasures().isEmpty();
            case Event.Appended a -> !a.erasures().isEmpty();
            case Event.SettingsSet s -> s.settings().retentionDays() > 0;
            case Event.Leaving l -> true;
            case Event.Frozen f -> true;
            default -> false;
          };
      if (work) {
        return true;
      }
    }
    return false;
  }

  public static List<Long> redactions(Entry entry) {
    var out = new ArrayList<Long>(0);
    for (Event e : entry.events()) {
      switch (e) {
        case Event.Erased x -> out.addAll(x.rows());
        case Event.Edited x -> out.addAll(x.rows());
        case Event.Redacted x -> out.addAll(x.rows());
        case Event.Expired x -> out.addAll(x.rows());
        case Event.DraftDiscarded x -> out.addAll(x.rows());
        case Event.DraftSaved x when x.replaced() > 0 -> out.add(x.replaced());
        case Event.Retried x when x.replaced() > 0 -> out.add(x.replaced());
        default -> {}
      }
    }
    return out;
  }

  public static Set<BlobKey> blobs(Entry entry) {
    var keys = new LinkedHashSet<BlobKey>();
    for (Content content : entry.contents()) {
      var message = content.message();
      if (message != null) {
        add(keys, message.longText());
        add(keys, message.html());
        message.attachments().forEach(attachment -> add(keys, attachment.part()));
        if (message.raw() != null) {
          keys.add(message.raw());
        }
      }
      var draft = content.draft();
      if (draft != null) {
        draft.attachments().forEach(attachment -> add(keys, attachment.part()));
      }
    }
    return keys;
  }

  private static void add(Set<BlobKey> keys, @Nullable Part part) {
    if (part != null) {
      keys.add(part.range().blob());
    }
  }
}
