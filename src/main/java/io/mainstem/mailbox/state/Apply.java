package io.mainstem.mailbox.state;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.StoredObject;
import io.mainstem.mailbox.state.Effect.Cut;
import io.mainstem.mailbox.state.Effect.IndexPut;
import io.mainstem.mailbox.state.Effect.ListMove;
import io.mainstem.mailbox.state.Effect.NewPage;
import io.mainstem.mailbox.state.Effect.RefChange;
import io.mainstem.mailbox.state.Effect.ThreadEffect;
import io.mainstem.mailbox.state.PlacementPage.Placement;
import io.mainstem.mailbox.state.SummaryPage.Summary;
import io.mainstem.message.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Copies outcomes of events into one object. */
public final class Apply {
  private Apply() {}

  /** The object of this key after the entry; events that it covers are skipped. */
  public static @Nullable StoredObject apply(
      String key, @Nullable StoredObject object, Entry entry) {
    var now = object;
    for (int i = 0; i < entry.events().size(); i++) {
      long seq = entry.first() + i;
      if (now == null || now.covers() < seq) {
        var content = entry.content(i);
        now = one(key, now, entry.events().get(i), content, seq, entry.atMillis());
      }
    }
    return now;
  }

  private static @Nullable StoredObject one(
      String key,
      @Nullable StoredObject o,
      Event event,
      @Nullable Content content,
      long seq,
      long atMillis) {
    var effect = event.effect();
    return switch (key.charAt(0)) {
      case 'h' ->
          key.equals(Keys.HEADER)
              ? HeaderApply.apply(o == null ? Header.NEW : (Header) o, event, seq, atMillis)
              : effect == null
                  ? o
                  : isPage(key)
                      ? history(key, (HistoryPage) o, effect, seq)
                      : table(key, (PageTable) o, effect, seq);
      case 't' ->
          ThreadApply.apply(
              key, (ThreadObject) o, event, content == null ? null : content.message(), seq);
      case 'l' ->
          effect == null
              ? o
              : isPage(key)
                  ? list(key, (ListPage) o, effect, seq)
                  : table(key, (PageTable) o, effect, seq);
      case 'p' -> effect == null ? o : placements(key, (PlacementPage) o, effect, seq, atMillis);
      case 's' ->
          effect == null
              ? o
              : summaries(
                  key, (SummaryPage) o, effect, content == null ? null : content.message(), seq);
      case 'x' -> effect == null ? o : expunges(key, (ExpungePage) o, effect, seq);
      case 'k' -> effect == null ? o : index(key, (IndexPage) o, effect, seq);
      case 'd' ->
          key.equals(Keys.DEAD)
              ? dead((DeadLetters) o, event, seq)
              : draft(key, (DraftObject) o, event, content, seq, atMillis);
      case 'm' -> annotations((Annotations) o, event, seq);
      default -> throw new IllegalArgumentException("no object has this key: " + key);
    };
  }

  /** A copy to change, which need not grow for the one element that mostly comes. */
  private static <T> ArrayList<T> withRoom(List<T> elements) {
    var copy = new ArrayList<T>(elements.size() + 2);
    copy.addAll(elements);
    return copy;
  }

  /** Whether this is the page of the placement's UID. */
  private static boolean isOf(String key, Spot s) {
    return Keys.isOf(key, s.folder(), PlacementPage.of(s.uid()));
  }

  private static boolean isPage(String key) {
    return key.indexOf('/', 2) > 0;
  }

  private static @Nullable HistoryPage history(
      String key, @Nullable HistoryPage page, Effect effect, long seq) {
    var refs = withRoom(page == null ? List.<Ref>of() : page.refs());
    boolean changed = false;
    for (Cut c : effect.cuts()) {
      if (Keys.isPage(key, c.sequence(), c.from())) {
        refs.removeIf(r -> Ref.compare(r.stamp(), r.id(), c.stamp(), c.first()) >= 0);
        changed = true;
      } else if (Keys.isPage(key, c.sequence(), c.to())) {
        refs.addAll(c.refs());
        changed = true;
      }
    }
    for (RefChange c : effect.refs()) {
      if (Keys.isOf(key, c.thread(), c.page())) {
        HistoryPage.put(refs, c.ref());
        changed = true;
      }
    }
    return changed ? new HistoryPage(seq, refs) : page;
  }

  private static @Nullable ListPage list(
      String key, @Nullable ListPage page, Effect effect, long seq) {
    var rows = withRoom(page == null ? List.<ListPage.Place>of() : page.rows());
    boolean changed = false;
    for (ThreadEffect t : effect.threads()) {
      for (ListMove m : t.moves()) {
        changed |= step(key, rows, t.thread(), m);
      }
    }
    return changed ? new ListPage(seq, rows) : page;
  }

  /** Does to the page of this key what the move does; says whether it did anything. */
  @CanIgnoreReturnValue
  public static boolean step(String key, List<ListPage.Place> rows, String thread, ListMove m) {
    boolean changed = false;
    if (m.from() >= 0 && Keys.isOf(key, m.list(), m.from())) {
      int i = ListPage.find(rows, m.fromStamp(), thread);
      if (i >= 0) {
        rows.remove(i);
      }
      changed = true;
    }
    var cut = m.cut();
    if (cut != null && Keys.isOf(key, m.list(), cut.from())) {
      rows.removeIf(r -> r.compareTo(cut.stamp(), cut.first()) >= 0);
      changed = true;
    } else if (cut != null && Keys.isOf(key, m.list(), cut.to())) {
      rows.addAll(cut.places());
      changed = true;
    }
    if (m.to() >= 0 && Keys.isOf(key, m.list(), m.to())) {
      ListPage.put(rows, new ListPage.Place(m.toStamp(), thread));
      changed = true;
    }
    return changed;
  }

  private static @Nullable PageTable table(
      String key, @Nullable PageTable table, Effect effect, long seq) {
    var now = table;
    for (NewPage p : effect.newPages()) {
      if (p.sequence().equals(key)) {
        now = PageTable.plus(now, seq, p.row());
      }
    }
    return now;
  }

  private static @Nullable PlacementPage placements(
      String key, @Nullable PlacementPage page, Effect effect, long seq, long atMillis) {
    var out = withRoom(page == null ? List.<Placement>of() : page.placements());
    boolean changed = false;
    for (RefChange c : effect.refs()) {
      for (Spot s : c.was()) {
        if (isOf(key, s) && c.left(s)) {
          int i = PlacementPage.find(out, s.uid());
          if (i >= 0) {
            out.remove(i);
          }
          changed = true;
        }
      }
      var r = c.ref();
      for (Spot s : r.spots()) {
        if (s.modseq() == seq && isOf(key, s)) {
          int i = PlacementPage.find(out, s.uid());
          long saved = i >= 0 ? out.get(i).savedMillis() : atMillis;
          var placement =
              new Placement(
                  s.uid(),
                  r.id(),
                  c.thread(),
                  r.stamp(),
                  s.flags(),
                  s.keywords(),
                  s.modseq(),
                  r.sizeBytes(),
                  r.receivedMillis(),
                  r.zoneMinutes(),
                  saved,
                  r.contentRow(),
                  r.erased(),
                  r.revision() == null ? null : r.revision().number());
          if (i >= 0) {
            out.set(i, placement);
          } else {
            out.add(-i - 1, placement);
          }
          changed = true;
        }
      }
    }
    return changed ? new PlacementPage(seq, out) : page;
  }

  private static @Nullable SummaryPage summaries(
      String key, @Nullable SummaryPage page, Effect effect, @Nullable Message content, long seq) {
    var out = withRoom(page == null ? List.<Summary>of() : page.summaries());
    boolean changed = false;
    for (RefChange c : effect.refs()) {
      for (Spot s : c.was()) {
        if (isOf(key, s) && c.left(s)) {
          out.removeIf(x -> x.uid() == s.uid());
          changed = true;
        }
      }
      for (Spot s : c.ref().spots()) {
        if (!isOf(key, s)) {
          continue;
        }
        if (c.ref().erased()) {
          out.removeIf(x -> x.uid() == s.uid());
          changed = true;
        } else if (c.brings(seq) && content != null && s.modseq() == seq) {
          out.add(Summary.of(s.uid(), content));
          changed = true;
        }
      }
    }
    return changed ? new SummaryPage(seq, out) : page;
  }

  private static @Nullable ExpungePage expunges(
      String key, @Nullable ExpungePage page, Effect effect, long seq) {
    var uids = new ArrayList<Integer>();
    for (RefChange c : effect.refs()) {
      for (Spot s : c.was()) {
        if (isOf(key, s) && c.left(s)) {
          uids.add(s.uid());
        }
      }
    }
    if (uids.isEmpty()) {
      return page;
    }
    uids.sort(null);
    var out = withRoom(page == null ? List.<ExpungePage.Expunge>of() : page.expunges());
    for (int i = 0; i < uids.size(); ) {
      int j = i + 1;
      while (j < uids.size() && uids.get(j) == uids.get(j - 1) + 1) {
        j++;
      }
      out.add(new ExpungePage.Expunge(seq, uids.get(i), uids.get(j - 1)));
      i = j;
    }
    return new ExpungePage(seq, out);
  }

  private static @Nullable IndexPage index(
      String key, @Nullable IndexPage page, Effect effect, long seq) {
    var keys = page == null ? List.<IndexPage.Key>of() : page.keys();
    boolean changed = false;
    for (IndexPut p : effect.keys()) {
      if (Keys.index(p.name(), p.generation(), p.page()).equals(key)) {
        keys = IndexPage.put(keys, p.key(), p.replace());
        changed = true;
      }
    }
    return changed ? new IndexPage(seq, keys) : page;
  }

  private static @Nullable DraftObject draft(
      String key,
      @Nullable DraftObject draft,
      Event event,
      @Nullable Content content,
      long seq,
      long atMillis) {
    return switch (event) {
      case Event.DraftSaved e when Keys.draft(e.id()).equals(key) ->
          new DraftObject(
              seq, e.id(), e.thread(), atMillis, seq, content == null ? null : content.draft());
      case Event.DraftDiscarded e when Keys.draft(e.id()).equals(key) -> null;
      default -> draft;
    };
  }

  private static @Nullable Annotations annotations(
      @Nullable Annotations annotations, Event event, long seq) {
    return switch (event) {
      case Event.Annotated e ->
          (annotations == null ? Annotations.EMPTY : annotations)
              .with(seq, e.folder(), e.annotations());
      case Event.FolderDropped e when annotations != null ->
          annotations.without(seq, e.folder().id());
      default -> annotations;
    };
  }

  private static @Nullable DeadLetters dead(@Nullable DeadLetters dead, Event event, long seq) {
    var out = new ArrayList<>(dead == null ? List.<Failure>of() : dead.failures());
    switch (event) {
      case Event.Failed e -> {
        out.add(e.failure());
        if (out.size() > DeadLetters.MAX) {
          out.remove(0);
        }
      }
      case Event.Retried e -> out.removeIf(f -> f.message().equals(e.message()));
      default -> {
        return dead;
      }
    }
    return new DeadLetters(seq, out);
  }
}
