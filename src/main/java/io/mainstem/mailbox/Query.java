package io.mainstem.mailbox;

import io.mainstem.message.BlobRange;
import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/** What can be asked without changing anything. Answers are computed from settled events only. */
public sealed interface Query<R> {
  /**
   * A page of threads, newest first. {@code folder} null: all but Junk and Trash. {@code channel}
   * null: together.
   */
  @Proto
  record Threads(
      @Nullable FolderId folder, @Nullable Channel channel, int limit, @Nullable Position before)
      implements Query<ThreadPage> {}

  /**
   * @param next for {@code before}; null at the end
   */
  @Proto
  record ThreadPage(List<ThreadView> threads, @Nullable Position next, Cursor cursor) {}

  /** One thread. */
  @Proto
  record Thread(ThreadId thread, @Nullable Channel channel) implements Query<ThreadView> {}

  /**
   * A page of a thread's messages, oldest first; without {@code before} and {@code after} the
   * newest. {@code folder} null: all outside Junk and Trash (a thread that stands only there is
   * shown whole).
   */
  @Proto
  record Messages(
      ThreadId thread,
      @Nullable FolderId folder,
      @Nullable Channel channel,
      int limit,
      @Nullable Position before,
      @Nullable Position after)
      implements Query<MessagePage> {}

  /**
   * @param next older, for {@code before}; @param prev newer, for {@code after}; null at the ends
   */
  @Proto
  record MessagePage(
      List<MessageView> messages,
      @Nullable Position next,
      @Nullable Position prev,
      Cursor cursor) {}

  /** One message. */
  @Proto
  record One(MessageId message) implements Query<MessageView> {}

  /** A message that was sent with this id before, for a repeat's reply. */
  @Proto
  record Attachment(MessageId message, String attachment)
      implements Query<io.mainstem.message.Attachment> {}

  /** Counts, with the cursor that they belong to. */
  @Proto
  record GetCounts() implements Query<CountsAt> {}

  /** Counts at a cursor. */
  @Proto
  record CountsAt(Counts counts, Cursor cursor) {}

  /** The owner's settings. */
  @Proto
  record GetSettings() implements Query<SettingsAt> {}

  /** Settings at a cursor. */
  @Proto
  record SettingsAt(Settings settings, Cursor cursor) {}

  /** Drafts, newest first. */
  @Proto
  record Drafts() implements Query<List<DraftView>> {}

  /** Folders, in their order. */
  @Proto
  record Folders() implements Query<List<FolderView>> {}

  /** Annotations of a folder, or with null of the whole mailbox (RFC 5464). */
  @Proto
  record Annotations(@Nullable FolderId folder) implements Query<List<Annotation>> {}

  /** The settled end of the log. */
  @Proto
  record Head() implements Query<Cursor> {}

  /**
   * Entries after a cursor, oldest first, at most {@code limit}; fails with RESET. For
   * long-polling.
   */
  @Proto
  record Updates(Cursor after, int limit) implements Query<UpdatePage> {}

  /**
   * @param cursor of the last frame, or as asked when there is none
   */
  record UpdatePage(List<Frame> frames, Cursor cursor) {}

  /** What the outbox still owes: messages to hand over, after a take-over. Oldest first. */
  @Proto
  record Outstanding(long afterSeq, int limit) implements Query<OutboxPage> {}

  /**
   * @param nextSeq to go on after; 0 at the end
   */
  @Proto
  record OutboxPage(List<Outgoing> outgoing, List<Receipt> receipts, long nextSeq) {}

  /** One message for one recipient. */
  @Proto
  record Outgoing(
      UserId sender, Person recipient, long seq, ThreadId thread, Command.Deliver deliver) {}

  /** What a sender is still to be told about what the owner was handed or has read. */
  @Proto
  record Receipt(UserId reader, UserId sender, Command.Progress progress) {}

  /** Messages given up, newest first. */
  @Proto
  record DeadLetters() implements Query<List<DeadLetter>> {}

  /** A message given up for a recipient. */
  @Proto
  record DeadLetter(
      MessageId message,
      ThreadId thread,
      Person recipient,
      String reason,
      long seq,
      long failedMillis) {}

  /** Blob ranges that this mailbox still refers to in this message; for downloads. */
  @Proto
  record Raw(MessageId message) implements Query<BlobRange> {}

  // ---- folders as mail programs see them

  /** How much of the quota is used (RFC 9208). */
  @Proto
  record Usage() implements Query<UsageAt> {}

  /** Messages and bytes stored, and how many may be. */
  @Proto
  record UsageAt(long messages, long sizeBytes, long maxMessages, long maxBytes) {}

  /**
   * UIDs of a folder from {@code from} on: what sequence numbers are made of (RFC 9051 §2.3.1.2).
   * An answer reaches over 16,384 UIDs.
   */
  @Proto
  record Uids(FolderId folder, int from) implements Query<UidPage> {}

  /**
   * @param uids in runs without a hole, ascending
   * @param unseen those without \\Seen
   * @param next to go on from; 0 at the end
   * @param folder as it is at the cursor
   */
  @Proto
  record UidPage(
      List<UidRange> uids, List<UidRange> unseen, int next, FolderView folder, Cursor cursor) {
    public UidPage {
      uids = List.copyOf(uids);
      unseen = List.copyOf(unseen);
    }
  }

  /**
   * Placements with UIDs {@code from} to {@code to}, ascending, that changed after {@code
   * changedSince} (0: all). An answer has at most {@link #PAGE}, and looks at 4,096 UIDs at most:
   * it may be empty and not the last.
   */
  @Proto
  record Placements(FolderId folder, int from, int to, long changedSince)
      implements Query<PlacementPage> {}

  /** At most so many placements, summaries or bodies are in an answer. */
  int PAGE = 256;

  /**
   * @param next to go on from; 0 at the end
   */
  @Proto
  record PlacementPage(List<PlacementView> placements, int next, Cursor cursor) {
    public PlacementPage {
      placements = List.copyOf(placements);
    }
  }

  /** Summaries with UIDs {@code from} to {@code to}, ascending; at most {@link #PAGE}. */
  @Proto
  record Summaries(FolderId folder, int from, int to) implements Query<SummaryPage> {}

  /**
   * @param next to go on from; 0 at the end
   */
  @Proto
  record SummaryPage(List<SummaryView> summaries, int next, Cursor cursor) {
    public SummaryPage {
      summaries = List.copyOf(summaries);
    }
  }

  /**
   * Where the bytes of messages with UIDs {@code from} to {@code to} are; at most {@link #PAGE}.
   */
  @Proto
  record Bodies(FolderId folder, int from, int to) implements Query<BodyPage> {}

  /**
   * Where the bytes of a placement are; neither, when its content is erased.
   *
   * @param raw it came as mail: these are its bytes, exactly
   * @param written it was written here: its RFC 5322 form is made of this, always the same
   * @param apart fields that stand before the raw bytes, each with its line break; null for none
   */
  @Proto
  record Body(
      PlacementView placement,
      @Nullable BlobRange raw,
      @Nullable Written written,
      @Nullable String apart) {}

  /** What the RFC 5322 form of this message is made of; NOT_FOUND for what came as mail. */
  @Proto
  record Form(MessageId message) implements Query<Written> {}

  /** A message that was written here. */
  @Proto
  record Written(MessageId id, Message message, MailForm form) {}

  /**
   * @param next to go on from; 0 at the end
   */
  @Proto
  record BodyPage(List<Body> bodies, int next, Cursor cursor) {
    public BodyPage {
      bodies = List.copyOf(bodies);
    }
  }

  /**
   * UIDs from {@code from} to {@code to} that were expunged after {@code since} (VANISHED
   * (EARLIER), RFC 7162 §3.2.10.1): exact for every point of the past, because each UID is expunged
   * once and its page keeps it for ever. An answer reaches over 16,384 UIDs.
   */
  @Proto
  record Expunged(FolderId folder, int from, int to, long since) implements Query<ExpungedPage> {}

  /**
   * @param next to go on from; 0 at the end
   */
  @Proto
  record ExpungedPage(List<UidRange> uids, int next, Cursor cursor) {
    public ExpungedPage {
      uids = List.copyOf(uids);
    }
  }
}
