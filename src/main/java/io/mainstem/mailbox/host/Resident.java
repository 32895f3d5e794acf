package io.mainstem.mailbox.host;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.mailbox.Codec;
import io.mainstem.mailbox.Counts;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Mailbox;
import io.mainstem.mailbox.Moment;
import io.mainstem.mailbox.Moved;
import io.mainstem.mailbox.PageFault;
import io.mainstem.mailbox.state.Header;
import io.mainstem.mailbox.state.Header.Forebear;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.Partition;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer of one mailbox: decides commands in their order on the image, appends the
 * outcomes without waiting for those before, and lets nothing out before it is settled. Confined to
 * the loop's context.
 *
 * <pre>
 *   LOADING ──► SERVING ──► LOADING (an append was refused: back to what is settled) …
 *      │           │
 *      ▼           ▼
 *   forgotten    LOST (another owner)
 * </pre>
 */
final class Resident {
  private static final Logger LOG = LoggerFactory.getLogger(Resident.class);

  private enum State {
    LOADING,
    SERVING,
    LOST
  }

  private final HostLoop loop;
  private final UserId user;
  private final int partition;
  private final long epoch;
  private final LiveImage image;
  private final Takeover takeover;
  private final Chores chores;
  private final Appends appends = new Appends(this);
  private final Snapshot snapshot = new Snapshot(this);
  private final Redactions redactions = new Redactions(this);
  private final Watchers watchers = new Watchers(this);
  private final ArrayDeque<Work<?>> commands = new ArrayDeque<>();

  /** What waits until the mailbox is served: queries and watches. */
  private final List<Work<?>> waiting = new ArrayList<>();

  private State state = State.LOADING;
  private MailboxStore.@Nullable Mailbox mailbox;
  private long end;
  private long settled;
  private int open;
  private boolean headIsFetching;
  private boolean rebuilding;
  private @Nullable Counts counts;

  /** As they were when it was loaded: a generation gets no more of them. */
  private List<Forebear> forebears = List.of();

  private int cursorGeneration;

  Resident(HostLoop loop, UserId user) {
    this.loop = loop;
    this.user = user;
    this.partition = Partition.of(user, loop.parts().partitions());
    this.epoch = loop.mailboxes().partitions().epoch(partition);
    this.image = new LiveImage(loop);
    this.takeover = new Takeover(this);
    this.chores = new Chores(this);
  }

  HostLoop loop() {
    return loop;
  }

  UserId user() {
    return user;
  }

  int partition() {
    return partition;
  }

  long epoch() {
    return epoch;
  }

  LiveImage image() {
    return image;
  }

  Appends appends() {
    return appends;
  }

  Chores chores() {
    return chores;
  }

  Snapshot snapshot() {
    return snapshot;
  }

  Redactions redactions() {
    return redactions;
  }

  Watchers watchers() {
    return watchers;
  }

  /** Whether it is known to be of this generation. */
  boolean isOf(MailboxStore.Mailbox other) {
    return other.equals(mailbox);
  }

  /** Known once it is loaded. */
  MailboxStore.Mailbox mailbox() {
    return Objects.requireNonNull(mailbox);
  }

  /** The last number of the image, settled or not. */
  long end() {
    return end;
  }

  long settled() {
    return settled;
  }

  Cursor settledCursor() {
    return new Cursor(cursorGeneration, settled);
  }

  /** What cursors name this generation of the log; known once it is loaded. */
  int cursorGeneration() {
    return cursorGeneration;
  }

  /** The number from which this cursor goes on; -1 when it cannot. */
  long place(Cursor cursor) {
    return Header.place(forebears, cursor, cursorGeneration);
  }

  boolean isLost() {
    return state == State.LOST;
  }

  boolean isLoading() {
    return state == State.LOADING;
  }

  boolean isServing() {
    return state == State.SERVING;
  }

  boolean isRebuilding() {
    return rebuilding;
  }

  // ---- work comes

  /**
   * Takes work into the line, or refuses it when the line is full. The generation of the moment is
   * known only now.
   */
  void accept(Work<?> work) {
    open++;
    if (state == State.LOST) {
      work.fail(moved(false));
    } else if (open > loop.parts().config().queue()) {
      loop.parts().meter().refused("queue");
      work.fail(
          new Rejected(
              Rejected.Rule.BUSY, "too many commands of this mailbox wait (mailbox.queue)"));
    } else if (work.isCommand()) {
      commands.addLast(work);
      if (state == State.SERVING && !takeover.isFenced()) {
        fenceAgain();
      }
      pump();
    } else if (state == State.SERVING) {
      run(work);
    } else {
      waiting.add(work);
    }
  }

  /** Takes work of the host itself, to which no bound applies. */
  void acceptOwn(Work<?> work) {
    open++;
    loop.mailboxes().onChore();
    if (state == State.SERVING) {
      run(work);
    } else if (state == State.LOADING) {
      waiting.add(work);
    } else {
      work.fail(moved(false));
    }
  }

  void onFinished() {
    open--;
    loop.mailboxes().onFinished();
  }

  Moment moment() {
    HostParts parts = loop.parts();
    int generation = mailbox == null ? 0 : mailbox.generation();
    return new Moment(
        user,
        generation,
        parts.clock().millis(),
        parts.chance().getAsLong(),
        parts.limits(),
        parts.forms());
  }

  /** Runs commands in their order, until one has to wait for pages. */
  private void pump() {
    while (state == State.SERVING && !headIsFetching && !appends.isFailing()) {
      Work<?> head = commands.peekFirst();
      if (head == null) {
        return;
      }
      headIsFetching = true;
      if (run(head)) {
        commands.pollFirst();
        headIsFetching = false;
      } else {
        return;
      }
    }
  }

  /** Tries once; false when pages are being fetched for it, after which it is tried again. */
  @CanIgnoreReturnValue
  private boolean run(Work<?> work) {
    try {
      work.attempt();
      work.unpin();
    } catch (PageFault fault) {
      fetch(work, fault);
      return false;
    } catch (Rejected refusal) {
      // A refusal too tells of the image that it was computed from.
      work.unpin();
      appends.whenSettled(work, () -> work.fail(refusal));
    } catch (RuntimeException | Error e) {
      work.fail(loop.defect(e));
      giveUpIfMidway(e);
    }
    return true;
  }

  private void fetch(Work<?> work, PageFault fault) {
    if (++work.faults > Work.MAX_FAULTS) {
      retried(work, new IllegalStateException("a decision asks for pages without end"));
      return;
    }
    image.fetch(
        mailbox(),
        fault.keys(),
        fault.seqs(),
        cause -> {
          if (cause == null) {
            image.pin(fault.keys(), fault.seqs(), work.pins);
          }
          // The callback may come at once, inside the attempt: go on in a turn of its own.
          loop.execute(() -> retried(work, cause));
        });
  }

  private void retried(Work<?> work, @Nullable Throwable cause) {
    if (cause != null) {
      work.fail(cause);
    }
    if (work == commands.peekFirst()) {
      headIsFetching = false;
      if (cause != null) {
        commands.pollFirst();
      }
      pump();
    } else if (cause == null && !work.isCommand()) {
      if (state == State.SERVING) {
        run(work);
      } else if (state == State.LOADING) {
        work.unpin();
        waiting.add(work);
      } else {
        work.fail(moved(false));
      }
    }
  }

  // ---- entries go out

  /**
   * Applies a decided entry to the image and appends it. Throws {@link PageFault} before anything
   * is changed, and whatever is thrown afterwards as {@link Defect#midway}.
   */
  void write(Entry entry, long previousEpoch) {
    if (entry.first() != end + 1) {
      throw new IllegalStateException(
          "an entry begins at " + entry.first() + ", the image ends at " + end);
    }
    // All that is known to fail comes before the image is changed.
    Codec.Encoded encoded = Codec.encode(entry);
    boolean mark = chores.mustMark(entry);
    LiveImage.Change change = image.changeBy(entry);
    var row =
        new Row(
            entry.first(),
            entry.last(),
            epoch,
            entry.settled(),
            previousEpoch,
            encoded.entry(),
            encoded.body());
    try {
      write(entry, change, row, mark);
    } catch (RuntimeException | Error e) {
      throw Defect.midway(e);
    }
  }

  private void write(Entry entry, LiveImage.Change change, Row row, boolean mark) {
    image.apply(change);
    end = entry.last();
    if (mark) {
      chores.onMarked();
    }
    Slot kept = image.keep(entry, LiveImage.bytesOf(row), true);
    snapshot.onWritten(entry.first());
    appends.add(new Appends.InFlight(entry, row, mark, kept, changedCounts()));
    loop.dueTimes().set(user, Mailbox.dueMillis(image));
  }

  private @Nullable Counts changedCounts() {
    Counts now = Mailbox.counts(image);
    if (now.equals(counts)) {
      return null;
    }
    counts = now;
    return now;
  }

  void onSettled(Appends.InFlight append) {
    Entry entry = append.entry;
    settled = entry.last();
    redactions.onSettled(entry);
    try {
      tellOthers(append);
    } catch (RuntimeException | Error e) {
      // Their defect: the entry is settled, and those who wait for it are answered.
      LOG.error("Somebody who was told of a settled entry failed", loop.defect(e));
    }
    if (append.row.isFence()) {
      takeover.onFenced();
    }
    watchers.onSettled();
    snapshot.onSettled();
  }

  private void tellOthers(Appends.InFlight append) {
    HostParts parts = loop.parts();
    var outgoing = Mailbox.outgoing(user, append.entry);
    var receipts = Mailbox.receipts(user, append.entry);
    if (!outgoing.isEmpty() || !receipts.isEmpty()) {
      parts.outbox().onSettled(user, outgoing, receipts);
    }
    if (append.counts != null) {
      parts.counts().onCounts(user, append.counts, settledCursor());
    }
    if (Mailbox.departs(append.entry)) {
      chores.run(chores::tellDeparture);
    }
  }

  /** After the appends' outcome was unknown for a while: the line moves again. */
  void onAllSettled() {
    pump();
  }

  /**
   * The store has refused what is not settled: the image goes back, commands are refused, queries
   * are asked again.
   */
  void rollBack(Throwable cause) {
    List<Work<?>> works = appends.abandon();
    works.addAll(commands);
    commands.clear();
    headIsFetching = false;
    Rejected refusal = refusal(cause);
    loop.parts().meter().refused(refusal.rule() == Rejected.Rule.BUSY ? "busy" : "full");
    image.clear();
    snapshot.cancel();
    counts = null;
    chores.onUnmarked();
    for (Work<?> work : works) {
      if (work.isCommand()) {
        work.fail(refusal);
      } else {
        work.unpin();
        waiting.add(work);
      }
    }
    takeover.onRefused();
    load();
  }

  private static Rejected refusal(Throwable cause) {
    return cause instanceof Rejected rejected
        ? rejected
        : new Rejected(
            Rejected.Rule.STORE_FULL, "nothing can be written now; what is stored can be read");
  }

  // ---- taking over

  /** Reads what is stored and takes the mailbox over; work waits meanwhile. */
  void load() {
    if (epoch == 0) {
      // The partition went to another between the question and this turn.
      leave(moved(false));
      return;
    }
    state = State.LOADING;
    takeover.run();
  }

  /** The generation is known. */
  void onGeneration(int generation) {
    mailbox = new MailboxStore.Mailbox(user, generation);
  }

  private void fenceAgain() {
    if (takeover.mayTry()) {
      load();
    } else {
      var refused = List.copyOf(commands);
      commands.clear();
      refused.forEach(work -> work.fail(refusal(new MailboxStore.StoreFull("not fenced"))));
    }
  }

  /** What waits is run now. */
  void serve() {
    state = State.SERVING;
    var works = List.copyOf(waiting);
    waiting.clear();
    works.forEach(this::run);
    if (!takeover.isFenced() && !commands.isEmpty()) {
      fenceAgain();
    }
    pump();
    watchers.onServing();
  }

  /** What is stored cannot be read: all that waits fails, and the next one tries anew. */
  void onLoadFailed(Throwable cause) {
    if (HostLoop.isStale(cause)) {
      loop.lose(partition, epoch);
      return;
    }
    if (cause instanceof Moved) {
      leave(cause);
      watchers.fail(cause);
      return;
    }
    if (cause instanceof MailboxStore.Damaged) {
      LOG.error("A mailbox is refused: {}", cause.getMessage());
    } else {
      LOG.warn("A mailbox could not be loaded: {}", cause.toString());
    }
    leave(cause);
    watchers.fail(cause);
    giveUpIfMidway(cause);
  }

  /**
   * An entry that was applied in part, or may be on its way to the log, has no place under this
   * epoch any more: the partition is taken again, under a higher one, and all comes back from the
   * log.
   */
  private void giveUpIfMidway(Throwable cause) {
    if (Defect.isMidway(cause)) {
      loop.giveUp(partition, epoch);
    }
  }

  // ---- leaving

  /** Another owner has the mailbox now. */
  void lose() {
    if (state != State.LOST) {
      leave(moved(true));
      watchers.reconnect();
      loop.parts().outbox().onDropped(user);
      loop.parts().departures().onDropped(user);
    }
  }

  private void leave(Throwable cause) {
    state = State.LOST;
    List<Work<?>> stored = appends.abandon();
    var untouched = new ArrayList<Work<?>>(commands);
    untouched.addAll(waiting);
    commands.clear();
    waiting.clear();
    stored.forEach(work -> work.fail(cause));
    Throwable nothingDone = cause instanceof NotOwner ? moved(false) : cause;
    untouched.forEach(work -> work.fail(nothingDone));
    image.clear();
    snapshot.cancel();
    loop.dueTimes().set(user, Long.MAX_VALUE);
    loop.forget(this);
  }

  static Rejected moved(boolean maybeDone) {
    return new NotOwner("the mailbox has another owner now; ask again", maybeDone);
  }

  /** Whether nothing is under way. */
  boolean isIdle() {
    return state == State.SERVING
        && open == 0
        && appends.isEmpty()
        && redactions.isIdle()
        && !rebuilding;
  }

  void onTick() {
    redactions.onTick();
    if (isIdle() && snapshot.isIdle() && image.isEmpty() && watchers.isEmpty()) {
      loop.forget(this);
    }
  }

  /** Saves and leaves memory, if nothing is under way and nobody watches. */
  void release(Promise<Void> promise) {
    snapshot.flush(
        () -> {
          if (isIdle() && snapshot.isIdle() && watchers.isEmpty()) {
            long due = loop.dueTimes().of(user);
            leave(moved(false));
            loop.dueTimes().set(user, due);
          }
          promise.complete();
        });
  }

  // ---- rebuild

  /** Makes all objects anew from the log. Calls back with null, or with why it failed. */
  void rebuild(Consumer<@Nullable Throwable> then) {
    if (!isIdle() || !snapshot.isIdle()) {
      if (state == State.LOST) {
        then.accept(moved(false));
      } else {
        snapshot.flush(() -> loop.later(5, () -> rebuild(then)));
      }
      return;
    }
    state = State.LOADING;
    new Rebuild(this)
        .run(
            cause -> {
              rebuilding = false;
              if (cause != null) {
                onLoadFailed(cause);
              } else {
                serve();
              }
              then.accept(cause);
            });
  }

  void setRebuilding(boolean on) {
    rebuilding = on;
    counts = null;
  }

  /** How far the image is: all of it is settled. */
  void onReplaying(long last) {
    end = last;
    settled = last;
  }

  /** What cursors name this generation of the log, and which earlier ones it continues. */
  void onIdentified() {
    forebears = Mailbox.forebears(image);
    cursorGeneration = Mailbox.cursorGeneration(image, mailbox().generation());
  }
}
