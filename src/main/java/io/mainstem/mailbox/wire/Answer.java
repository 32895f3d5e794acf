package io.mainstem.mailbox.wire;

import io.mainstem.mailbox.Annotation;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.DraftView;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.MessageView;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.ThreadView;
import io.mainstem.message.Attachment;
import io.mainstem.message.BlobRange;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/** What a query answers. Exactly one of these is set; kinds are only ever added at the end. */
@Proto
record Answer(
    Query.@Nullable ThreadPage threads,
    @Nullable ThreadView thread,
    Query.@Nullable MessagePage messages,
    @Nullable MessageView message,
    @Nullable Attachment attachment,
    Query.@Nullable CountsAt counts,
    Query.@Nullable SettingsAt settings,
    @Nullable DraftList drafts,
    @Nullable FolderList folders,
    @Nullable Cursor cursor,
    FrameBody.@Nullable Page updates,
    Query.@Nullable OutboxPage outbox,
    @Nullable DeadLetterList dead,
    @Nullable BlobRange raw,
    Query.@Nullable UsageAt usageAt,
    Query.@Nullable UidPage uidPage,
    Query.@Nullable PlacementPage placementPage,
    Query.@Nullable SummaryPage summaryPage,
    Query.@Nullable BodyPage bodyPage,
    Query.@Nullable ExpungedPage expungedPage,
    Query.@Nullable Written written,
    @Nullable AnnotationList annotations) {

  /** A list is a message of its own: an empty one would not be seen. */
  @Proto
  record DraftList(List<DraftView> list) {}

  /** Folders. */
  @Proto
  record FolderList(List<FolderView> list) {}

  /** Messages given up. */
  @Proto
  record DeadLetterList(List<Query.DeadLetter> list) {}

  /** Annotations. */
  @Proto
  record AnnotationList(List<Annotation> list) {}

  /** The answer to this query. */
  @SuppressWarnings("unchecked") // The query's kind fixes what its list holds.
  static Answer of(Query<?> query, Object value) {
    return switch (query) {
      case Query.Drafts drafts -> with(new DraftList((List<DraftView>) value));
      case Query.Folders folders -> with(new FolderList((List<FolderView>) value));
      case Query.DeadLetters dead -> with(new DeadLetterList((List<Query.DeadLetter>) value));
      case Query.Annotations a -> with(new AnnotationList((List<Annotation>) value));
      case Query.Updates updates -> with(FrameBody.Page.of((Query.UpdatePage) value));
      default -> with(value);
    };
  }

  private static Answer with(Object value) {
    return new Answer(
        Wire.as(Query.ThreadPage.class, value),
        Wire.as(ThreadView.class, value),
        Wire.as(Query.MessagePage.class, value),
        Wire.as(MessageView.class, value),
        Wire.as(Attachment.class, value),
        Wire.as(Query.CountsAt.class, value),
        Wire.as(Query.SettingsAt.class, value),
        Wire.as(DraftList.class, value),
        Wire.as(FolderList.class, value),
        Wire.as(Cursor.class, value),
        Wire.as(FrameBody.Page.class, value),
        Wire.as(Query.OutboxPage.class, value),
        Wire.as(DeadLetterList.class, value),
        Wire.as(BlobRange.class, value),
        Wire.as(Query.UsageAt.class, value),
        Wire.as(Query.UidPage.class, value),
        Wire.as(Query.PlacementPage.class, value),
        Wire.as(Query.SummaryPage.class, value),
        Wire.as(Query.BodyPage.class, value),
        Wire.as(Query.ExpungedPage.class, value),
        Wire.as(Query.Written.class, value),
        Wire.as(AnnotationList.class, value));
  }

  Object value() {
    if (drafts != null) {
      return drafts.list();
    }
    if (folders != null) {
      return folders.list();
    }
    if (dead != null) {
      return dead.list();
    }
    if (annotations != null) {
      return annotations.list();
    }
    if (updates != null) {
      return updates.page();
    }
    return Wire.first(
        threads,
        thread,
        messages,
        message,
        attachment,
        counts,
        settings,
        cursor,
        outbox,
        raw,
        usageAt,
        uidPage,
        placementPage,
        summaryPage,
        bodyPage,
        expungedPage,
        written);
  }
}
