package io.mainstem.mailbox;

import io.mainstem.message.FolderId;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import java.util.List;
import java.util.Set;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/** What changed; a frame holds the changes of one entry in order. */
public sealed interface Change {
  /** A message came, was sent, or changed its places or flags. */
  @Proto
  record MessageChanged(MessageView message, boolean arrived) implements Change {}

  /** A message left the mailbox for good, or one folder of it. */
  @Proto
  record MessageGone(MessageId id, ThreadId thread, FolderId folder, boolean everywhere)
      implements Change {}

  /** What was sent up to this message in this thread has now this status with this recipient. */
  @Proto
  record StatusChanged(ThreadId thread, MessageId upTo, Status status, Person by)
      implements Change {}

  /** Flags of messages changed together (read, unread, STORE). */
  @Proto
  record FlagsChanged(
      ThreadId thread, List<MessageId> messages, Set<String> added, Set<String> removed)
      implements Change {}

  /** The thread was read up to this seq of the reader's log. */
  @Proto
  record ReadChanged(ThreadId thread, long upTo, int unread) implements Change {}

  /** A thread's own data changed; what did not change is null. */
  @Proto
  record ThreadChanged(ThreadView thread) implements Change {}

  /** Counts after this entry. */
  @Proto
  record CountsChanged(Counts counts) implements Change {}

  /** Folders were made, renamed, deleted or subscribed. */
  @Proto
  record FoldersChanged(FolderView folder, boolean deleted) implements Change {}

  /**
   * Annotations of these names have other values (RFC 5464).
   *
   * @param folder null: of the whole mailbox
   */
  @Proto
  record AnnotationsChanged(@Nullable FolderId folder, List<String> names) implements Change {
    public AnnotationsChanged {
      names = List.copyOf(names);
    }
  }

  /** Settings of the owner. */
  @Proto
  record SettingsChanged(Settings settings) implements Change {}

  /** A draft was saved or discarded. */
  @Proto
  record DraftChanged(MessageId id, @Nullable DraftView draft) implements Change {}

  /** A change with nothing to show but the sequence number (bookkeeping of delivery). */
  @Proto
  record Bookkeeping() implements Change {}
}
