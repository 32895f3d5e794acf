package io.mainstem.mailbox.state;

import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Image;
import io.mainstem.mailbox.PageFault;
import io.mainstem.message.Message;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Finds things in an image; names all that is absent at once. */
public final class Reads {
  private final Image image;
  private final Header header;

  public Reads(Image image) {
    this.image = image;
    var h = image.object(Keys.HEADER);
    this.header = h == null ? Header.NEW : (Header) h;
  }

  public Header header() {
    return header;
  }

  /** Makes sure that all of these are there: one fault for all that are not. */
  public void need(Collection<String> keys) {
    LinkedHashSet<String> absent = null;
    for (String key : keys) {
      try {
        image.object(key);
      } catch (PageFault fault) {
        absent = absent == null ? new LinkedHashSet<>() : absent;
        absent.addAll(fault.keys());
      }
    }
    if (absent != null) {
      throw new PageFault(List.copyOf(absent), List.of());
    }
  }

  /** Makes sure that the rows with these seqs are there. */
  public void needRows(Collection<Long> seqs) {
    LinkedHashSet<Long> absent = null;
    for (long seq : seqs) {
      try {
        image.entry(seq);
      } catch (PageFault fault) {
        absent = absent == null ? new LinkedHashSet<>() : absent;
        absent.addAll(fault.seqs());
      }
    }
    if (absent != null) {
      throw new PageFault(List.of(), List.copyOf(absent));
    }
  }

  public Entry entry(long seq) {
    return image.entry(seq);
  }

  public @Nullable ThreadObject findThread(String id) {
    return (ThreadObject) image.object(Keys.thread(id));
  }

  /** The thread, or NOT_FOUND. */
  public ThreadObject thread(String id) {
    var t = findThread(id);
    if (t == null) {
      throw new Rejected(Rule.NOT_FOUND, "there is no such thread");
    }
    return t;
  }

  public HistoryPage history(String thread, int page) {
    var o = image.object(Keys.page(Keys.history(thread), page));
    return o == null ? HistoryPage.EMPTY : (HistoryPage) o;
  }

  public ListPage list(String list, int page) {
    var o = image.object(Keys.page(Keys.list(list), page));
    return o == null ? ListPage.EMPTY : (ListPage) o;
  }

  /** The page table; null while there is only page 0. */
  public @Nullable PageTable table(String sequence) {
    return (PageTable) image.object(sequence);
  }

  public PlacementPage placements(String folder, int page) {
    var o = image.object("p/" + folder + '/' + page);
    return o == null ? PlacementPage.EMPTY : (PlacementPage) o;
  }

  public SummaryPage summaries(String folder, int page) {
    var o = image.object("s/" + folder + '/' + page);
    return o == null ? SummaryPage.EMPTY : (SummaryPage) o;
  }

  public ExpungePage expunges(String folder, int page) {
    var o = image.object("x/" + folder + '/' + page);
    return o == null ? ExpungePage.EMPTY : (ExpungePage) o;
  }

  public @Nullable DraftObject draft(String id) {
    return (DraftObject) image.object(Keys.draft(id));
  }

  public DeadLetters dead() {
    var o = image.object(Keys.DEAD);
    return o == null ? DeadLetters.EMPTY : (DeadLetters) o;
  }

  public Annotations annotations() {
    var o = image.object(Keys.METADATA);
    return o == null ? Annotations.EMPTY : (Annotations) o;
  }

  /** The history page that holds this place. */
  public int pageOf(String thread, ThreadState state, long stamp, String id) {
    if (state.tail().holds(stamp, id)) {
      return state.tail().page();
    }
    var table = table(Keys.history(thread));
    return table == null ? 0 : table.rows().get(table.find(stamp, id)).page();
  }

  /** The pages of a history in display order. */
  public List<Integer> pages(String thread, ThreadState state) {
    if (state.tail().pages() == 1) {
      return List.of(0);
    }
    var table = table(Keys.history(thread));
    var out = new ArrayList<Integer>();
    if (table != null) {
      table.rows().forEach(r -> out.add(r.page()));
    }
    return out;
  }

  /** All messages of some pages of a thread's history. */
  public List<HistoryPage> histories(String thread, Collection<Integer> pages) {
    var sequence = Keys.history(thread);
    need(pages.stream().map(p -> Keys.page(sequence, p)).toList());
    return pages.stream().map(p -> history(thread, p)).toList();
  }

  /** Keys of the pages that may hold this key of an index. */
  public List<String> candidates(String index, String key) {
    var shape = header.index(index);
    var out = new ArrayList<String>(4);
    for (int g = shape.generations() - 1; g >= 0; g--) {
      if (shape.mayHold(g, key)) {
        out.add(Keys.index(index, g, IndexShape.page(g, key)));
      }
    }
    return out;
  }

  /** An entry of an index and where it stands. */
  public record Found(IndexPage.Key key, int generation, int page) {}

  /** Looks a key up, newest generation first. */
  public @Nullable Found find(String index, String key, Predicate<IndexPage.Key> test) {
    var shape = header.index(index);
    for (int g = shape.generations() - 1; g >= 0; g--) {
      if (shape.mayHold(g, key)) {
        int n = IndexShape.page(g, key);
        var page = (IndexPage) image.object(Keys.index(index, g, n));
        var k = page == null ? null : page.find(key, test);
        if (k != null) {
          return new Found(k, g, n);
        }
      }
    }
    return null;
  }

  public @Nullable Found find(String index, String key) {
    need(candidates(index, key));
    return find(index, key, k -> true);
  }

  /** A message with its thread and the history page that it stands on. */
  public record Place(ThreadObject thread, int page, Ref ref) {}

  /** The message of this id in this mailbox, or NOT_FOUND. */
  public Place message(String id) {
    need(candidates(IndexShape.MESSAGES, id));
    var found = find(IndexShape.MESSAGES, id, k -> id.equals(k.message()));
    if (found == null) {
      throw new Rejected(Rule.NOT_FOUND, "there is no such message");
    }
    var key = found.key();
    return place(key.thread() == null ? "" : key.thread(), key.stamp(), id);
  }

  /** The message at this place of this thread, or NOT_FOUND. */
  public Place place(String thread, long stamp, String id) {
    var t = thread(thread);
    int page = pageOf(thread, t.state(), stamp, id);
    var ref = history(thread, page).get(stamp, id);
    if (ref == null) {
      throw new Rejected(Rule.NOT_FOUND, "there is no such message");
    }
    return new Place(t, page, ref);
  }

  /** What stands beside the event of this seq; null when it is erased. */
  public @Nullable Content contentAt(long seq) {
    var entry = image.entry(seq);
    return entry.content((int) (seq - entry.first()));
  }

  /** What a message says; null when it is erased. */
  public @Nullable Message content(ThreadObject thread, Ref ref) {
    if (ref.erased()) {
      return null;
    }
    for (Item item : thread.recent()) {
      if (item.ref().id().equals(ref.id()) && item.content() != null) {
        return item.content();
      }
    }
    var content = contentAt(ref.contentRow());
    return content == null ? null : content.message();
  }
}
