package io.mainstem.mailbox.wire;

import io.mainstem.mailbox.Reply;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/** A reply. Exactly one of these is set; kinds are only ever added at the end. */
@Proto
record OneReply(
    Reply.@Nullable Done done,
    Reply.@Nullable Sent sent,
    Reply.@Nullable Delivered delivered,
    Reply.@Nullable Appended appended,
    Reply.@Nullable FolderMade folderMade,
    Reply.@Nullable Stored stored,
    Reply.@Nullable Placed placed) {
  static OneReply of(Reply value) {
    return new OneReply(
        Wire.as(Reply.Done.class, value),
        Wire.as(Reply.Sent.class, value),
        Wire.as(Reply.Delivered.class, value),
        Wire.as(Reply.Appended.class, value),
        Wire.as(Reply.FolderMade.class, value),
        Wire.as(Reply.Stored.class, value),
        Wire.as(Reply.Placed.class, value));
  }

  Reply value() {
    return Wire.first(done, sent, delivered, appended, folderMade, stored, placed);
  }
}
