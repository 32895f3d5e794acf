package io.mainstem.mailbox.answer;

import io.mainstem.mailbox.Annotation;
import io.mainstem.mailbox.Change;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.DraftView;
import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.MessageView;
import io.mainstem.mailbox.MessageView.StatusCounts;
import io.mainstem.mailbox.Status;
import io.mainstem.mailbox.state.Content;
import io.mainstem.mailbox.state.Effect;
import io.mainstem.mailbox.state.Effect.RefChange;
import io.mainstem.mailbox.state.Effect.ThreadEffect;
import io.mainstem.mailbox.state.Flags;
import io.mainstem.mailbox.state.Folder;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.mailbox.state.Tally;
import io.mainstem.message.FolderId;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What watchers see of an entry. */
public final class Frames {
  private Frames() {}

  public static Frame frame(int generation, Entry entry) {
    var out = new ArrayList<Change>();
    for (int i = 0; i < entry.events().size(); i++) {
      changes(entry.events().get(i), entry.content(i), entry.first() + i, entry.atMillis(), out);
    }
    if (out.isEmpty()) {
      out.add(new Change.Bookkeeping());
    }
    return new Frame(new Cursor(generation, entry.last()), out, FolderChanges.of(entry));
  }

  private static void changes(
      Event event, @Nullable Content content, long seq, long atMillis, List<Change> out) {
    switch (event) {
      case Event.Sent e -> {
        arrived(e.effect(), content, Status.SENT, out);
        gone(e.effect(), out);
        all(e.effect(), out);
      }
      case Event.Delivered e -> {
        arrived(e.effect(), content, null, out);
        all(e.effect(), out);
      }
      case Event.Edited e -> {
        for (RefChange c : e.effect().refs()) {
          out.add(
              new Change.MessageChanged(
                  Views.message(
                      c.thread(),
                      c.ref(),
                      content == null ? null : content.message(),
                      null,
                      null,
                      null),
                  false));
        }
        all(e.effect(), out);
      }
      case Event.Appended e -> {
        if (!waits(e.effect())) {
          arrived(e.effect(), content, null, out);
          gone(e.effect(), out);
          all(e.effect(), out);
        }
      }
      case Event.ReadUpTo e -> {
        out.add(
            new Change.ReadChanged(
                new ThreadId(e.thread()), e.upTo(), unread(e.effect(), e.thread())));
        all(e.effect(), out);
      }
      case Event.MarkedUnread e -> {
        flags(e.effect(), out);
        out.add(
            new Change.ReadChanged(new ThreadId(e.thread()), 0, unread(e.effect(), e.thread())));
        all(e.effect(), out);
      }
      case Event.Flagged e -> {
        flags(e.effect(), out);
        for (ThreadEffect t : e.effect().threads()) {
          out.add(
              new Change.ReadChanged(new ThreadId(t.thread()), 0, t.state().unread(Tally.VISIBLE)));
        }
        all(e.effect(), out);
      }
      case Event.Moved e -> places(e.effect(), out);
      case Event.Placed e -> places(e.effect(), out);
      case Event.Admitted e -> places(e.effect(), out);
      case Event.Deleted e -> places(e.effect(), out);
      case Event.Undone e -> {
        flags(e.effect(), out);
        places(e.effect(), out);
      }
      case Event.Accepted e -> places(e.effect(), out);
      case Event.Declined e -> places(e.effect(), out);
      case Event.ThreadSet e -> all(e.effect(), out);
      case Event.GroupChanged e -> all(e.effect(), out);
      case Event.Erased e -> {
        for (RefChange c : e.effect().refs()) {
          out.add(
              new Change.MessageChanged(
                  Views.message(c.thread(), c.ref(), null, null, null, null), false));
        }
        all(e.effect(), out);
      }
      case Event.Annotated e ->
          out.add(
              new Change.AnnotationsChanged(
                  e.folder() == null ? null : new FolderId(e.folder()),
                  e.annotations().stream().map(Annotation::name).toList()));
      case Event.FolderMade e -> out.add(new Change.FoldersChanged(folder(e.folder()), false));
      case Event.FoldersRenamed e ->
          e.folders().forEach(f -> out.add(new Change.FoldersChanged(folder(f), false)));
      case Event.FolderDropped e -> {
        places(e.effect(), out);
        out.add(new Change.FoldersChanged(folder(e.folder()), true));
      }
      case Event.DraftSaved e ->
          out.add(new Change.DraftChanged(new MessageId(e.id()), draft(e, content, seq, atMillis)));
      case Event.DraftDiscarded e -> out.add(new Change.DraftChanged(new MessageId(e.id()), null));
      case Event.SettingsSet e -> {
        out.add(new Change.SettingsChanged(e.settings().toSettings()));
        out.add(new Change.CountsChanged(e.counts()));
      }
      case Event.Reported e -> e.marks().forEach(m -> mark(m, out));
      case Event.Failed e ->
          out.add(
              status(
                  e.failure().thread(),
                  e.failure().message(),
                  Status.FAILED,
                  e.failure().recipient()));
      case Event.Retried e -> {
        if (content != null) {
          for (Person p : content.recipients()) {
            out.add(status(e.thread(), e.message(), Status.SENT, p));
          }
        }
      }
      case Event.Released e -> {
        if (content != null) {
          for (RefChange c : e.effect().refs()) {
            out.add(new Change.MessageChanged(view(c, content, Status.SENT), false));
          }
        }
      }
      case Event.HandedUpTo e -> {}
      case Event.ReceiptsDone e -> {}
      case Event.Redacted e -> {}
      case Event.Expired e -> places(e.effect(), out);
      case Event.Leaving e -> {}
      case Event.Frozen e -> {}
      case Event.Thawed e -> {}
      case Event.SetBack e -> {}
      case Event.Fenced e -> {}
    }
  }

  /** Whether the message stands nowhere yet: nobody sees it. */
  private static boolean waits(Effect effect) {
    for (RefChange c : effect.refs()) {
      if (!c.arrived() || !c.ref().spots().isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private static void arrived(
      Effect effect, @Nullable Content content, @Nullable Status status, List<Change> out) {
    for (RefChange c : effect.refs()) {
      if (c.arrived()) {
        out.add(new Change.MessageChanged(view(c, content, status), true));
      }
    }
  }

  private static MessageView view(RefChange c, @Nullable Content content, @Nullable Status status) {
    int n = content == null ? 0 : content.recipients().size();
    return Views.message(
        c.thread(),
        c.ref(),
        content == null ? null : content.message(),
        status,
        n > 1 ? new StatusCounts(n, 0, 0, 0) : null,
        null);
  }

  /** Messages that left folders, then the threads and counts as they are now. */
  private static void places(Effect effect, List<Change> out) {
    gone(effect, out);
    all(effect, out);
  }

  private static void gone(Effect effect, List<Change> out) {
    for (RefChange c : effect.refs()) {
      for (Spot s : c.was()) {
        if (c.left(s)) {
          out.add(
              new Change.MessageGone(
                  new MessageId(c.ref().id()),
                  new ThreadId(c.thread()),
                  new FolderId(s.folder()),
                  c.ref().spots().isEmpty()));
        }
      }
    }
  }

  /** Threads whose face the event carries, and the counts. */
  private static void all(Effect effect, List<Change> out) {
    for (ThreadEffect t : effect.threads()) {
      var face = t.face();
      if (face != null) {
        MessageView last = null;
        for (Change c : out) {
          if (c instanceof Change.MessageChanged m
              && m.arrived()
              && m.message().thread().value().equals(t.thread())) {
            last = m.message();
          }
        }
        long stamp = Views.stamp(t.state(), Set.of(Tally.VISIBLE), null);
        out.add(
            new Change.ThreadChanged(
                Views.thread(
                    t.thread(),
                    face,
                    t.state(),
                    last,
                    t.state().unread(Tally.VISIBLE),
                    stamp == 0 ? t.state().newest() : stamp,
                    null)));
      }
    }
    out.add(new Change.CountsChanged(effect.counts()));
  }

  private static int unread(Effect effect, String thread) {
    for (ThreadEffect t : effect.threads()) {
      if (t.thread().equals(thread)) {
        return t.state().unread(Tally.VISIBLE);
      }
    }
    return 0;
  }

  /** Flags that placements got and lost, messages of one thread together that changed alike. */
  private static void flags(Effect effect, List<Change> out) {
    record Alike(String thread, Set<String> added, Set<String> removed) {}
    Map<Alike, List<MessageId>> groups = new LinkedHashMap<>();
    for (RefChange c : effect.refs()) {
      var added = new TreeSet<String>();
      var removed = new TreeSet<String>();
      for (Spot s : c.ref().spots()) {
        var old = c.before(s);
        if (old != null) {
          var before = Flags.words(old.flags(), old.keywords());
          var after = Flags.words(s.flags(), s.keywords());
          after.stream().filter(f -> !before.contains(f)).forEach(added::add);
          before.stream().filter(f -> !after.contains(f)).forEach(removed::add);
        }
      }
      if (!added.isEmpty() || !removed.isEmpty()) {
        groups
            .computeIfAbsent(new Alike(c.thread(), added, removed), k -> new ArrayList<>())
            .add(new MessageId(c.ref().id()));
      }
    }
    groups.forEach(
        (g, ids) ->
            out.add(
                new Change.FlagsChanged(new ThreadId(g.thread()), ids, g.added(), g.removed())));
  }

  private static void mark(Event.Mark m, List<Change> out) {
    var by = m.recipient().person();
    if (m.deliveredUpTo() != null) {
      out.add(status(m.thread(), m.deliveredUpTo(), Status.DELIVERED, by));
    }
    if (m.readUpTo() != null) {
      out.add(status(m.thread(), m.readUpTo(), Status.READ, by));
    }
  }

  private static Change status(String thread, String message, Status status, Person by) {
    return new Change.StatusChanged(new ThreadId(thread), new MessageId(message), status, by);
  }

  private static @Nullable DraftView draft(
      Event.DraftSaved e, @Nullable Content content, long seq, long atMillis) {
    var d = content == null ? null : content.draft();
    return d == null
        ? null
        : new DraftView(
            new MessageId(e.id()),
            e.thread() == null ? null : new ThreadId(e.thread()),
            d.to(),
            d.channel(),
            d.subject(),
            d.text(),
            d.attachments(),
            Instant.ofEpochMilli(atMillis),
            seq);
  }

  static FolderView folder(Folder f) {
    return new FolderView(
        new FolderId(f.id()),
        f.name(),
        f.subscribed(),
        f.uidValidity(),
        f.uidNext(),
        f.messages(),
        f.unseen(),
        f.sizeBytes(),
        f.modseq());
  }
}
