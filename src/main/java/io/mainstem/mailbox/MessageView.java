package io.mainstem.mailbox;

import io.mainstem.message.FolderId;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.ThreadId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * A message in its owner's mailbox.
 *
 * @param message null once its content is erased
 * @param sent whether the owner wrote it
 * @param status null for what was received, and for a draft of a mail program
 * @param recipients per recipient, for what the owner sent to more than one
 * @param failure why it failed, in words
 * @param flags IMAP system flags and keywords (RFC 9051 §2.3.2), united over its placements
 * @param folders where it stands
 * @param reason of the folder, null when nothing is to be said
 * @param answers the message of another thread that this one answers
 * @param seq of its arrival in this mailbox; never changes
 * @param edited null when its sender has not changed it
 */
@Proto
public record MessageView(
    MessageId id,
    ThreadId thread,
    @Nullable Message message,
    boolean sent,
    Instant sentAt,
    @Nullable Status status,
    @Nullable StatusCounts recipients,
    @Nullable String failure,
    Set<String> flags,
    List<FolderId> folders,
    @Nullable Reason reason,
    @Nullable MessageId answers,
    Position position,
    long seq,
    @Nullable Edited edited) {
  public MessageView {
    flags = Set.copyOf(flags);
    folders = List.copyOf(folders);
  }

  /** The last edit. @param number which it was, from 1 on */
  @Proto
  public record Edited(int number, Instant at) {}

  /** How many recipients reached at least each status. */
  @Proto
  public record StatusCounts(int recipients, int delivered, int read, int failed) {}
}
