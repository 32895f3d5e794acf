package io.mainstem.mailbox;

import io.mainstem.message.Attachment;
import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Part;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import java.util.List;
import java.util.Set;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of a mailbox. A command carries all that the outside knows (resolved addresses,
 * parsed content, stored blobs); {@code decide} looks up nothing.
 */
public sealed interface Command<R extends Reply> {
  /** The feature level of what it writes: to be said where all who may read that read so high. */
  default int level() {
    return 1;
  }

  // ---- messages come and go

  /**
   * The owner sends. Exactly one of {@code thread} and {@code message.to()} names the recipients:
   * with a thread, the gateway leaves {@code to} empty and decide fills it with the thread's people
   * (for a group, its members).
   *
   * @param id chosen by the client; its time lies within 7 days of now
   * @param message {@code from} is the owner; recipients resolved (unknown local ones were refused
   *     by the gateway)
   * @param recipients who gets it: To, Cc and Bcc, resolved; empty with {@code thread}
   * @param group when not null, a new group of this title is made for {@code recipients}
   * @param alike what was found out about the copy that {@link Reply.Sent#copy} named
   */
  @Proto
  record Send(
      MessageId id,
      @Nullable ThreadId thread,
      Message message,
      List<Person> recipients,
      @Nullable String group,
      @Nullable Alike alike)
      implements Command<Reply.Sent> {
    public Send {
      recipients = List.copyOf(recipients);
    }

    public static Send of(
        MessageId id,
        @Nullable ThreadId thread,
        Message message,
        List<Person> recipients,
        @Nullable String group) {
      return new Send(id, thread, message, recipients, group, null);
    }

    public Send with(Alike known) {
      return new Send(id, thread, message, recipients, group, known);
    }
  }

  /**
   * A message arrives.
   *
   * @param id the sender's; a mail from outside gets one made of the hash of its bytes, envelope
   *     and Message-ID
   * @param sender the key of idempotence beside the id: {@link Person#key} of an authenticated
   *     sender, else {@code "smtp"}
   * @param origin where the sender's mailbox keeps it, for status; null from outside
   * @param stamp given once by the sender's mailbox, or at acceptance for all local recipients
   * @param claims when the From is an address of this server but no password or token proved it:
   *     whom it claims to be
   * @param group the group that it belongs to
   * @param edit which edit of the message this is, if it is one: then it is taken into the message
   *     that is here, unless that has seen a later one; where the message never came, it arrives
   */
  @Proto
  record Deliver(
      MessageId id,
      String sender,
      @Nullable Origin origin,
      Hlc stamp,
      Message message,
      @Nullable Person claims,
      @Nullable Group group,
      @Nullable Revised edit)
      implements Command<Reply.Delivered> {
    /** Of a message as it was sent. */
    public static Deliver of(
        MessageId id,
        String sender,
        @Nullable Origin origin,
        Hlc stamp,
        Message message,
        @Nullable Person claims,
        @Nullable Group group) {
      return new Deliver(id, sender, origin, stamp, message, claims, group, null);
    }

    @Override
    public int level() {
      return edit == null ? 1 : 2;
    }
  }

  /** An edit as it travels. @param number which it is, from 1 on */
  @Proto
  record Revised(int number, long atMillis) {}

  /**
   * The owner changes what a chat of his says. Everybody who got it gets the new text in its place;
   * nothing becomes unread, and no thread moves.
   *
   * @param number which edit this is to be, from 1 on: one more than the one that was seen. So the
   *     same again changes nothing, and of two at a time one is refused
   * @param text as in {@link Message}, with {@code longText} and its size
   */
  @Proto
  record Edit(MessageId message, int number, String text, @Nullable Part longText, long sizeBytes)
      implements Command<Reply.Done> {
    @Override
    public int level() {
      return 2;
    }
  }

  /** Where a message stands in its sender's mailbox. */
  @Proto
  record Origin(UserId sender, ThreadId thread, long seq) {}

  /** A group as its messages carry it. */
  @Proto
  record Group(ThreadId id, String title, List<Person> members) {
    public Group {
      members = List.copyOf(members);
    }
  }

  /**
   * A message is put into a folder as it is (IMAP APPEND, import): a new message, in the thread's
   * past, unless it is a program's own copy of a mail that stands in Sent.
   *
   * @param contentHash an import's own key: what is already there with this hash is skipped; null
   *     for APPEND
   * @param replaces what goes in the same entry (RFC 8508); null for nothing
   * @param waits it stands nowhere until {@link Admit}, and is erased when that does not come
   * @param alike what was found out about the message that {@link Reply.Appended#alike} named
   */
  @Proto
  record Append(
      MessageId id,
      FolderId folder,
      Message message,
      Set<String> flags,
      long receivedMillis,
      int zoneMinutes,
      @Nullable String contentHash,
      @Nullable Replaced replaces,
      boolean waits,
      @Nullable Alike alike)
      implements Command<Reply.Appended> {

    public static Append of(
        MessageId id,
        FolderId folder,
        Message message,
        Set<String> flags,
        long receivedMillis,
        int zoneMinutes,
        @Nullable String contentHash) {
      return new Append(
          id, folder, message, flags, receivedMillis, zoneMinutes, contentHash, null, false, null);
    }

    public Append with(Alike known) {
      return new Append(
          id,
          folder,
          message,
          flags,
          receivedMillis,
          zoneMinutes,
          contentHash,
          replaces,
          waits,
          known);
    }
  }

  /**
   * Whether a message that is here has the bytes of one that is imported; says all that one says
   * which is put into Sent; or stands in Sent, and one that is sent says all that it says.
   */
  @Proto
  record Alike(MessageId message, boolean same) {}

  /** A placement that a new message takes the place of. */
  @Proto
  record Replaced(FolderId folder, int uid) {}

  /**
   * Messages that were appended to wait come into a folder together, in this order: all, or none
   * (RFC 3502). What stands there already keeps its UID.
   */
  @Proto
  record Admit(FolderId folder, List<Waiting> messages) implements Command<Reply.Placed> {
    public Admit {
      messages = List.copyOf(messages);
    }
  }

  /**
   * A message that waits, and the flags that it is to have.
   *
   * @param instead the UID under which it stands in the folder already, as what was sent: it gets
   *     another there; 0 for one that stands nowhere
   */
  @Proto
  record Waiting(MessageId id, Set<String> flags, int instead) {
    public Waiting {
      flags = Set.copyOf(flags);
    }

    public static Waiting of(MessageId id, Set<String> flags) {
      return new Waiting(id, flags, 0);
    }
  }

  // ---- reading and sorting

  /**
   * Marks as read what this device had seen of the thread: all that arrived up to this seq of the
   * owner's log.
   */
  @Proto
  record Read(ThreadId thread, long upTo) implements Command<Reply.Done> {}

  /** Marks this message and what came after it in the thread as unread. */
  @Proto
  record Unread(ThreadId thread, MessageId from) implements Command<Reply.Done> {}

  /**
   * Moves the thread's messages that stand in {@code from} (from Inbox: Chats too) to {@code to};
   * Sent and Drafts stay.
   */
  @Proto
  record Move(ThreadId thread, FolderId from, FolderId to) implements Command<Reply.Done> {}

  /** Sets and clears flags and keywords on all placements of a message. */
  @Proto
  record SetFlags(MessageId message, Set<String> add, Set<String> remove)
      implements Command<Reply.Done> {}

  /**
   * The owner deletes a message for himself: to Trash; what is in Trash, for good (its content is
   * erased after the undo time).
   */
  @Proto
  record Delete(MessageId message) implements Command<Reply.Done> {}

  /** Takes a message's content away at once and for ever, wherever it stands in this mailbox. */
  @Proto
  record Erase(MessageId message) implements Command<Reply.Done> {}

  /**
   * Undoes the owner's entry whose last number is {@code seq} (move, delete, flags, read, decline,
   * accept), while the undo time lasts.
   */
  @Proto
  record Undo(long seq) implements Command<Reply.Done> {}

  // ---- placements, as IMAP names them

  /**
   * STORE: flags of placements by UID. {@code unchangedSince} 0: unconditional (RFC 7162 §3.1.3).
   */
  @Proto
  record StoreFlags(
      FolderId folder, List<Integer> uids, Set<String> flags, FlagsMode mode, long unchangedSince)
      implements Command<Reply.Stored> {
    public StoreFlags {
      uids = List.copyOf(uids);
      flags = Set.copyOf(flags);
    }
  }

  /** How STORE changes flags. */
  @Proto
  enum FlagsMode {
    SET,
    ADD,
    REMOVE
  }

  /** COPY or MOVE of placements by UID (RFC 9051 §6.4.7, §6.4.8). */
  @Proto
  record Place(FolderId from, List<Integer> uids, FolderId to, boolean move)
      implements Command<Reply.Placed> {
    public Place {
      uids = List.copyOf(uids);
    }
  }

  /** EXPUNGE of placements by UID; with {@code uids} empty, of all that are \Deleted. */
  @Proto
  record Expunge(FolderId folder, List<Integer> uids) implements Command<Reply.Done> {}

  /** CREATE. */
  @Proto
  record CreateFolder(String name) implements Command<Reply.FolderMade> {}

  /** RENAME. */
  @Proto
  record RenameFolder(FolderId folder, String name) implements Command<Reply.Done> {}

  /** DELETE: its messages go to Trash. */
  @Proto
  record DeleteFolder(FolderId folder) implements Command<Reply.Done> {}

  /** SUBSCRIBE, UNSUBSCRIBE. */
  @Proto
  record Subscribe(FolderId folder, boolean on) implements Command<Reply.Done> {}

  /**
   * SETMETADATA (RFC 5464): annotations of a folder, or with null of the whole mailbox; those
   * without a value are removed.
   */
  @Proto
  record Annotate(@Nullable FolderId folder, List<Annotation> annotations)
      implements Command<Reply.Done> {
    public Annotate {
      annotations = List.copyOf(annotations);
    }
  }

  // ---- drafts, settings, people

  /** Saves a draft; the same id again replaces it. */
  @Proto
  record SaveDraft(
      MessageId id,
      @Nullable ThreadId thread,
      List<Person> to,
      Channel channel,
      String subject,
      String text,
      List<Attachment> attachments)
      implements Command<Reply.Done> {}

  /** Discards a draft. */
  @Proto
  record DiscardDraft(MessageId id) implements Command<Reply.Done> {}

  /** Changes the owner's settings. */
  @Proto
  record ChangeSettings(Settings.Patch patch) implements Command<Reply.Done> {}

  /** Changes the owner's settings of one thread. */
  @Proto
  record ChangeThread(ThreadId thread, ThreadSettings settings) implements Command<Reply.Done> {}

  /**
   * Accepts the people of a thread in Requests (or Junk): it and all later messages of theirs come
   * to Inbox and Chats.
   */
  @Proto
  record Accept(ThreadId thread) implements Command<Reply.Done> {}

  /** Declines them, silently: the thread and all later messages go to Junk. */
  @Proto
  record Decline(ThreadId thread) implements Command<Reply.Done> {}

  /**
   * Changes a group: title and members, for everybody from the next message on. Null leaves the
   * title.
   */
  @Proto
  record ChangeGroup(ThreadId thread, @Nullable String title, List<Person> add, List<Person> remove)
      implements Command<Reply.Done> {}

  // ---- delivery and status: said by our own program, not by the owner

  /**
   * In the sender's mailbox: all that he sent to this recipient up to {@code upTo} (a seq of the
   * sender's log) has been settled in the recipient's log ({@link Progress#handed}), handed to a
   * device, read, or failed. Watermarks merge by maximum.
   */
  @Proto
  record Report(UserId recipient, List<Progress> progress) implements Command<Reply.Done> {
    public Report {
      progress = List.copyOf(progress);
    }
  }

  /**
   * Watermarks of one thread of the sender's and one recipient; 0 says nothing. Each is a seq of
   * the sender's log.
   */
  @Proto
  record Progress(ThreadId thread, long handed, long delivered, long read) {}

  /** In the sender's mailbox: delivery of this message to this recipient is given up. */
  @Proto
  record Fail(MessageId message, Person recipient, String reason) implements Command<Reply.Done> {}

  /**
   * In the sender's mailbox: tries a failed message again for the recipients that it failed for.
   */
  @Proto
  record Retry(MessageId message) implements Command<Reply.Done> {}

  /**
   * In the recipient's mailbox: a device of the owner has been handed everything up to this seq.
   */
  @Proto
  record Handed(long upTo) implements Command<Reply.Done> {}

  /** In the recipient's mailbox: this sender has been told of these watermarks. */
  @Proto
  record ReceiptsTold(UserId sender, List<Progress> progress) implements Command<Reply.Done> {
    public ReceiptsTold {
      progress = List.copyOf(progress);
    }
  }

  // ---- a mailbox goes to another cell: said by who moves it

  /**
   * The mailbox is to go to another cell, where it is copied from now on under this generation; all
   * goes on as before meanwhile.
   */
  @Proto
  record Leave(String cell, int generation) implements Command<Reply.Done> {}

  /**
   * The mailbox takes no other command any more, so that the copy can catch up: not here before a
   * {@link Thaw}, and there as soon as it is of this generation.
   */
  @Proto
  record Freeze(String cell, int generation) implements Command<Reply.Done> {}

  /** The move to this generation is given up, whatever was said of it before or is said later. */
  @Proto
  record Thaw(int generation) implements Command<Reply.Done> {}

  /**
   * Does what is due (content to erase after the undo time, retention, a held burst). Said by the
   * host's timer.
   */
  @Proto
  record Due() implements Command<Reply.Done> {}
}
