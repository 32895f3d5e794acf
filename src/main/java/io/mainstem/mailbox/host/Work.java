package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Mailbox;
import io.mainstem.mailbox.Moment;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.store.StageMeter;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something that is asked of a mailbox and tried until what it needs is in memory. Confined to the
 * loop's context.
 */
abstract sealed class Work<R> {
  /**
   * A decision that still names absent pages after so many reads is a defect, not a cold mailbox.
   */
  static final int MAX_FAULTS = 256;

  final Resident resident;
  private final StageMeter.Passage passage;
  final List<Slot> pins = new ArrayList<>();
  int faults;
  private final Promise<R> promise;
  private boolean finished;
  private @Nullable Moment moment;

  private Work(Resident resident, Promise<R> promise) {
    this.resident = resident;
    this.promise = promise;
    this.passage = resident.loop().parts().meter().enter();
  }

  /**
   * Tries. Throws {@link io.mainstem.mailbox.PageFault} for what is absent, {@link
   * io.mainstem.message.Rejected} for what is refused.
   */
  abstract void attempt();

  /**
   * Whether it changes the mailbox: then it keeps its place in the line, and is refused when an
   * append before it fails.
   */
  boolean isCommand() {
    return false;
  }

  final void succeed(R result) {
    if (finish()) {
      promise.complete(result);
    }
  }

  final void fail(Throwable cause) {
    if (finish()) {
      promise.fail(cause);
    }
  }

  /** Gives back what it held in the cache. */
  final void unpin() {
    for (Slot slot : pins) {
      slot.pins--;
    }
    pins.clear();
  }

  private boolean finish() {
    if (finished) {
      return false;
    }
    finished = true;
    unpin();
    passage.leave();
    resident.onFinished();
    return true;
  }

  /** When it was first tried: the same moment however often it is tried again. */
  final Moment moment() {
    Moment known = moment;
    if (known == null) {
      known = resident.moment();
      moment = known;
    }
    return known;
  }

  /** A command. */
  static final class Submission<R extends Reply> extends Work<R> {
    private final Command<R> command;

    Submission(Resident resident, Command<R> command, Promise<R> promise) {
      super(resident, promise);
      this.command = command;
    }

    @Override
    void attempt() {
      Mailbox.Decision<R> decision =
          Mailbox.decide(resident.image(), command, moment(), resident.settled());
      if (decision.entry() != null) {
        resident.write(decision.entry(), -1);
      }
      resident.appends().whenSettled(this, () -> succeed(decision.reply()));
    }

    @Override
    boolean isCommand() {
      return true;
    }
  }

  /** A query. */
  static final class Question<R> extends Work<R> {
    private final Query<R> query;

    Question(Resident resident, Query<R> query, Promise<R> promise) {
      super(resident, promise);
      this.query = query;
    }

    @Override
    void attempt() {
      R answer = Mailbox.answer(resident.image(), query, moment());
      resident.appends().whenSettled(this, () -> succeed(answer));
    }
  }

  /**
   * Something that the host does itself, as soon as the mailbox is served; the task finishes the
   * work.
   */
  static final class Chore<R> extends Work<R> {
    private final Consumer<Work<R>> task;

    Chore(Resident resident, Consumer<Work<R>> task, Promise<R> promise) {
      super(resident, promise);
      this.task = task;
    }

    @Override
    void attempt() {
      task.accept(this);
    }
  }
}
