package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.state.Apply;
import io.mainstem.mailbox.state.Effect.Cut;
import io.mainstem.mailbox.state.Effect.ListMove;
import io.mainstem.mailbox.state.Effect.NewPage;
import io.mainstem.mailbox.state.Keys;
import io.mainstem.mailbox.state.ListPage;
import io.mainstem.mailbox.state.ListPage.Place;
import io.mainstem.mailbox.state.PageTable;
import io.mainstem.mailbox.state.PageTable.Row;
import io.mainstem.mailbox.state.Reads;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Tail;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One list of threads while a command is decided: finds pages, cuts full ones. Confined to one
 * decision.
 */
final class ListLedger {
  private record Step(String thread, ListMove move) {}

  final String list;
  private final String sequence;
  private final Reads reads;
  private final List<NewPage> newPages;
  private final List<Step> steps = new ArrayList<>();
  private final Map<Integer, ArrayList<Place>> pages = new HashMap<>();
  private @Nullable ArrayList<Row> rows;
  Tail tail;

  ListLedger(String list, Tail tail, Reads reads, List<NewPage> newPages) {
    this.list = list;
    this.sequence = Keys.list(list);
    this.tail = tail;
    this.reads = reads;
    this.newPages = newPages;
  }

  /** The thread goes from one place to another; a null stamp is "not in the list". */
  ListMove move(String thread, @Nullable Long fromStamp, @Nullable Long toStamp) {
    int from = -1;
    if (fromStamp != null) {
      from = page(fromStamp, thread);
      if (from == tail.page()) {
        tail = tail.withCount(tail.count() - 1);
      }
    }
    int to = -1;
    Cut cut = null;
    if (toStamp != null) {
      to = page(toStamp, thread);
      boolean full =
          to == tail.page() ? tail.count() >= ListPage.MAX : rows(to).size() >= ListPage.MAX;
      if (full) {
        var content = without(to, from, fromStamp, thread);
        if (to == tail.page()
            && (content.isEmpty() || last(content).compareTo(toStamp, thread) < 0)) {
          to = open(new Row(tail.pages(), toStamp, thread), true, 0);
        } else {
          var moved = List.copyOf(content.subList(content.size() / 2, content.size()));
          var first = moved.get(0);
          boolean ofTail = to == tail.page();
          cut =
              new Cut(sequence, to, tail.pages(), first.stamp(), first.thread(), List.of(), moved);
          int page =
              open(new Row(tail.pages(), first.stamp(), first.thread()), ofTail, moved.size());
          if (first.compareTo(toStamp, thread) <= 0) {
            to = page;
          }
        }
      }
      if (to == tail.page()) {
        tail = tail.withCount(tail.count() + 1);
      }
    }
    var move =
        new ListMove(
            list, from, fromStamp == null ? 0 : fromStamp, to, toStamp == null ? 0 : toStamp, cut);
    steps.add(new Step(thread, move));
    pages.forEach((n, content) -> Apply.step(Keys.page(sequence, n), content, thread, move));
    return move;
  }

  private static Place last(List<Place> places) {
    return places.get(places.size() - 1);
  }

  private List<Place> without(int page, int from, @Nullable Long fromStamp, String thread) {
    var content = rows(page);
    if (page != from || fromStamp == null) {
      return content;
    }
    var out = new ArrayList<>(content);
    out.removeIf(p -> p.compareTo(fromStamp, thread) == 0);
    return out;
  }

  private int open(Row row, boolean asTail, int count) {
    if (rows != null) {
      int i = 0;
      while (i < rows.size()
          && Ref.compare(rows.get(i).stamp(), rows.get(i).first(), row.stamp(), row.first()) <= 0) {
        i++;
      }
      rows.add(i, row);
    }
    newPages.add(new NewPage(sequence, row));
    tail =
        asTail
            ? new Tail(row.page(), tail.pages() + 1, row.stamp(), row.first(), count)
            : new Tail(tail.page(), tail.pages() + 1, tail.stamp(), tail.id(), tail.count());
    return row.page();
  }

  private int page(long stamp, String thread) {
    if (tail.holds(stamp, thread)) {
      return tail.page();
    }
    var table = rows;
    if (table == null) {
      var stored = reads.table(sequence);
      table = new ArrayList<>(stored == null ? List.of(new Row(0, 0, "")) : stored.rows());
      for (NewPage p : newPages) {
        if (p.sequence().equals(sequence)) {
          table = new ArrayList<>(PageTable.plus(new PageTable(0, table), 0, p.row()).rows());
        }
      }
      rows = table;
    }
    return table.get(new PageTable(0, table).find(stamp, thread)).page();
  }

  private List<Place> rows(int page) {
    return pages.computeIfAbsent(
        page,
        n -> {
          var content = new ArrayList<>(reads.list(list, n).rows());
          for (Step s : steps) {
            Apply.step(Keys.page(sequence, n), content, s.thread(), s.move());
          }
          return content;
        });
  }
}
