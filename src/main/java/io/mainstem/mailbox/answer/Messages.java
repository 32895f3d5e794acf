package io.mainstem.mailbox.answer;

import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MessageView;
import io.mainstem.mailbox.Moment;
import io.mainstem.mailbox.Position;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.state.Reads;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.ThreadObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages of a thread, oldest first. */
final class Messages {
  private Messages() {}

  static Query.MessagePage page(Reads reads, Query.Messages q, Moment moment) {
    var t = reads.thread(q.thread().value());
    var shown = Shown.opened(t.state(), q.folder(), q.channel());
    boolean forward = q.after() != null;
    var refs =
        forward
            ? after(reads, t, shown, q.after(), q.limit() + 1)
            : before(reads, t, shown, q.before(), q.limit() + 1);
    boolean more = refs.size() > q.limit();
    if (more) {
      refs.remove(forward ? refs.size() - 1 : 0);
    }
    Position next = null;
    Position prev = null;
    if (!refs.isEmpty()) {
      boolean older =
          forward ? !before(reads, t, shown, refs.get(0).position(), 1).isEmpty() : more;
      boolean newer =
          forward
              ? more
              : q.before() != null && !after(reads, t, shown, last(refs).position(), 1).isEmpty();
      next = older ? refs.get(0).position() : null;
      prev = newer ? last(refs).position() : null;
    }
    return new Query.MessagePage(
        views(reads, t, refs),
        next,
        prev,
        new Cursor(reads.header().cursorGeneration(moment.generation()), reads.header().covers()));
  }

  private static Ref last(List<Ref> refs) {
    return refs.get(refs.size() - 1);
  }

  static List<MessageView> views(Reads reads, ThreadObject t, List<Ref> refs) {
    var rows = new ArrayList<Long>();
    for (Ref ref : refs) {
      if (!ref.erased() && !Threads.hasContent(t, ref)) {
        rows.add(ref.contentRow());
      }
    }
    reads.needRows(rows);
    var out = new ArrayList<MessageView>(refs.size());
    for (Ref ref : refs) {
      out.add(Views.message(t, ref, reads.content(t, ref)));
    }
    return out;
  }

  /** The newest before a position, oldest first. */
  private static List<Ref> before(
      Reads reads, ThreadObject t, Shown shown, @Nullable Position before, int limit) {
    var pages = reads.pages(t.id(), t.state());
    int at =
        before == null
            ? pages.size() - 1
            : pages.indexOf(reads.pageOf(t.id(), t.state(), before.stamp().packed(), before.id()));
    var out = new ArrayList<Ref>();
    for (; at >= 0 && out.size() < limit; at--) {
      var refs = reads.history(t.id(), pages.get(at)).refs();
      for (int i = refs.size() - 1; i >= 0 && out.size() < limit; i--) {
        var ref = refs.get(i);
        boolean in =
            before == null
                || Ref.compare(ref.stamp(), ref.id(), before.stamp().packed(), before.id()) < 0;
        if (in && shown.shows(ref)) {
          out.add(ref);
        }
      }
    }
    Collections.reverse(out);
    return out;
  }

  private static List<Ref> after(
      Reads reads, ThreadObject t, Shown shown, @Nullable Position after, int limit) {
    var pages = reads.pages(t.id(), t.state());
    int at =
        after == null
            ? 0
            : pages.indexOf(reads.pageOf(t.id(), t.state(), after.stamp().packed(), after.id()));
    var out = new ArrayList<Ref>();
    for (; at < pages.size() && out.size() < limit; at++) {
      for (Ref ref : reads.history(t.id(), pages.get(at)).refs()) {
        boolean in =
            after == null
                || Ref.compare(ref.stamp(), ref.id(), after.stamp().packed(), after.id()) > 0;
        if (in && shown.shows(ref) && out.size() < limit) {
          out.add(ref);
        }
      }
    }
    return out;
  }
}
