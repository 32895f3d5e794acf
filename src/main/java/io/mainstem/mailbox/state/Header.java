package io.mainstem.mailbox.state;

import io.mainstem.mailbox.ChannelView;
import io.mainstem.mailbox.Counts;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Renewal;
import io.mainstem.mailbox.Settings;
import io.mainstem.mailbox.StoredObject;
import io.mainstem.message.FolderId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * {@code header}: the object that is always loaded.
 *
 * @param renewal the last {@link io.mainstem.mailbox.Renewal} of this log; 0 for none
 */
@Proto
public record Header(
    long covers,
    Totals totals,
    SettingsState settings,
    List<Folder> folders,
    List<ListTail> lists,
    List<IndexShape> indexes,
    Rate rate,
    List<Owed> outbox,
    List<Arrival> arrivals,
    List<Receipt> receipts,
    long handedUpTo,
    List<Held> held,
    List<Erasure> erasures,
    List<DraftRow> drafts,
    Retention retention,
    @Nullable Departure departure,
    int givenUp,
    List<Forebear> forebears,
    int renewal)
    implements StoredObject {

  /** The tail of one list of threads. */
  @Proto
  public record ListTail(String list, Tail tail) {}

  /**
   * Messages of a thread from seq {@code from} to {@code upTo} are not handed to all recipients
   * yet.
   *
   * @param edited stamp of the oldest message that was edited since; null: none was
   */
  @Proto
  public record Owed(String thread, long from, long upTo, @Nullable Long edited) {}

  /** The newest message of a sender in a thread that no device was handed yet. */
  @Proto
  public record Arrival(String thread, String sender, String senderThread, long origin, long seq) {}

  /** What a sender is still to be told; both are seqs of his log, 0 says nothing. */
  @Proto
  public record Receipt(String sender, String thread, long delivered, long read) {}

  /** A sent message that is held back (too many new recipients in an hour). */
  @Proto
  public record Held(String message, String thread, long stamp, long seq, long untilMillis) {}

  /** The body of row {@code seq} is to be redacted at this time. */
  @Proto
  public record Erasure(long seq, String message, String thread, long stamp, long atMillis) {}

  /** A draft. */
  @Proto
  public record DraftRow(String id, long seq) {}

  /** When expiry was last looked at, and the first pages of placements that can hold anything. */
  @Proto
  public record Retention(long doneMillis, int junkPage, int trashPage) {
    public static final Retention NONE = new Retention(0, 0, 0);
  }

  /**
   * The mailbox is to go to this cell, where it is of this generation.
   *
   * @param frozenAt the number of the last entry that goes there: since then it takes no commands
   *     while it is of an earlier generation; 0 when it is not frozen
   */
  @Proto
  public record Departure(String cell, int generation, long frozenAt) {
    public boolean frozen() {
      return frozenAt > 0;
    }
  }

  /**
   * An earlier generation of this log, as cursors name it: the same entries, with the same numbers,
   * up to this one.
   */
  @Proto
  public record Forebear(int generation, long upTo) {}

  /** Cursors of so many moves ago can be gone on from. */
  public static final int MAX_FOREBEARS = 32;

  /** Origin of a message that is held back: watermarks never reach it. */
  public static final long HELD = Long.MAX_VALUE - 1;

  /** How often expiry from Junk and Trash is looked at, while it is on. */
  public static final long RETENTION_STEP = 86_400_000;

  /**
   * At most so many arrivals wait to be told as delivered; the oldest are told when they are read.
   */
  public static final int MAX_ARRIVALS = 512;

  public static final Header NEW =
      new Header(
          0,
          Totals.ZERO,
          SettingsState.of(Settings.DEFAULT),
          systemFolders(),
          List.of(),
          List.of(),
          Rate.NONE,
          List.of(),
          List.of(),
          List.of(),
          0,
          List.of(),
          List.of(),
          List.of(),
          Retention.NONE,
          null,
          0,
          List.of(),
          Renewal.NONE);

  public Header {
    folders = List.copyOf(folders);
    lists = List.copyOf(lists);
    indexes = List.copyOf(indexes);
    outbox = List.copyOf(outbox);
    arrivals = List.copyOf(arrivals);
    receipts = List.copyOf(receipts);
    held = List.copyOf(held);
    erasures = List.copyOf(erasures);
    drafts = List.copyOf(drafts);
    forebears = List.copyOf(forebears);
  }

  private static List<Folder> systemFolders() {
    var out = new ArrayList<Folder>();
    for (FolderId id : FolderId.SYSTEM) {
      var name =
          id.equals(FolderId.INBOX)
              ? "INBOX"
              : id.value().substring(0, 1).toUpperCase(Locale.ROOT) + id.value().substring(1);
      out.add(new Folder(id.value(), name, true, 1, 1, 0, 0, 0, 0));
    }
    return out;
  }

  public @Nullable Folder folder(String id) {
    for (Folder f : folders) {
      if (f.id().equals(id)) {
        return f;
      }
    }
    return null;
  }

  public @Nullable Tail list(String name) {
    for (ListTail l : lists) {
      if (l.list().equals(name)) {
        return l.tail();
      }
    }
    return null;
  }

  public IndexShape index(String name) {
    for (IndexShape i : indexes) {
      if (i.name().equals(name)) {
        return i;
      }
    }
    return IndexShape.empty(name);
  }

  /** The move that is under way from this generation; null when there is none. */
  public @Nullable Departure departureFrom(int generation) {
    return departure == null || departure.generation() <= generation ? null : departure;
  }

  /** Whether nothing has happened since the mailbox came to this generation from another cell. */
  public boolean hasJustArrived(int generation) {
    return departure != null
        && departure.frozen()
        && departure.generation() == generation
        && !forebears.isEmpty()
        && forebears.get(forebears.size() - 1).upTo() == covers;
  }

  /**
   * What cursors of this generation of the log name as theirs: one that no other generation of it
   * has, before a renewal or after it, as long as a mailbox moves no more often than once a second.
   */
  public int cursorGeneration(int generation) {
    return cursorGeneration(renewal, generation);
  }

  static int cursorGeneration(int renewal, int generation) {
    return renewal + generation;
  }

  /** As {@link #place(List, Cursor, int)}. */
  public long place(Cursor cursor, int generation) {
    return place(forebears, cursor, cursorGeneration(generation));
  }

  /**
   * The number from which a cursor goes on in this generation, as cursors name it, which had these
   * forebears; -1 when it cannot. What followed in a forebear after its last entry were fences,
   * which changed nothing.
   */
  public static long place(List<Forebear> forebears, Cursor cursor, int generation) {
    if (cursor.generation() == generation) {
      return cursor.seq();
    }
    for (Forebear f : forebears) {
      if (f.generation() == cursor.generation()) {
        return Math.min(cursor.seq(), f.upTo());
      }
    }
    return cursor.generation() == 0 && cursor.seq() == 0 ? 0 : -1;
  }

  /** When something is due next, milliseconds since 1970; {@link Long#MAX_VALUE} for never. */
  public long dueMillis() {
    long due = Long.MAX_VALUE;
    for (Erasure e : erasures) {
      due = Math.min(due, e.atMillis());
    }
    for (Held h : held) {
      due = Math.min(due, h.untilMillis());
    }
    return settings.retentionDays() > 0
        ? Math.min(due, retention.doneMillis() + RETENTION_STEP)
        : due;
  }

  public Counts counts() {
    return counts(totals, settings);
  }

  public static Counts counts(Totals totals, SettingsState settings) {
    int general = settings.channels() == ChannelView.TOGETHER ? totals.together() : totals.apart();
    return new Counts(general + totals.fixed(), totals.requests());
  }

  @Override
  public int sizeBytes() {
    return 1024
        + folders.size() * 160
        + lists.size() * 140
        + outbox.size() * 100
        + arrivals.size() * 200
        + receipts.size() * 140
        + held.size() * 160
        + erasures.size() * 160
        + drafts.size() * 80
        + forebears.size() * 40;
  }
}
