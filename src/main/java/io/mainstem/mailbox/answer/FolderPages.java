package io.mainstem.mailbox.answer;

import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.PlacementView;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.SummaryView;
import io.mainstem.mailbox.state.ExpungePage;
import io.mainstem.mailbox.state.Flags;
import io.mainstem.mailbox.state.Folder;
import io.mainstem.mailbox.state.PlacementPage;
import io.mainstem.mailbox.state.PlacementPage.Placement;
import io.mainstem.mailbox.state.Reads;
import io.mainstem.mailbox.state.SummaryPage.Summary;
import io.mainstem.message.BlobKey;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Headers;
import io.mainstem.message.Hlc;
import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.ThreadId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Folders page by page: each answer looks at a bounded number of pages and says where to go on, so
 * that a folder of any size streams at the speed of who reads it.
 */
final class FolderPages {
  /** Pages that one answer about UIDs alone looks at. */
  private static final int WIDE = 64;

  /** Pages that one answer about placements looks at, while it finds few. */
  private static final int NARROW = 16;

  private FolderPages() {}

  private static Folder folder(Reads reads, FolderId id) {
    var f = reads.header().folder(id.value());
    if (f == null) {
      throw new Rejected(Rule.NOT_FOUND, "there is no such folder");
    }
    return f;
  }

  /** Pages {@code first} to {@code last} of a folder, both included. */
  private record Span(int from, int to, int first, int last) {
    /** What the answer reaches over; empty when it is after the last UID. */
    static Span of(Folder f, int from, int to, int pages) {
      int start = Math.max(1, from);
      int end = Math.min(to, f.uidNext() - 1);
      int first = PlacementPage.of(start);
      int last = end < start ? first - 1 : Math.min(PlacementPage.of(end), first + pages - 1);
      return new Span(start, end, first, last);
    }

    /** Where to go on after the last page; 0 at the end. */
    int next() {
      long after = (last + 1L) * PlacementPage.UIDS + 1;
      return last < first || after > to ? 0 : (int) after;
    }

    boolean holds(int uid) {
      return uid >= from && uid <= to;
    }

    void load(Reads reads, String kind, String folder) {
      var keys = new ArrayList<String>();
      for (int n = first; n <= last; n++) {
        keys.add(kind + folder + '/' + n);
      }
      reads.need(keys);
    }
  }

  static Query.UidPage uids(Reads reads, Query.Uids q, Cursor cursor) {
    var f = folder(reads, q.folder());
    var span = Span.of(f, q.from(), Integer.MAX_VALUE, WIDE);
    span.load(reads, "p/", f.id());
    var uids = new Runs();
    var unseen = new Runs();
    for (int n = span.first(); n <= span.last(); n++) {
      for (Placement p : reads.placements(f.id(), n).placements()) {
        if (span.holds(p.uid())) {
          uids.add(p.uid());
          if ((p.flags() & Flags.SEEN) == 0) {
            unseen.add(p.uid());
          }
        }
      }
    }
    return new Query.UidPage(uids.ranges(), unseen.ranges(), span.next(), Frames.folder(f), cursor);
  }

  static Query.PlacementPage placements(Reads reads, Query.Placements q, Cursor cursor) {
    var f = folder(reads, q.folder());
    var found = find(reads, f, q.from(), q.to(), q.changedSince());
    return new Query.PlacementPage(
        found.placements().stream().map(FolderPages::view).toList(), found.next(), cursor);
  }

  private record Found(List<Placement> placements, int next) {}

  private static Found find(Reads reads, Folder f, int from, int to, long changedSince) {
    var span = Span.of(f, from, to, NARROW);
    var out = new ArrayList<Placement>();
    if (changedSince > 0) {
      span.load(reads, "p/", f.id()); // most have nothing: one load for all
    }
    for (int n = span.first(); n <= span.last(); n++) {
      var page = reads.placements(f.id(), n);
      if (changedSince > 0 && page.covers() <= changedSince) {
        continue;
      }
      for (Placement p : page.placements()) {
        if (span.holds(p.uid()) && p.modseq() > changedSince) {
          if (out.size() == Query.PAGE) {
            return new Found(out, p.uid());
          }
          out.add(p);
        }
      }
    }
    return new Found(out, span.next());
  }

  static PlacementView view(Placement p) {
    return new PlacementView(
        p.uid(),
        new MessageId(p.message()),
        new ThreadId(p.thread()),
        p.flags(),
        p.keywords(),
        p.modseq(),
        p.sizeBytes(),
        p.receivedMillis(),
        p.zoneMinutes(),
        p.savedMillis(),
        p.edit());
  }

  static Query.SummaryPage summaries(Reads reads, Query.Summaries q, Cursor cursor) {
    var f = folder(reads, q.folder());
    var found = find(reads, f, q.from(), q.to(), 0);
    var kept = kept(reads, f, found.placements());
    reads.needRows(rows(found.placements(), kept));
    var out = new ArrayList<SummaryView>(found.placements().size());
    for (Placement p : found.placements()) {
      var s = kept.get(p.uid());
      if (s == null && !p.erased()) {
        var content = reads.contentAt(p.seq());
        var m = content == null ? null : content.message();
        s = m == null ? null : Summary.of(p.uid(), m);
      }
      out.add(s == null || p.erased() ? erased(p) : summary(p, s));
    }
    return new Query.SummaryPage(out, found.next(), cursor);
  }

  private static SummaryView summary(Placement p, Summary s) {
    return new SummaryView(
        view(p),
        s.channel(),
        new SummaryView.Text(s.from(), s.to(), s.cc(), s.subject(), s.preview()),
        s.headers());
  }

  private static SummaryView erased(Placement p) {
    return new SummaryView(view(p), Channel.MAIL, null, Headers.NONE);
  }

  /** Summaries of those of these UIDs whose content came with them; copies have none. */
  private static Map<Integer, Summary> kept(Reads reads, Folder f, List<Placement> placements) {
    var pages = placements.stream().map(p -> PlacementPage.of(p.uid())).distinct().toList();
    reads.need(pages.stream().map(n -> "s/" + f.id() + '/' + n).toList());
    var out = new HashMap<Integer, Summary>();
    for (int n : pages) {
      for (Summary s : reads.summaries(f.id(), n).summaries()) {
        out.put(s.uid(), s);
      }
    }
    return out;
  }

  private static List<Long> rows(List<Placement> placements, Map<Integer, Summary> kept) {
    return placements.stream()
        .filter(p -> !p.erased() && !kept.containsKey(p.uid()))
        .map(Placement::seq)
        .toList();
  }

  static Query.BodyPage bodies(Reads reads, Query.Bodies q, Cursor cursor) {
    var f = folder(reads, q.folder());
    var found = find(reads, f, q.from(), q.to(), 0);
    var kept = kept(reads, f, found.placements());
    kept.values().removeIf(s -> s.raw() == null); // written here: its row has the text
    reads.needRows(rows(found.placements(), kept));
    var out = new ArrayList<Query.Body>(found.placements().size());
    for (Placement p : found.placements()) {
      var s = kept.get(p.uid());
      var raw = s == null ? null : s.raw();
      out.add(
          s == null || raw == null
              ? body(reads, p)
              : raw(p, raw, p.sizeBytes() - s.headers().apartBytes(), s.headers()));
    }
    return new Query.BodyPage(out, found.next(), cursor);
  }

  private static Query.Body body(Reads reads, Placement p) {
    var content = p.erased() ? null : reads.contentAt(p.seq());
    Message m = content == null ? null : content.message();
    if (content == null || m == null) {
      return new Query.Body(view(p), null, null, null);
    }
    var raw = m.raw();
    if (raw != null) {
      return raw(p, raw, m.sizeBytes(), m.headers());
    }
    return new Query.Body(view(p), null, written(p.message(), p.stamp(), m, content.form()), null);
  }

  private static Query.Body raw(Placement p, BlobKey raw, long sizeBytes, Headers headers) {
    return new Query.Body(view(p), new BlobRange(raw, 0, sizeBytes), null, headers.apart());
  }

  static Query.Written written(String id, long stamp, Message m, @Nullable MailForm form) {
    return new Query.Written(
        new MessageId(id),
        m,
        form != null ? form : MailForm.of(1, new Hlc(stamp).millis(), null, List.of()));
  }

  static Query.ExpungedPage expunged(Reads reads, Query.Expunged q, Cursor cursor) {
    var f = folder(reads, q.folder());
    var span = Span.of(f, q.from(), q.to(), WIDE);
    span.load(reads, "x/", f.id());
    var runs = new Runs();
    for (int n = span.first(); n <= span.last(); n++) {
      var page = reads.expunges(f.id(), n);
      if (page.covers() > q.since()) {
        gone(page, q.since(), span).forEach(runs::add);
      }
    }
    return new Query.ExpungedPage(runs.ranges(), span.next(), cursor);
  }

  /** Ascending; a page has them in the order in which they went. */
  private static List<Integer> gone(ExpungePage page, long since, Span span) {
    var uids = new ArrayList<Integer>();
    for (ExpungePage.Expunge e : page.expunges()) {
      if (e.seq() > since) {
        for (int uid = e.from(); uid <= e.to(); uid++) {
          if (span.holds(uid)) {
            uids.add(uid);
          }
        }
      }
    }
    uids.sort(null);
    return uids;
  }
}
