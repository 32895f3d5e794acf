package io.mainstem.mailbox.wire;

import io.mainstem.mailbox.Query;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/** A query. Exactly one of these is set; kinds are only ever added at the end. */
@Proto
record OneQuery(
    Query.@Nullable Threads threads,
    Query.@Nullable Thread thread,
    Query.@Nullable Messages messages,
    Query.@Nullable One one,
    Query.@Nullable Attachment attachment,
    Query.@Nullable GetCounts getCounts,
    Query.@Nullable GetSettings getSettings,
    Query.@Nullable Drafts drafts,
    Query.@Nullable Folders folders,
    Query.@Nullable Head head,
    Query.@Nullable Updates updates,
    Query.@Nullable Outstanding outstanding,
    Query.@Nullable DeadLetters deadLetters,
    Query.@Nullable Raw raw,
    Query.@Nullable Usage usage,
    Query.@Nullable Uids uids,
    Query.@Nullable Placements placements,
    Query.@Nullable Summaries summaries,
    Query.@Nullable Bodies bodies,
    Query.@Nullable Expunged expunged,
    Query.@Nullable Form form,
    Query.@Nullable Annotations annotations) {
  static OneQuery of(Query<?> value) {
    return new OneQuery(
        Wire.as(Query.Threads.class, value),
        Wire.as(Query.Thread.class, value),
        Wire.as(Query.Messages.class, value),
        Wire.as(Query.One.class, value),
        Wire.as(Query.Attachment.class, value),
        Wire.as(Query.GetCounts.class, value),
        Wire.as(Query.GetSettings.class, value),
        Wire.as(Query.Drafts.class, value),
        Wire.as(Query.Folders.class, value),
        Wire.as(Query.Head.class, value),
        Wire.as(Query.Updates.class, value),
        Wire.as(Query.Outstanding.class, value),
        Wire.as(Query.DeadLetters.class, value),
        Wire.as(Query.Raw.class, value),
        Wire.as(Query.Usage.class, value),
        Wire.as(Query.Uids.class, value),
        Wire.as(Query.Placements.class, value),
        Wire.as(Query.Summaries.class, value),
        Wire.as(Query.Bodies.class, value),
        Wire.as(Query.Expunged.class, value),
        Wire.as(Query.Form.class, value),
        Wire.as(Query.Annotations.class, value));
  }

  Query<?> value() {
    return Wire.first(
        threads,
        thread,
        messages,
        one,
        attachment,
        getCounts,
        getSettings,
        drafts,
        folders,
        head,
        updates,
        outstanding,
        deadLetters,
        raw,
        usage,
        uids,
        placements,
        summaries,
        bodies,
        expunged,
        form,
        annotations);
  }
}
