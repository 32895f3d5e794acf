package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Mailbox;
import io.mainstem.mailbox.state.Header.Departure;
import io.vertx.core.Promise;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the host does with a mailbox of itself, as soon as it is served: its agenda with the mark of
 * it in the store, what is due, its departure to another cell. Confined to the loop's context.
 */
final class Chores {
  private static final Logger LOG = LoggerFactory.getLogger(Chores.class);

  private final Resident resident;
  private final HostLoop loop;

  /** Whether the agenda mark stands in the store, or an append under way sets it. */
  private boolean marked;

  Chores(Resident resident) {
    this.resident = resident;
    this.loop = resident.loop();
  }

  /** Runs a task that needs the image, when the mailbox is served. */
  void run(Runnable task) {
    Promise<Boolean> promise = Promise.promise();
    promise.future().onFailure(e -> LOG.debug("A chore was dropped: {}", e.toString()));
    resident.acceptOwn(
        new Work.Chore<Boolean>(
            resident,
            self -> {
              task.run();
              self.succeed(true);
            },
            promise));
  }

  /** Calls back when the mailbox is served, or with why it cannot be. */
  void whenServing(Consumer<Resident> then, Consumer<Throwable> otherwise) {
    Promise<Boolean> promise = Promise.promise();
    promise
        .future()
        .onSuccess(done -> loop.execute(() -> then.accept(resident)))
        .onFailure(otherwise::accept);
    resident.acceptOwn(new Work.Chore<Boolean>(resident, work -> work.succeed(true), promise));
  }

  /** What an owner does first. {@code arrived}: the mailbox has just come from another cell. */
  void begin(boolean arrived) {
    run(
        () -> {
          if (!Mailbox.agendaIsDone(resident.image(), resident.mailbox().generation())) {
            loop.parts().outbox().onLoaded(resident.user());
          }
          tellDeparture();
          if (arrived) {
            // Its mark was set when it was copied, and nobody has looked yet what is due.
            onMarked();
            askDue();
          }
        });
  }

  void tellDeparture() {
    Departure departure = Mailbox.departure(resident.image(), resident.mailbox().generation());
    if (departure != null) {
      loop.parts().departures().onDeparting(resident.mailbox(), departure);
    }
  }

  // ---- the agenda mark

  /** Whether the append of this entry has to set the mark. */
  boolean mustMark(Entry entry) {
    return !marked && Mailbox.hasAgenda(entry);
  }

  void onMarked() {
    marked = true;
    loop.marked().add(resident);
  }

  /** Whether it stands is not known any more. */
  void onUnmarked() {
    marked = false;
    loop.marked().remove(resident);
  }

  void clearMarkIfDone() {
    if (!resident.isServing() || !resident.appends().isEmpty() || !marked) {
      return;
    }
    run(
        () -> {
          if (marked
              && resident.appends().isEmpty()
              && Mailbox.agendaIsDone(resident.image(), resident.mailbox().generation())) {
            // Later appends go through the same line and set it again.
            onUnmarked();
            loop.onResult(
                loop.parts().store().clearAgenda(resident.mailbox()),
                (done, cause) -> {
                  if (cause != null) {
                    LOG.debug("An agenda mark stays until the next start: {}", cause.toString());
                  }
                });
          }
        });
  }

  // ---- time

  /** Time has passed: lets the mailbox do what is due, and asks when it is due again. */
  void sayDue() {
    loop.mailboxes()
        .submit(resident.user(), new Command.Due())
        .onComplete(done -> loop.execute(() -> loop.resident(resident.user()).chores().askDue()));
  }

  /** Sets the timer. What is due already waits a moment, so that a refused Due does not spin. */
  void askDue() {
    run(
        () -> {
          long due = Mailbox.dueMillis(resident.image());
          loop.dueTimes()
              .set(
                  resident.user(),
                  due == Long.MAX_VALUE
                      ? due
                      : Math.max(due, loop.parts().clock().millis() + 1000));
        });
  }
}
