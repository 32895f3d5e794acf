package io.mainstem.mailbox;

import io.mainstem.mailbox.answer.Answers;
import io.mainstem.mailbox.answer.Debts;
import io.mainstem.mailbox.answer.Frames;
import io.mainstem.mailbox.decide.Deciding;
import io.mainstem.mailbox.state.Apply;
import io.mainstem.mailbox.state.Content;
import io.mainstem.mailbox.state.Header;
import io.mainstem.mailbox.state.Keys;
import io.mainstem.mailbox.state.Reads;
import io.mainstem.message.BlobKey;
import io.mainstem.message.UserId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The logic of a mailbox: what the host calls. Pure functions. */
public final class Mailbox {
  /** The object that is always loaded. */
  public static final String HEADER = "header";

  private Mailbox() {}

  /**
   * What a command leads to. {@code entry} is null when nothing is to be written (a repeat, nothing
   * to change).
   */
  public record Decision<R extends Reply>(@Nullable Entry entry, R reply) {}

  /**
   * Decides. Throws {@link PageFault} for what is absent and {@link io.mainstem.message.Rejected}
   * for what is refused. The entry's {@code first} is the image's last seq + 1; the host has its
   * own knowledge of {@code settled}.
   */
  public static <R extends Reply> Decision<R> decide(
      Image image, Command<R> command, Moment moment, long settled) {
    var out = Deciding.decide(image, command, moment);
    if (out.event() == null) {
      return new Decision<>(null, out.reply());
    }
    var contents = out.content() == null ? List.<Content>of() : List.of(out.content());
    var entry =
        new Entry(lastSeq(image) + 1, settled, moment.nowMillis(), List.of(out.event()), contents);
    return new Decision<>(entry, out.reply());
  }

  /**
   * The entry with which an owner takes the mailbox over. It changes nothing but the header's seq
   * and epoch, unless the mailbox is still to be renewed. For an empty log it is the first entry
   * and makes the header.
   *
   * @param previousEpoch of the entry before it; 0 for none
   * @param renewal the newest of the store; 0 for none
   */
  public static Entry fence(
      Image image, Moment moment, long settled, long epoch, long previousEpoch, int renewal) {
    var fenced = new Event.Fenced(epoch, previousEpoch);
    return new Entry(
        lastSeq(image) + 1,
        settled,
        moment.nowMillis(),
        renewal > new Reads(image).header().renewal()
            ? List.of(fenced, new Event.SetBack(renewal))
            : List.of(fenced));
  }

  /**
   * The entry that follows the last one of a log that was cut.
   *
   * @param last number of that one
   */
  public static Entry renewal(long last, int number, long nowMillis) {
    return new Entry(last + 1, last, nowMillis, List.of(new Event.SetBack(number)));
  }

  /** Answers a query; throws like {@link #decide}. {@code cursor} is the image's end. */
  @SuppressWarnings("unchecked") // a query names the type of its answer
  public static <R> R answer(Image image, Query<R> query, Moment moment) {
    return (R) Answers.answer(image, query, moment);
  }

  /** The keys of the objects that this entry changes. */
  public static Set<String> touches(Entry entry) {
    var out = new LinkedHashSet<String>();
    for (int i = 0; i < entry.events().size(); i++) {
      Keys.touched(entry.events().get(i), entry.first() + i, entry.content(i) != null, out);
    }
    return out;
  }

  /**
   * The object after the entry; skips events that it covers. Null: the object does not exist
   * (before), or exists no longer (after).
   */
  public static @Nullable StoredObject apply(
      String key, @Nullable StoredObject object, Entry entry) {
    return Apply.apply(key, object, entry);
  }

  /** What cursors of this generation of the log name as theirs. */
  public static int cursorGeneration(Image image, int generation) {
    return new Reads(image).header().cursorGeneration(generation);
  }

  /**
   * What watchers see of it.
   *
   * @param generation as cursors name it
   */
  public static Frame frame(UserId owner, int generation, Entry entry) {
    return Frames.frame(generation, entry);
  }

  /** What it owes to others: messages to hand over. */
  public static List<Query.Outgoing> outgoing(UserId owner, Entry entry) {
    return Debts.outgoing(owner, entry);
  }

  /** What it owes to others: receipts to tell. */
  public static List<Query.Receipt> receipts(UserId owner, Entry entry) {
    return Debts.receipts(owner, entry);
  }

  /**
   * Whether the agenda mark must be durable before the entry is acknowledged (work that no client
   * asks for follows from it).
   */
  public static boolean hasAgenda(Entry entry) {
    return Debts.hasAgenda(entry);
  }

  /**
   * Whether nothing is left to do that no client asks for: the mark may be cleared.
   *
   * @param generation of the mailbox
   */
  public static boolean agendaIsDone(Image image, int generation) {
    var header = new Reads(image).header();
    return header.outbox().isEmpty()
        && header.receipts().isEmpty()
        && header.departureFrom(generation) == null
        && dueMillis(image) == Long.MAX_VALUE;
  }

  /** The move to another cell that is under way; null when there is none. */
  public static Header.@Nullable Departure departure(Image image, int generation) {
    return new Reads(image).header().departureFrom(generation);
  }

  /** Earlier generations of this log whose cursors can be gone on from. */
  public static List<Header.Forebear> forebears(Image image) {
    return new Reads(image).header().forebears();
  }

  /** Whether nothing has happened since the mailbox came from another cell. */
  public static boolean hasJustArrived(Image image, int generation) {
    return new Reads(image).header().hasJustArrived(generation);
  }

  /** Whether the entry begins a move to another cell, or freezes the mailbox for it. */
  public static boolean departs(Entry entry) {
    Event event = entry.events().get(0);
    return event instanceof Event.Leaving || event instanceof Event.Frozen;
  }

  /** The blobs that the entry's content names. */
  public static Set<BlobKey> blobs(Entry entry) {
    return Debts.blobs(entry);
  }

  /**
   * When {@link Command.Due} is next to be said, milliseconds since 1970; {@link Long#MAX_VALUE}
   * for never.
   */
  public static long dueMillis(Image image) {
    return new Reads(image).header().dueMillis();
  }

  /**
   * Seqs of rows whose body is to be redacted because of this entry (erasure at once, or a Due
   * after the undo time).
   */
  public static List<Long> redactions(Entry entry) {
    return Debts.redactions(entry);
  }

  /** The last seq and the counts of the image. */
  public static long lastSeq(Image image) {
    return new Reads(image).header().covers();
  }

  /** Counts of the image. */
  public static Counts counts(Image image) {
    return new Reads(image).header().counts();
  }
}
