package io.mainstem.mailbox;

import io.mainstem.message.FolderId;
import io.mainstem.message.MessageId;
import io.mainstem.message.ThreadId;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/** What a command answers once its entry is settled; a repeat gets the same. */
public sealed interface Reply {
  /**
   * The command is done; {@code cursor} is the mailbox's after it (usable as {@code since}), {@code
   * changed} false when it had nothing to change.
   */
  @Proto
  record Done(Cursor cursor, boolean changed) implements Reply {}

  /**
   * @param created false for a repeat, which stored nothing
   * @param copy nothing was stored, since the program may have put its own copy of the mail into
   *     Sent before: who asks must look; null otherwise
   * @param replaced a copy that gave way to what was sent, and stands nowhere any more; null for
   *     none
   */
  @Proto
  record Sent(
      MessageId id,
      ThreadId thread,
      Cursor cursor,
      boolean created,
      @Nullable Copy copy,
      @Nullable MessageId replaced)
      implements Reply {
    public static Sent of(MessageId id, ThreadId thread, Cursor cursor, boolean created) {
      return new Sent(id, thread, cursor, created, null, null);
    }
  }

  /** Where a message stands that may be a copy. */
  @Proto
  record Copy(MessageId id, FolderId folder, int uid) {}

  /**
   * @param id the message's id in this mailbox (another than the sender's, when two senders chose
   *     alike)
   * @param dropped the owner declined or blocked the sender; nobody is told
   * @param generation of the log that the message stands in; null: the cursor's
   */
  @Proto
  record Delivered(
      MessageId id,
      ThreadId thread,
      FolderId folder,
      Cursor cursor,
      boolean created,
      boolean dropped,
      @Nullable Integer generation)
      implements Reply {}

  /**
   * @param uid in the folder (RFC 4315 APPENDUID)
   * @param id another than the command's: that message has been put there, and the content that was
   *     brought is not needed
   * @param alike nothing was stored: the message {@code id} may be the same, and who asks must look
   */
  @Proto
  record Appended(
      MessageId id,
      ThreadId thread,
      FolderId folder,
      int uidValidity,
      int uid,
      Cursor cursor,
      boolean created,
      boolean alike)
      implements Reply {}

  /** A folder was made. */
  @Proto
  record FolderMade(FolderId folder, Cursor cursor) implements Reply {}

  /**
   * STORE is done.
   *
   * @param modified UIDs left alone, because they had changed since (RFC 7162 §3.1.3 MODIFIED)
   */
  @Proto
  record Stored(List<Integer> modified, Cursor cursor, boolean changed) implements Reply {
    public Stored {
      modified = List.copyOf(modified);
    }
  }

  /**
   * COPY or MOVE is done: {@code from} stands, or stood, under these UIDs, and stands now under
   * those of {@code to} (RFC 4315 COPYUID).
   */
  @Proto
  record Placed(
      int uidValidity, List<Integer> from, List<Integer> to, Cursor cursor, boolean changed)
      implements Reply {
    public Placed {
      from = List.copyOf(from);
      to = List.copyOf(to);
    }
  }
}
