package io.mainstem.mailbox.host;

import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the node's event loops, with the mailboxes that are pinned to it. Whatever concerns them
 * is handed to {@link #execute} and runs on its context, so none of their classes needs a lock.
 */
final class HostLoop {
  private static final Logger LOG = LoggerFactory.getLogger(HostLoop.class);
  private static final int TASKS_A_TURN = 256;
  private static final long TURN_NANOS = 5_000_000;
  private static final int SAVES_A_TASK = 16;
  private static final int MARKS_A_TICK = 1000;
  private static final int TOLD_A_TASK = 64;

  private final LocalMailboxes mailboxes;
  private final HostParts parts;
  private final Context context;
  private final ImageCache cache;
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Map<UserId, Resident> residents = new HashMap<>();

  /** Mailboxes with something that is not saved, the longest first. */
  private final LinkedHashSet<Resident> unsaved = new LinkedHashSet<>();

  /** Mailboxes whose agenda mark is set. */
  private final LinkedHashSet<Resident> marked = new LinkedHashSet<>();

  /** Copies of mailboxes that come from other cells. */
  private final Map<MailboxStore.Mailbox, Adoption> adoptions = new HashMap<>();

  private final DueTimes dueTimes;

  HostLoop(LocalMailboxes mailboxes, HostParts parts, Context context, long cacheBytes) {
    this.mailboxes = mailboxes;
    this.parts = parts;
    this.context = context;
    this.cache = new ImageCache(cacheBytes);
    this.dueTimes = new DueTimes(this);
  }

  HostParts parts() {
    return parts;
  }

  LocalMailboxes mailboxes() {
    return mailboxes;
  }

  Context context() {
    return context;
  }

  ImageCache cache() {
    return cache;
  }

  DueTimes dueTimes() {
    return dueTimes;
  }

  LinkedHashSet<Resident> unsaved() {
    return unsaved;
  }

  LinkedHashSet<Resident> marked() {
    return marked;
  }

  /**
   * Runs a task on this loop's context, from any thread; those that come close together share one
   * turn.
   */
  void execute(Runnable task) {
    tasks.add(task);
    if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
      context.runOnContext(this::turn);
    }
  }

  /** Calls back on this loop's context with the result or the cause. */
  <T> void onResult(Future<T> future, BiConsumer<@Nullable T, @Nullable Throwable> then) {
    future.onComplete(done -> execute(() -> then.accept(done.result(), done.cause())));
  }

  /** Runs a task on this loop's context after a while. */
  void later(long millis, Runnable task) {
    context.owner().setTimer(millis, id -> execute(task));
  }

  /** The user's writer, made when there is none. */
  Resident resident(UserId user) {
    Resident resident = residents.get(user);
    if (resident == null) {
      resident = new Resident(this, user);
      residents.put(user, resident);
      resident.load();
    }
    return resident;
  }

  /** The user's writer, if there is one. */
  @Nullable Resident present(UserId user) {
    return residents.get(user);
  }

  /** The copy of this mailbox under the present epoch, made when there is none. */
  Adoption adoption(MailboxStore.Mailbox mailbox, int partition) {
    long epoch = mailboxes.partitions().epoch(partition);
    Adoption adoption = adoptions.get(mailbox);
    if (adoption == null || adoption.epoch() != epoch) {
      adoption = new Adoption(this, mailbox, partition, epoch);
      adoptions.put(mailbox, adoption);
    }
    return adoption;
  }

  List<Resident> all() {
    return new ArrayList<>(residents.values());
  }

  /** Forgets a writer that has nothing in memory and nothing to do. */
  void forget(Resident resident) {
    residents.remove(resident.user(), resident);
    unsaved.remove(resident);
    marked.remove(resident);
  }

  /** Another owner has this partition: everything of it is dropped. */
  void lose(int partition, long epoch) {
    mailboxes.partitions().lost(partition, epoch);
    drop(partition, epoch);
  }

  /** What was appended last under this epoch is not known: everything of it is dropped. */
  void giveUp(int partition, long epoch) {
    mailboxes.partitions().gaveUp(partition, epoch);
    drop(partition, epoch);
  }

  private void drop(int partition, long epoch) {
    for (Resident resident : all()) {
      if (resident.partition() == partition && resident.epoch() <= epoch) {
        resident.lose();
      }
    }
  }

  /**
   * Settles and saves what it has of a partition, or what is possible until the deadline, then
   * drops it; completes with the epoch under which it was held, 0 when it was lost meanwhile.
   */
  void leave(int partition, long deadlineNanos, Promise<Long> left) {
    boolean busy = false;
    for (Resident resident : all()) {
      if (resident.partition() != partition) {
        continue;
      }
      if (!resident.isIdle()) {
        busy = true;
      } else if (!resident.snapshot().isIdle()) {
        resident.snapshot().flush(() -> {});
        busy = true;
      }
    }
    if (busy && System.nanoTime() < deadlineNanos) {
      later(5, () -> leave(partition, deadlineNanos, left));
      return;
    }
    long epoch = mailboxes.partitions().left(partition);
    for (Resident resident : all()) {
      if (resident.partition() == partition) {
        resident.lose();
      }
    }
    left.complete(epoch);
  }

  /** Once a second: saves what is old, clears marks, forgets what is idle. */
  void tick() {
    saveSome(new ArrayDeque<>(unsaved), parts.clock().millis(), cache.isCrowded());
    int asked = 0;
    for (Resident resident : List.copyOf(marked)) {
      if (asked++ == MARKS_A_TICK) {
        break;
      }
      // To the end of the line, so that each is asked in its turn.
      marked.remove(resident);
      marked.add(resident);
      resident.chores().clearMarkIfDone();
    }
    for (Resident resident : all()) {
      resident.onTick();
    }
    long now = parts.clock().millis();
    adoptions.values().removeIf(adoption -> adoption.isIdle(now));
  }

  /**
   * Settles and saves everything, or what is possible until the deadline, then tells watchers to go
   * elsewhere.
   */
  void drain(long deadlineNanos, Promise<Void> end) {
    dueTimes.stop();
    boolean busy = false;
    for (Resident resident : all()) {
      if (!resident.isIdle()) {
        busy = true;
      } else if (!resident.snapshot().isIdle()) {
        resident.snapshot().flush(() -> {});
        busy = true;
      }
    }
    if (busy && System.nanoTime() < deadlineNanos) {
      later(5, () -> drain(deadlineNanos, end));
      return;
    }
    all().forEach(Resident::lose);
    end.tryComplete();
  }

  /** Saves a few, then lets others have the loop before it goes on. */
  private void saveSome(ArrayDeque<Resident> rest, long nowMillis, boolean crowded) {
    for (int i = 0; i < SAVES_A_TASK; i++) {
      Resident resident = rest.pollFirst();
      if (resident == null) {
        return;
      }
      resident.snapshot().onTick(nowMillis, crowded);
    }
    execute(() -> saveSome(rest, nowMillis, crowded));
  }

  /** All watchers look whether there is something to tell: what they were told may be old now. */
  void tellWatchers() {
    tellWatchers(new ArrayDeque<>(residents.values()));
  }

  private void tellWatchers(ArrayDeque<Resident> rest) {
    for (int i = 0; i < TOLD_A_TASK; i++) {
      Resident resident = rest.pollFirst();
      if (resident == null) {
        return;
      }
      resident.watchers().onSettled();
    }
    execute(() -> tellWatchers(rest));
  }

  private void turn(Void unused) {
    try {
      runSome();
    } finally {
      // Whatever was thrown: all mailboxes of this loop wait for its next turn.
      scheduled.set(false);
      if (!tasks.isEmpty() && scheduled.compareAndSet(false, true)) {
        context.runOnContext(this::turn);
      }
    }
  }

  private void runSome() {
    // The loop is shared with sockets: after a few milliseconds it is their turn.
    long until = System.nanoTime() + TURN_NANOS;
    for (int i = 0; i < TASKS_A_TURN && System.nanoTime() < until; i++) {
      Runnable task = tasks.poll();
      if (task == null) {
        break;
      }
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        if (Defect.ofMachine(e) != null) {
          throw e;
        }
        LOG.error("A task of the mailbox host failed", e);
      }
    }
    cache.evict();
  }

  /**
   * A defect as those who wait are told of it. One of the machine itself is thrown on, in a turn of
   * its own, so that it reaches whoever looks after the process.
   */
  RuntimeException defect(Throwable thrown) {
    VirtualMachineError ofMachine = Defect.ofMachine(thrown);
    if (ofMachine != null) {
      execute(
          () -> {
            throw ofMachine;
          });
    }
    return Defect.of(thrown);
  }

  static boolean isStale(Throwable cause) {
    return cause instanceof MailboxStore.StaleOwner;
  }
}
