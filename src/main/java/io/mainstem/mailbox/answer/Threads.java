package io.mainstem.mailbox.answer;

import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Moment;
import io.mainstem.mailbox.Position;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.ThreadView;
import io.mainstem.mailbox.state.HistoryPage;
import io.mainstem.mailbox.state.Item;
import io.mainstem.mailbox.state.Keys;
import io.mainstem.mailbox.state.ListPage;
import io.mainstem.mailbox.state.ListPage.Place;
import io.mainstem.mailbox.state.PageTable;
import io.mainstem.mailbox.state.Reads;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Tail;
import io.mainstem.mailbox.state.Tally;
import io.mainstem.mailbox.state.ThreadObject;
import io.mainstem.message.Channel;
import io.mainstem.message.Hlc;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists of threads, newest first. */
final class Threads {
  private Threads() {}

  static Query.ThreadPage page(Reads reads, Query.Threads q, Moment moment) {
    var shown = Shown.of(q.folder(), q.channel());
    var walks = walks(reads, shown, q.before());
    var views = new ArrayList<ThreadView>();
    Place last = null;
    boolean more = true;
    while (views.size() < q.limit() && more) {
      var batch = new ArrayList<Place>();
      while (batch.size() < q.limit() - views.size()) {
        var next = next(walks);
        if (next == null) {
          more = false;
          break;
        }
        batch.add(next);
      }
      reads.need(batch.stream().map(p -> Keys.thread(p.thread())).toList());
      var shownNow = new ArrayList<Place>();
      for (Place p : batch) {
        var t = reads.findThread(p.thread());
        if (t != null && Views.stamp(t.state(), shown.lists(), shown.channel()) == p.stamp()) {
          shownNow.add(p);
        }
      }
      views(reads, shown, shownNow, views);
      last = shownNow.isEmpty() ? last : shownNow.get(shownNow.size() - 1);
    }
    boolean end = !more || next(walks) == null;
    var next = end || last == null ? null : new Position(new Hlc(last.stamp()), last.thread());
    return new Query.ThreadPage(
        views,
        next,
        new Cursor(reads.header().cursorGeneration(moment.generation()), reads.header().covers()));
  }

  private static void views(Reads reads, Shown shown, List<Place> places, List<ThreadView> out) {
    var rows = new ArrayList<Long>();
    var lasts = new ArrayList<Ref>();
    for (Place p : places) {
      var t = reads.thread(p.thread());
      var ref = last(reads, t, shown);
      lasts.add(ref);
      if (ref != null && !hasContent(t, ref) && !ref.erased()) {
        rows.add(ref.contentRow());
      }
    }
    reads.needRows(rows);
    for (int i = 0; i < places.size(); i++) {
      out.add(
          view(
              reads,
              reads.thread(places.get(i).thread()),
              shown,
              lasts.get(i),
              places.get(i).stamp()));
    }
  }

  static boolean hasContent(ThreadObject t, Ref ref) {
    for (Item item : t.recent()) {
      if (item.ref().id().equals(ref.id())) {
        return item.content() != null;
      }
    }
    return false;
  }

  static ThreadView view(Reads reads, ThreadObject t, Shown shown, @Nullable Ref last, long stamp) {
    var content = last == null ? null : reads.content(t, last);
    var message = last == null ? null : Views.message(t, last, content);
    int unread = Views.unread(t.state(), shown.counted(), shown.channel());
    return Views.thread(
        t.id(),
        t.face(),
        t.state(),
        message,
        unread,
        stamp,
        content == null || last == null || last.own() ? null : content.from());
  }

  /** The newest message that this view shows. */
  static @Nullable Ref last(Reads reads, ThreadObject t, Shown shown) {
    for (int i = t.recent().size() - 1; i >= 0; i--) {
      var ref = t.recent().get(i).ref();
      if (shown.shows(ref)) {
        return ref;
      }
    }
    var pages = reads.pages(t.id(), t.state());
    for (int i = pages.size() - 1; i >= 0; i--) {
      HistoryPage page = reads.history(t.id(), pages.get(i));
      for (int j = page.refs().size() - 1; j >= 0; j--) {
        if (shown.shows(page.refs().get(j))) {
          return page.refs().get(j);
        }
      }
    }
    return null;
  }

  /** Goes through one list from new to old. */
  private static final class Walk {
    private final Reads reads;
    private final String list;
    private final List<Integer> pages;
    private int page;
    private List<Place> rows;
    private int row;

    Walk(Reads reads, String list, List<Integer> pages, int page, List<Place> rows, int row) {
      this.reads = reads;
      this.list = list;
      this.pages = pages;
      this.page = page;
      this.rows = rows;
      this.row = row;
    }

    @Nullable Place peek() {
      while (row < 0) {
        if (page == 0) {
          return null;
        }
        page--;
        rows = reads.list(list, pages.get(page)).rows();
        row = rows.size() - 1;
      }
      return rows.get(row);
    }

    void take() {
      row--;
    }
  }

  private static List<Walk> walks(Reads reads, Shown shown, @Nullable Position before) {
    var lists = new ArrayList<String>();
    var keys = new ArrayList<String>();
    for (String folder : shown.lists()) {
      for (Channel channel : Channel.values()) {
        var name = Tally.list(folder, channel);
        var tail = reads.header().list(name);
        if (tail != null && (shown.channel() == null || shown.channel() == channel)) {
          lists.add(name);
          if (before == null || tail.holds(before.stamp().packed(), before.id())) {
            keys.add(Keys.page(Keys.list(name), tail.page()));
          }
          if (tail.pages() > 1) {
            keys.add(Keys.list(name));
          }
        }
      }
    }
    reads.need(keys);
    var out = new ArrayList<Walk>();
    for (String name : lists) {
      var tail = reads.header().list(name);
      out.add(walk(reads, name, tail == null ? Tail.EMPTY : tail, before));
    }
    return out;
  }

  private static Walk walk(Reads reads, String list, Tail tail, @Nullable Position before) {
    var table = tail.pages() == 1 ? null : reads.table(Keys.list(list));
    var pages = new ArrayList<Integer>();
    if (table == null) {
      pages.add(0);
    } else {
      for (PageTable.Row r : table.rows()) {
        pages.add(r.page());
      }
    }
    int at = pages.size() - 1;
    if (before != null && table != null) {
      at = table.find(before.stamp().packed(), before.id());
    }
    var rows = reads.list(list, pages.get(at)).rows();
    int row = rows.size() - 1;
    if (before != null) {
      int i = ListPage.find(rows, before.stamp().packed(), before.id());
      row = (i < 0 ? -i - 1 : i) - 1;
    }
    return new Walk(reads, list, pages, at, rows, row);
  }

  /** A thread whose newest message stands in several lists has the same place in each. */
  private static @Nullable Place next(List<Walk> walks) {
    Place found = null;
    for (Walk w : walks) {
      var p = w.peek();
      if (p != null && (found == null || p.compareTo(found.stamp(), found.thread()) > 0)) {
        found = p;
      }
    }
    if (found != null) {
      for (Walk w : walks) {
        if (found.equals(w.peek())) {
          w.take();
        }
      }
    }
    return found;
  }
}
