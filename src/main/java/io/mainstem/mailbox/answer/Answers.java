package io.mainstem.mailbox.answer;

import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.DraftView;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.Image;
import io.mainstem.mailbox.MessageView;
import io.mainstem.mailbox.Moment;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.ThreadView;
import io.mainstem.mailbox.state.Failure;
import io.mainstem.mailbox.state.Folder;
import io.mainstem.mailbox.state.Header.DraftRow;
import io.mainstem.mailbox.state.Keys;
import io.mainstem.mailbox.state.Reads;
import io.mainstem.message.Attachment;
import io.mainstem.message.BlobRange;
import io.mainstem.message.FolderId;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.ThreadId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers queries. */
public final class Answers {
  private Answers() {}

  public static Object answer(Image image, Query<?> query, Moment moment) {
    var reads = new Reads(image);
    return switch (query) {
      case Query.Threads q -> {
        exists(reads, q.folder());
        yield Threads.page(reads, q, moment);
      }
      case Query.Thread q -> thread(reads, q);
      case Query.Messages q -> {
        exists(reads, q.folder());
        yield Messages.page(reads, q, moment);
      }
      case Query.One q -> one(reads, q.message());
      case Query.Attachment q -> attachment(reads, q);
      case Query.GetCounts q -> new Query.CountsAt(reads.header().counts(), head(reads, moment));
      case Query.GetSettings q ->
          new Query.SettingsAt(reads.header().settings().toSettings(), head(reads, moment));
      case Query.Drafts q -> drafts(reads);
      case Query.Folders q -> folders(reads);
      case Query.Annotations q -> {
        exists(reads, q.folder());
        yield reads.annotations().of(q.folder() == null ? null : q.folder().value());
      }
      case Query.Head q -> head(reads, moment);
      case Query.Updates q -> updates(reads, q, moment);
      case Query.Outstanding q -> Debts.outstanding(reads, moment.owner(), q);
      case Query.DeadLetters q -> deadLetters(reads);
      case Query.Raw q -> raw(reads, q);
      case Query.Form q -> form(reads, q);
      case Query.Usage q -> usage(reads, moment);
      case Query.Uids q -> FolderPages.uids(reads, q, head(reads, moment));
      case Query.Placements q -> FolderPages.placements(reads, q, head(reads, moment));
      case Query.Summaries q -> FolderPages.summaries(reads, q, head(reads, moment));
      case Query.Bodies q -> FolderPages.bodies(reads, q, head(reads, moment));
      case Query.Expunged q -> FolderPages.expunged(reads, q, head(reads, moment));
    };
  }

  private static void exists(Reads reads, @Nullable FolderId folder) {
    if (folder != null && reads.header().folder(folder.value()) == null) {
      throw new Rejected(Rule.NOT_FOUND, "there is no such folder");
    }
  }

  private static Cursor head(Reads reads, Moment moment) {
    return new Cursor(
        reads.header().cursorGeneration(moment.generation()), reads.header().covers());
  }

  private static ThreadView thread(Reads reads, Query.Thread q) {
    var t = reads.thread(q.thread().value());
    var shown = Shown.opened(t.state(), null, q.channel());
    return Threads.view(
        reads,
        t,
        shown,
        Threads.last(reads, t, shown),
        Views.stamp(t.state(), shown.lists(), q.channel()));
  }

  private static MessageView one(Reads reads, MessageId id) {
    var place = reads.message(id.value());
    if (place.ref().spots().isEmpty()) {
      throw new Rejected(Rule.NOT_FOUND, "there is no such message");
    }
    return Messages.views(reads, place.thread(), List.of(place.ref())).get(0);
  }

  private static Message content(Reads reads, MessageId id) {
    var message = one(reads, id).message();
    if (message == null) {
      throw new Rejected(Rule.NOT_FOUND, "the content of this message is erased");
    }
    return message;
  }

  private static Attachment attachment(Reads reads, Query.Attachment q) {
    for (Attachment a : content(reads, q.message()).attachments()) {
      if (a.id().equals(q.attachment())) {
        return a;
      }
    }
    throw new Rejected(Rule.NOT_FOUND, "there is no such attachment");
  }

  private static BlobRange raw(Reads reads, Query.Raw q) {
    var m = content(reads, q.message());
    if (m.raw() == null) {
      throw new Rejected(Rule.NOT_FOUND, "this message did not come as mail");
    }
    return new BlobRange(m.raw(), 0, m.sizeBytes());
  }

  private static Query.Written form(Reads reads, Query.Form q) {
    var place = reads.message(q.message().value());
    var ref = place.ref();
    var content = ref.erased() || ref.spots().isEmpty() ? null : reads.contentAt(ref.contentRow());
    var m = content == null ? null : content.message();
    if (content == null || m == null || m.raw() != null) {
      throw new Rejected(Rule.NOT_FOUND, "there is no such message that was written here");
    }
    return FolderPages.written(ref.id(), ref.stamp(), m, content.form());
  }

  private static Query.UsageAt usage(Reads reads, Moment moment) {
    var totals = reads.header().totals();
    return new Query.UsageAt(
        totals.messages(),
        totals.sizeBytes(),
        moment.limits().quotaMessages(),
        moment.limits().quotaBytes());
  }

  private static List<DraftView> drafts(Reads reads) {
    var rows = reads.header().drafts();
    reads.need(rows.stream().map(d -> Keys.draft(d.id())).toList());
    var out = new ArrayList<DraftView>();
    for (int i = rows.size() - 1; i >= 0; i--) {
      DraftRow row = rows.get(i);
      var d = reads.draft(row.id());
      var c = d == null ? null : d.content();
      if (d != null && c != null) {
        out.add(
            new DraftView(
                new MessageId(d.id()),
                d.thread() == null ? null : new ThreadId(d.thread()),
                c.to(),
                c.channel(),
                c.subject(),
                c.text(),
                c.attachments(),
                Instant.ofEpochMilli(d.savedMillis()),
                d.seq()));
      }
    }
    return out;
  }

  private static List<FolderView> folders(Reads reads) {
    var out = new ArrayList<FolderView>();
    for (Folder f : reads.header().folders()) {
      out.add(Frames.folder(f));
    }
    return out;
  }

  /** At most so many entries back; who is further behind loads anew. */
  private static final long MAX_BEHIND = 50_000;

  private static Query.UpdatePage updates(Reads reads, Query.Updates q, Moment moment) {
    long end = reads.header().covers();
    long seq = reads.header().place(q.after(), moment.generation());
    if (seq < 0 || seq > end || end - seq > MAX_BEHIND) {
      throw new Rejected(Rule.RESET, "this cursor cannot be gone on from");
    }
    int generation = reads.header().cursorGeneration(moment.generation());
    var out = new ArrayList<Frame>();
    while (seq < end && out.size() < q.limit()) {
      var entry = reads.entry(seq + 1);
      out.add(Frames.frame(generation, entry));
      seq = entry.last();
    }
    return new Query.UpdatePage(out, new Cursor(generation, seq));
  }

  private static List<Query.DeadLetter> deadLetters(Reads reads) {
    var out = new ArrayList<Query.DeadLetter>();
    var failures = reads.dead().failures();
    for (int i = failures.size() - 1; i >= 0; i--) {
      Failure f = failures.get(i);
      out.add(
          new Query.DeadLetter(
              new MessageId(f.message()),
              new ThreadId(f.thread()),
              f.recipient(),
              f.reason(),
              f.seq(),
              f.atMillis()));
    }
    return out;
  }
}
