package io.mainstem.mailbox;

import io.mainstem.mailbox.state.Effect;
import io.mainstem.mailbox.state.Failure;
import io.mainstem.mailbox.state.Folder;
import io.mainstem.mailbox.state.Header.Arrival;
import io.mainstem.mailbox.state.Header.Erasure;
import io.mainstem.mailbox.state.Header.Held;
import io.mainstem.mailbox.state.Header.Owed;
import io.mainstem.mailbox.state.Header.Receipt;
import io.mainstem.mailbox.state.Rate;
import io.mainstem.mailbox.state.Recipient;
import io.mainstem.mailbox.state.Revision;
import io.mainstem.mailbox.state.SettingsState;
import io.mainstem.mailbox.state.Standing;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * An outcome: what has happened to a mailbox. A kind once released is readable for ever: components
 * are only ever added at the end. Addresses here are those of a thread's people; what a message
 * says, and to whom, stands beside the event in the row's body.
 */
public sealed interface Event {
  /** What it does to messages and counts; null when nothing. */
  default @Nullable Effect effect() {
    return null;
  }

  /** Receipts that it makes due. */
  default List<Receipt> receipts() {
    return List.of();
  }

  /**
   * The owner sent a message.
   *
   * @param joined recipients whom this thread did not have before
   * @param owed the thread's row in the outbox from now on; null when nobody else gets it, or it is
   *     held
   */
  @Proto
  record Sent(
      Effect effect,
      String thread,
      String message,
      List<Recipient> joined,
      @Nullable Owed owed,
      @Nullable Held held,
      Rate rate)
      implements Event {
    public Sent {
      joined = List.copyOf(joined);
    }
  }

  /**
   * A message arrived.
   *
   * @param from where its sender keeps it; null from outside
   * @param told whether he is to be told when a device is handed it
   */
  @Proto
  record Delivered(
      Effect effect, String thread, String message, @Nullable Arrival from, boolean told)
      implements Event {}

  /**
   * A chat says something else from now on, because its sender edited it: what it says stands
   * beside this event, and all its placements have new UIDs. Who, where and what it is stays.
   *
   * @param origin for the owner's own: with which recipients compare their watermarks whom the edit
   *     reaches before the message; else 0
   * @param indexes for the owner's own: who gets it, among the thread's recipients
   * @param owed the thread's row in the outbox from now on; null when nobody else gets it
   * @param rate for the owner's own: how many he has sent
   * @param rows whose bodies say what the message said before, and are taken away
   */
  @Proto
  record Edited(
      Effect effect,
      String thread,
      String message,
      long origin,
      List<Integer> indexes,
      @Nullable Owed owed,
      @Nullable Rate rate,
      List<Long> rows)
      implements Event {
    public Edited {
      indexes = List.copyOf(indexes);
      rows = List.copyOf(rows);
    }
  }

  /**
   * A message was put into a folder as it is, or is to wait.
   *
   * @param erasures of what it replaced, or of itself while it waits
   */
  @Proto
  record Appended(Effect effect, String thread, String message, List<Erasure> erasures)
      implements Event {
    public Appended {
      erasures = List.copyOf(erasures);
    }
  }

  /** The owner read a thread up to this seq. */
  @Proto
  record ReadUpTo(Effect effect, String thread, long upTo, List<Receipt> receipts)
      implements Event {
    public ReadUpTo {
      receipts = List.copyOf(receipts);
    }
  }

  /** Messages of a thread are unread again. */
  @Proto
  record MarkedUnread(Effect effect, String thread) implements Event {}

  /** Messages of a thread went from a folder to another. */
  @Proto
  record Moved(Effect effect, String thread, String from, String to) implements Event {}

  /** Flags of messages changed. */
  @Proto
  record Flagged(Effect effect, List<String> added, List<String> removed, List<Receipt> receipts)
      implements Event {
    public Flagged {
      added = List.copyOf(added);
      removed = List.copyOf(removed);
      receipts = List.copyOf(receipts);
    }
  }

  /** Placements were copied or moved. */
  @Proto
  record Placed(Effect effect, String from, String to, boolean move) implements Event {}

  /**
   * Messages or placements were deleted; the content of those that stand nowhere any more is to be
   * erased later.
   */
  @Proto
  record Deleted(Effect effect, List<Erasure> erasures) implements Event {
    public Deleted {
      erasures = List.copyOf(erasures);
    }
  }

  /**
   * The content of these rows is taken away at once.
   *
   * @param failures for recipients whom the message was not handed to yet: they never get it
   */
  @Proto
  record Erased(Effect effect, List<Long> rows, List<Failure> failures, List<Mark> marks)
      implements Event {
    public Erased {
      rows = List.copyOf(rows);
      failures = List.copyOf(failures);
      marks = List.copyOf(marks);
    }
  }

  /** The entry that ended with {@code seq} was undone, where nothing later had touched it. */
  @Proto
  record Undone(Effect effect, long seq, List<Long> kept) implements Event {
    public Undone {
      kept = List.copyOf(kept);
    }
  }

  /** A folder was made. */
  @Proto
  record FolderMade(Folder folder) implements Event {}

  /** Folders were renamed or subscribed. */
  @Proto
  record FoldersRenamed(List<Folder> folders) implements Event {
    public FoldersRenamed {
      folders = List.copyOf(folders);
    }
  }

  /** A folder was deleted; its messages went to Trash. */
  @Proto
  record FolderDropped(Effect effect, Folder folder) implements Event {}

  /**
   * A draft was saved. @param replaced row of its earlier form, whose body is taken away; 0: none
   */
  @Proto
  record DraftSaved(String id, @Nullable String thread, long replaced) implements Event {}

  /** A draft was discarded; its rows' bodies are taken away. */
  @Proto
  record DraftDiscarded(String id, List<Long> rows) implements Event {
    public DraftDiscarded {
      rows = List.copyOf(rows);
    }
  }

  /** The owner's settings are now these. */
  @Proto
  record SettingsSet(SettingsState settings, Counts counts) implements Event {}

  /** A thread's settings changed. */
  @Proto
  record ThreadSet(Effect effect, String thread) implements Event {}

  /**
   * The people of a thread were accepted.
   *
   * @param was how the thread stood before, and {@code were} its people
   */
  @Proto
  record Accepted(Effect effect, String thread, Standing was, List<Standing> were)
      implements Event {
    public Accepted {
      were = List.copyOf(were);
    }
  }

  /** The people of a thread were declined. */
  @Proto
  record Declined(Effect effect, String thread, Standing was, List<Standing> were)
      implements Event {
    public Declined {
      were = List.copyOf(were);
    }
  }

  /** A group has another title or other members. @param recipients all of them as they are now */
  @Proto
  record GroupChanged(Effect effect, String thread, List<Recipient> recipients) implements Event {
    public GroupChanged {
      recipients = List.copyOf(recipients);
    }
  }

  /** Watermarks of what the owner sent have moved. */
  @Proto
  record Reported(List<Mark> marks) implements Event {
    public Reported {
      marks = List.copyOf(marks);
    }
  }

  /**
   * Watermarks of one thread and recipient as they are now.
   *
   * @param index among the thread's recipients
   * @param deliveredUpTo the newest message that is delivered since this entry; null when none is
   * @param owed the thread's row in the outbox; null when it has none
   */
  @Proto
  record Mark(
      String thread,
      int index,
      Recipient recipient,
      @Nullable String deliveredUpTo,
      @Nullable String readUpTo,
      @Nullable Owed owed) {}

  /** Delivery of a message to a recipient was given up. */
  @Proto
  record Failed(Failure failure, Mark mark) implements Event {}

  /**
   * A failed message is tried again.
   *
   * @param indexes of those whom it failed for, among the thread's recipients
   * @param replaced row of an earlier try, whose copy of the content is taken away; 0: none
   * @param revision what the message's last edit was; null: it was not edited
   */
  @Proto
  record Retried(
      String thread,
      String message,
      long stamp,
      List<Integer> indexes,
      long replaced,
      Owed owed,
      @Nullable Revision revision)
      implements Event {
    public Retried {
      indexes = List.copyOf(indexes);
    }
  }

  /** A message that was held back goes out. */
  @Proto
  record Released(Effect effect, String thread, String message, long stamp, Owed owed)
      implements Event {}

  /** A device of the owner has been handed everything up to this seq. */
  @Proto
  record HandedUpTo(long upTo, List<Receipt> receipts) implements Event {
    public HandedUpTo {
      receipts = List.copyOf(receipts);
    }
  }

  /** A sender has been told. */
  @Proto
  record ReceiptsDone(List<Receipt> told) implements Event {
    public ReceiptsDone {
      told = List.copyOf(told);
    }
  }

  /**
   * The content of these rows is taken away, because the time in which it could be undone is over.
   */
  @Proto
  record Redacted(Effect effect, List<Long> rows) implements Event {
    public Redacted {
      rows = List.copyOf(rows);
    }
  }

  /**
   * Messages in Junk and Trash older than the owner wants to keep are gone.
   *
   * @param junkPage and {@code trashPage}: pages of placements before these are empty for ever
   */
  @Proto
  record Expired(Effect effect, List<Long> rows, int junkPage, int trashPage) implements Event {
    public Expired {
      rows = List.copyOf(rows);
    }
  }

  /**
   * Messages that waited came into a folder.
   *
   * @param kept rows whose content is not to be erased any more
   */
  @Proto
  record Admitted(Effect effect, String folder, List<Long> kept) implements Event {
    public Admitted {
      kept = List.copyOf(kept);
    }
  }

  /**
   * Annotations have other values.
   *
   * @param folder null: the whole mailbox
   */
  @Proto
  record Annotated(@Nullable String folder, List<Annotation> annotations) implements Event {
    public Annotated {
      annotations = List.copyOf(annotations);
    }
  }

  /** The mailbox is to go to another cell; nothing else changes yet. */
  @Proto
  record Leaving(String cell, int generation) implements Event {}

  /**
   * The last entry of a generation, unless it is thawed: the next one, in another cell, goes on
   * from here.
   *
   * @param from the generation that ends
   */
  @Proto
  record Frozen(String cell, int from, int generation) implements Event {}

  /** The move to this generation was given up, and is never taken up again. */
  @Proto
  record Thawed(int generation) implements Event {}

  /**
   * The log was set back, and gives numbers again that it gave before: cursors of before are of no
   * use any more, and folders have another UIDVALIDITY (RFC 9051 §2.3.1.1).
   *
   * @param number of the {@link Renewal}
   */
  @Proto
  record SetBack(int number) implements Event {}

  /**
   * Another owner took the log over; it changes nothing. @param previousEpoch of the entry before
   * it; 0 for none
   */
  @Proto
  record Fenced(long epoch, long previousEpoch) implements Event {}
}
