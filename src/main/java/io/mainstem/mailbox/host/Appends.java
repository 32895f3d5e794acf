package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Counts;
import io.mainstem.mailbox.Entry;
import io.mainstem.message.Rejected;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.MailboxStore.Row;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The appends of one mailbox that are not settled, in their order, and all that waits for them.
 * Confined to the loop's context.
 *
 * <pre>
 *   settled       its waiters are answered
 *   refused       (the store is full or its queue is) it has not happened, nor what follows it: the image goes back to what is settled
 *   stale owner   everything of the partition is dropped
 *   unknown       it and what follows it are made again, unchanged, until one of the above
 * </pre>
 */
final class Appends {
  private static final Logger LOG = LoggerFactory.getLogger(Appends.class);
  private static final long RETRY_FIRST_MILLIS = 50;
  private static final long RETRY_MAX_MILLIS = 5_000;

  /** An append under way, with what happens when it is settled. */
  static final class InFlight {
    final Entry entry;
    final Row row;
    final boolean agenda;
    final Slot kept;

    /** The counts after it, if it changed them. */
    final @Nullable Counts counts;

    private final List<Waiter> waiters = new ArrayList<>(1);
    private boolean flying;
    private boolean done;
    private @Nullable Throwable failure;

    InFlight(Entry entry, Row row, boolean agenda, Slot kept, @Nullable Counts counts) {
      this.entry = entry;
      this.row = row;
      this.agenda = agenda;
      this.kept = kept;
      this.counts = counts;
    }
  }

  private record Waiter(Work<?> work, Runnable answer) {}

  private final Resident resident;
  private final ArrayDeque<InFlight> line = new ArrayDeque<>();
  private long retryMillis = RETRY_FIRST_MILLIS;
  private boolean failing;

  Appends(Resident resident) {
    this.resident = resident;
  }

  boolean isEmpty() {
    return line.isEmpty();
  }

  /**
   * Whether the outcome of the first is unknown, so that nothing new may be written behind it yet.
   */
  boolean isFailing() {
    return failing;
  }

  void add(InFlight append) {
    line.addLast(append);
    send(append);
  }

  /** Runs the answer when everything that is in the image now is settled. */
  void whenSettled(Work<?> work, Runnable answer) {
    InFlight last = line.peekLast();
    if (last == null) {
      answer.run();
    } else {
      last.waiters.add(new Waiter(work, answer));
    }
  }

  /** Gives up: the works that waited, for the caller to refuse or to try again. */
  List<Work<?>> abandon() {
    var works = new ArrayList<Work<?>>();
    for (InFlight append : line) {
      append.waiters.forEach(waiter -> works.add(waiter.work()));
    }
    line.clear();
    failing = false;
    retryMillis = RETRY_FIRST_MILLIS;
    return works;
  }

  private void send(InFlight append) {
    append.flying = true;
    append.failure = null;
    resident
        .loop()
        .onResult(
            resident
                .loop()
                .parts()
                .store()
                .append(resident.mailbox(), resident.epoch(), append.row, append.agenda),
            (done, cause) -> onOutcome(append, cause));
  }

  private void onOutcome(InFlight append, @Nullable Throwable cause) {
    append.flying = false;
    append.failure = cause;
    append.done = cause == null;
    if (!line.contains(append)) {
      return;
    }
    for (InFlight head = line.peekFirst(); head != null && head.done; head = line.peekFirst()) {
      line.removeFirst();
      retryMillis = RETRY_FIRST_MILLIS;
      resident.onSettled(head);
      resident.image().settled(head.kept);
      head.waiters.forEach(waiter -> waiter.answer().run());
    }
    InFlight head = line.peekFirst();
    if (head == null) {
      failing = false;
      resident.onAllSettled();
    } else if (head.failure != null && line.stream().noneMatch(a -> a.flying)) {
      onFailure(head.failure);
    }
  }

  private void onFailure(Throwable cause) {
    if (cause instanceof MailboxStore.StaleOwner) {
      resident.loop().lose(resident.partition(), resident.epoch());
    } else if (line.stream().allMatch(a -> isRefusal(a.failure))) {
      resident.rollBack(cause);
    } else {
      if (!failing) {
        LOG.warn(
            "An append has an unknown outcome and is made again until it is known: {}",
            cause.toString());
      }
      failing = true;
      long delay = retryMillis;
      retryMillis = Math.min(RETRY_MAX_MILLIS, retryMillis * 2);
      resident.loop().later(delay, () -> again(line.peekFirst()));
    }
  }

  private void again(@Nullable InFlight head) {
    if (head != null && failing && !head.flying) {
      Consumer<InFlight> send = this::send;
      List.copyOf(line).forEach(send);
    }
  }

  /** Whether the store says that it has certainly not happened. */
  private static boolean isRefusal(@Nullable Throwable cause) {
    return cause instanceof MailboxStore.StoreFull || cause instanceof Rejected;
  }
}
