package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.ChannelView;
import io.mainstem.mailbox.Image;
import io.mainstem.mailbox.Moment;
import io.mainstem.mailbox.state.Effect;
import io.mainstem.mailbox.state.Effect.Cut;
import io.mainstem.mailbox.state.Effect.IndexPut;
import io.mainstem.mailbox.state.Effect.ListMove;
import io.mainstem.mailbox.state.Effect.NewPage;
import io.mainstem.mailbox.state.Effect.RefChange;
import io.mainstem.mailbox.state.Effect.ThreadEffect;
import io.mainstem.mailbox.state.Flags;
import io.mainstem.mailbox.state.Folder;
import io.mainstem.mailbox.state.Header;
import io.mainstem.mailbox.state.Header.ListTail;
import io.mainstem.mailbox.state.HistoryPage;
import io.mainstem.mailbox.state.IndexPage.Key;
import io.mainstem.mailbox.state.IndexShape;
import io.mainstem.mailbox.state.Keys;
import io.mainstem.mailbox.state.PageTable.Row;
import io.mainstem.mailbox.state.Reads;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.mailbox.state.Tail;
import io.mainstem.mailbox.state.Tally;
import io.mainstem.mailbox.state.ThreadFace;
import io.mainstem.mailbox.state.ThreadState;
import io.mainstem.mailbox.state.Totals;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the books of one decision: what changes, and every count after it. Confined to one
 * decision.
 */
final class Ledger {
  final Reads reads;
  final Header header;
  final Moment moment;
  final long seq;
  private final Map<String, Folder> folders = new LinkedHashMap<>();
  private final Map<String, ThreadLedger> threads = new LinkedHashMap<>();
  private final Map<String, ListLedger> lists = new LinkedHashMap<>();
  private final List<RefChange> refs = new ArrayList<>();
  private final List<Cut> cuts = new ArrayList<>();
  private final List<NewPage> newPages = new ArrayList<>();
  private final List<IndexPut> keys = new ArrayList<>();
  private final Map<String, Integer> changed = new HashMap<>();
  private final Map<String, Integer> added = new LinkedHashMap<>();
  private long messages;
  private long sizeBytes;
  private int names;

  Ledger(Image image, Moment moment) {
    this.reads = new Reads(image);
    this.header = reads.header();
    this.moment = moment;
    this.seq = header.covers() + 1;
    this.messages = header.totals().messages();
    this.sizeBytes = header.totals().sizeBytes();
  }

  /** A new name of 13 characters, made from chance. */
  String name(String prefix) {
    long x = moment.chance() + 0x9E3779B97F4A7C15L * (names++ + 1L + seq * 31);
    x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
    x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
    x ^= x >>> 31;
    return prefix + Long.toUnsignedString(x, 36);
  }

  ThreadLedger thread(String id) {
    var t = threads.get(id);
    if (t == null) {
      t = new ThreadLedger(reads.thread(id));
      threads.put(id, t);
    }
    return t;
  }

  ThreadLedger open(ThreadFace face) {
    var t = new ThreadLedger(name("t"), face);
    threads.put(t.id, t);
    return t;
  }

  Folder folder(String id) {
    var f = folders.get(id);
    if (f == null) {
      f = header.folder(id);
    }
    if (f == null) {
      throw new Rejected(Rule.NOT_FOUND, "there is no such folder");
    }
    return f;
  }

  /** The next UID of a folder. */
  int uid(String folder) {
    var f = folder(folder);
    folders.put(folder, f.with(f.uidNext() + 1, f.messages(), f.unseen(), f.sizeBytes(), seq));
    return f.uidNext();
  }

  /** A message comes into a thread's history. */
  void arrive(ThreadLedger t, Ref ref) {
    int page = insert(t, ref);
    if (Long.compareUnsigned(ref.stamp(), t.newest) > 0) {
      t.newest = ref.stamp();
    }
    refs.add(new RefChange(t.id, page, ref, List.of(), true));
    count(t, null, ref, page);
  }

  /**
   * A message's placements or other outcomes change; a second change of one message joins the
   * first.
   */
  void change(ThreadLedger t, int page, Ref stored, Ref after) {
    var was = new ArrayList<Spot>();
    for (Spot old : stored.spots()) {
      boolean kept = false;
      for (Spot s : after.spots()) {
        kept |= s.equals(old);
      }
      if (!kept) {
        was.add(old);
      }
    }
    var change = new RefChange(t.id, page, after, was, false);
    var earlier = changed.putIfAbsent(stored.id(), refs.size());
    if (earlier == null) {
      refs.add(change);
      count(t, stored, after, page);
    } else {
      count(t, refs.get(earlier).ref(), after, page);
      refs.set(earlier, change);
    }
  }

  /** A stored message as this decision has changed it by now. */
  Ref now(Ref stored) {
    var i = changed.get(stored.id());
    return i == null ? stored : refs.get(i).ref();
  }

  Collection<ThreadLedger> threads() {
    return threads.values();
  }

  /** The event tells who and what its threads are, so that a frame can show them whole. */
  void faces() {
    for (ThreadLedger t : threads.values()) {
      t.newFace = true;
    }
  }

  private void count(ThreadLedger t, @Nullable Ref before, Ref after, int page) {
    t.count(before, after, page);
    if (before != null) {
      for (Spot s : before.spots()) {
        count(s, before.sizeBytes(), -1);
      }
    }
    for (Spot s : after.spots()) {
      count(s, after.sizeBytes(), 1);
    }
    int stored =
        (after.spots().isEmpty() ? 0 : 1) - (before == null || before.spots().isEmpty() ? 0 : 1);
    messages += stored;
    sizeBytes += storedBytes(after) - (before == null ? 0 : storedBytes(before));
  }

  private static long storedBytes(Ref ref) {
    return ref.spots().isEmpty() ? 0 : ref.sizeBytes();
  }

  private void count(Spot s, long size, int d) {
    var f = folders.get(s.folder());
    if (f == null) {
      f = header.folder(s.folder());
    }
    if (f != null) {
      folders.put(
          s.folder(),
          f.with(
              f.uidNext(),
              f.messages() + d,
              f.unseen() + (s.has(Flags.SEEN) ? 0 : d),
              f.sizeBytes() + d * size,
              seq));
    }
  }

  private int insert(ThreadLedger t, Ref ref) {
    var tail = t.tail;
    var sequence = Keys.history(t.id);
    boolean inTail = tail.holds(ref.stamp(), ref.id());
    if (inTail && tail.count() < HistoryPage.MAX) {
      t.tail = tail.withCount(tail.count() + 1);
      return tail.page();
    }
    if (inTail && Long.compareUnsigned(ref.stamp(), t.newest) > 0) {
      return openPage(t, sequence, new Row(tail.pages(), ref.stamp(), ref.id()), true, 1);
    }
    int page = inTail ? tail.page() : reads.pageOf(t.id, t.was, ref.stamp(), ref.id());
    var content = reads.history(t.id, page).refs();
    if (content.size() < HistoryPage.MAX) {
      return page;
    }
    var moved = List.copyOf(content.subList(content.size() / 2, content.size()));
    var first = moved.get(0);
    int to =
        openPage(
            t, sequence, new Row(tail.pages(), first.stamp(), first.id()), inTail, moved.size());
    cuts.add(new Cut(sequence, page, to, first.stamp(), first.id(), moved, List.of()));
    int unread = 0;
    for (Ref r : moved) {
      unread += now(r).unread() ? 1 : 0;
    }
    if (unread > 0) {
      t.unread(page, -unread);
      t.unread(to, unread);
    }
    // What this decision has changed already lies on the new page now, if it was moved there.
    for (int i = 0; i < refs.size(); i++) {
      var c = refs.get(i);
      if (c.thread().equals(t.id)
          && c.page() == page
          && Ref.compare(c.ref().stamp(), c.ref().id(), first.stamp(), first.id()) >= 0) {
        refs.set(i, new RefChange(c.thread(), to, c.ref(), c.was(), c.arrived()));
      }
    }
    boolean after = Ref.compare(ref.stamp(), ref.id(), first.stamp(), first.id()) >= 0;
    if (after && inTail) {
      t.tail = t.tail.withCount(t.tail.count() + 1);
    }
    return after ? to : page;
  }

  private int openPage(ThreadLedger t, String sequence, Row row, boolean asTail, int count) {
    newPages.add(new NewPage(sequence, row));
    var tail = t.tail;
    t.tail =
        asTail
            ? new Tail(row.page(), tail.pages() + 1, row.stamp(), row.first(), count)
            : new Tail(tail.page(), tail.pages() + 1, tail.stamp(), tail.id(), tail.count());
    return row.page();
  }

  /** An index has an entry more. */
  void index(String name, Key key) {
    int number = header.index(name).count() + added.merge(name, 1, Integer::sum) - 1;
    int g = IndexShape.generation(number);
    keys.add(new IndexPut(name, g, IndexShape.page(g, key.key()), key, false));
  }

  /** An entry of an index has another value. */
  void reindex(String name, Reads.Found old, Key key) {
    keys.add(new IndexPut(name, old.generation(), old.page(), key, true));
  }

  /** Whether anything changed. */
  boolean isEmpty() {
    return refs.isEmpty() && keys.isEmpty() && noNewFace();
  }

  private boolean noNewFace() {
    for (ThreadLedger t : threads.values()) {
      if (t.newFace) {
        return false;
      }
    }
    return true;
  }

  boolean overQuota(long bytes) {
    return messages + 1 > moment.limits().quotaMessages()
        || sizeBytes + bytes > moment.limits().quotaBytes();
  }

  /** Whether this decision puts more here than there may be. */
  boolean isOverQuota() {
    return messages > moment.limits().quotaMessages() || sizeBytes > moment.limits().quotaBytes();
  }

  /** The outcome. */
  Effect effect() {
    var totals = header.totals();
    var effects = new ArrayList<ThreadEffect>(threads.size());
    for (ThreadLedger t : threads.values()) {
      var state = t.state();
      boolean face = t.newFace;
      if (!face && state.equals(t.was)) {
        continue;
      }
      totals = recount(totals, t, state);
      effects.add(new ThreadEffect(t.id, state, face ? t.face : null, moves(t, state)));
    }
    totals =
        new Totals(
            totals.together(),
            totals.apart(),
            totals.fixed(),
            totals.requests(),
            messages,
            sizeBytes);
    var counted = new ArrayList<Folder>(folders.size());
    for (Folder f : folders.values()) {
      if (!f.equals(header.folder(f.id()))) {
        counted.add(f);
      }
    }
    var tails = new ArrayList<ListTail>(lists.size());
    for (ListLedger l : lists.values()) {
      tails.add(new ListTail(l.list, l.tail));
    }
    return new Effect(
        refs,
        effects,
        counted,
        tails,
        cuts,
        newPages,
        keys,
        totals,
        Header.counts(totals, header.settings()));
  }

  private List<ListMove> moves(ThreadLedger t, ThreadState state) {
    var out = new ArrayList<ListMove>(4);
    for (Tally now : state.tallies()) {
      var old = find(t.was, now);
      if (old == null || old.stamp() != now.stamp()) {
        out.add(list(now.list()).move(t.id, old == null ? null : old.stamp(), now.stamp()));
      }
    }
    for (Tally old : t.was.tallies()) {
      if (find(state, old) == null) {
        out.add(list(old.list()).move(t.id, old.stamp(), null));
      }
    }
    return out;
  }

  private static @Nullable Tally find(ThreadState state, Tally like) {
    for (Tally t : state.tallies()) {
      if (t.channel() == like.channel() && t.folder().equals(like.folder())) {
        return t;
      }
    }
    return null;
  }

  private ListLedger list(String name) {
    var l = lists.get(name);
    if (l == null) {
      var tail = header.list(name);
      l = new ListLedger(name, tail == null ? Tail.EMPTY : tail, reads, newPages);
      lists.put(name, l);
    }
    return l;
  }

  private static Totals recount(Totals totals, ThreadLedger t, ThreadState state) {
    var before = t.before;
    var now = totals;
    if (before != null) {
      now = plus(now, before.face(), before.state(), -1);
    }
    return plus(now, t.face, state, 1);
  }

  private static Totals plus(Totals totals, ThreadFace face, ThreadState state, int d) {
    int together = totals.together();
    int apart = totals.apart();
    int fixed = totals.fixed();
    int channels = state.unreadChannels();
    if (channels > 0 && state.inInbox() && !face.settings().muted()) {
      var view = face.settings().channels();
      if (view == null) {
        together += d;
        apart += d * channels;
      } else {
        fixed += d * (view == ChannelView.TOGETHER ? 1 : channels);
      }
    }
    int requests = totals.requests() + (state.messages("requests") > 0 ? d : 0);
    return new Totals(together, apart, fixed, requests, totals.messages(), totals.sizeBytes());
  }
}
