package io.mainstem.mailbox;

import io.mainstem.message.FolderId;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What changed; a frame holds the changes of one entry in order. */
public sealed interface Change {
  /** A message came, was sent, or changed its places or flags. */
  record MessageChanged(MessageView message, boolean arrived) implements Change {}

  /** A message left the mailbox for good, or one folder of it. */
  record MessageGone(MessageId id, ThreadId thread, FolderId folder, boolean everywhere)
      implements Change {}

  /** What was sent up to this message in this thread has now this status with this recipient. */
  record StatusChanged(ThreadId thread, MessageId upTo, Status status, Person by)
      implements Change {}

  /** Flags of messages changed together (read, unread, STORE). */
  record FlagsChanged(
      ThreadId thread, List<MessageId> messages, Set<String> added, Set<String> removed)
      implements Change {}

  /** The thread was read up to this seq of the reader's log. */
  record ReadChanged(ThreadId thread, long upTo, int unread) implements Change {}

  /** A thread's own data changed; what did not change is null. */
  record ThreadChanged(ThreadView thread) implements Change {}

  /** Counts after this entry. */
  record CountsChanged(Counts counts) implements Change {}

  /** Folders were made, renamed, deleted or subscribed. */
  record FoldersChanged(FolderView folder, boolean deleted) implements Change {}

  /** Settings of the owner. */
  record SettingsChanged(Settings settings) implements Change {}

  /** A draft was saved or discarded. */
  record DraftChanged(MessageId id, @Nullable DraftView draft) implements Change {}

  /** A change with nothing to show but the sequence number (bookkeeping of delivery). */
  record Bookkeeping() implements Change {}
}
