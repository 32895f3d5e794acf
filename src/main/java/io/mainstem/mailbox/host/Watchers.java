package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Codec;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.Mailbox;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Signal;
import io.mainstem.message.Rejected;
import io.mainstem.store.MailboxStore.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Those who watch one mailbox. Confined to the loop's context. */
final class Watchers {
  private final Resident resident;
  private final List<Watcher> all = new ArrayList<>(1);

  Watchers(Resident resident) {
    this.resident = resident;
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  void add(Watcher watcher) {
    if (resident.isLost()) {
      watcher.reconnect();
    } else if (all.size() >= resident.loop().parts().config().watchersPerUser()) {
      watcher.fail(
          new Rejected(
              Rejected.Rule.BUSY, "too many devices watch this mailbox (mailbox.watchersPerUser)"));
    } else {
      all.add(watcher);
      if (resident.isServing()) {
        watcher.onServing();
      }
    }
  }

  void remove(Watcher watcher) {
    all.remove(watcher);
  }

  void onServing() {
    copy().forEach(Watcher::onServing);
  }

  void onSettled() {
    if (!all.isEmpty()) {
      copy().forEach(Watcher::send);
    }
  }

  void onSignal(Signal signal) {
    copy().forEach(watcher -> watcher.onSignal(signal));
  }

  void reconnect() {
    copy().forEach(Watcher::reconnect);
    all.clear();
  }

  void fail(Throwable cause) {
    copy().forEach(watcher -> watcher.fail(cause));
    all.clear();
  }

  /** A watcher may leave while it is told. */
  private List<Watcher> copy() {
    return List.copyOf(all);
  }

  /**
   * Whether one can go on from this cursor: of this generation or of one that it continues, not
   * ahead, not too far behind.
   */
  boolean canGoOn(Cursor cursor) {
    long place = resident.place(cursor);
    return place >= 0
        && place <= resident.settled()
        && resident.settled() - place <= resident.loop().parts().config().maxBehind();
  }

  /**
   * Calls back with null, or with why nothing can be said. An owner that knows less than whoever
   * asks may own the mailbox no more: it looks before it sends him back.
   */
  void whenSure(Cursor cursor, Consumer<@Nullable Throwable> then) {
    if (resident.place(cursor) <= resident.settled()) {
      then.accept(null);
      return;
    }
    var loop = resident.loop();
    loop.onResult(
        loop.mailboxes().partitions().confirm(),
        (stands, cause) -> {
          if (cause != null && HostLoop.isStale(cause)) {
            loop.lose(resident.partition(), resident.epoch());
          }
          then.accept(resident.isServing() ? cause : Resident.moved(false));
        });
  }

  /**
   * The settled entries after a number, from memory where they are there, else from the log; at
   * least one if there is any.
   */
  void frames(long after, int limit, BiConsumer<@Nullable List<Frame>, @Nullable Throwable> then) {
    var frames = new ArrayList<Frame>();
    long reached = after;
    while (reached < resident.settled() && frames.size() < limit) {
      Frame frame =
          resident.image().frame(resident.user(), resident.cursorGeneration(), reached + 1);
      if (frame == null) {
        break;
      }
      frames.add(frame);
      reached = frame.cursor().seq();
    }
    if (!frames.isEmpty() || reached >= resident.settled()) {
      then.accept(frames, null);
      return;
    }
    long settled = resident.settled();
    var loop = resident.loop();
    loop.onResult(
        loop.parts().store().read(resident.mailbox(), after, limit),
        (rows, cause) -> {
          if (rows == null) {
            then.accept(null, Objects.requireNonNull(cause));
            return;
          }
          for (Row row : rows.rows()) {
            // The store may show what is durable but not yet known here to be settled.
            if (row.last() <= settled) {
              frames.add(
                  Mailbox.frame(
                      resident.user(),
                      resident.cursorGeneration(),
                      Codec.decode(row.entry(), row.body())));
            }
          }
          then.accept(frames, null);
        });
  }

  /** Answers {@link Query.Updates}. */
  void updates(
      Query.Updates query, BiConsumer<Query.@Nullable UpdatePage, @Nullable Throwable> then) {
    whenSure(
        query.after(),
        cause -> {
          if (cause != null) {
            then.accept(null, cause);
          } else {
            page(query, then);
          }
        });
  }

  private void page(
      Query.Updates query, BiConsumer<Query.@Nullable UpdatePage, @Nullable Throwable> then) {
    if (!canGoOn(query.after())) {
      then.accept(
          null, new Rejected(Rejected.Rule.RESET, "this cursor cannot be gone on from; load anew"));
      return;
    }
    int generation = resident.cursorGeneration();
    long after = resident.place(query.after());
    frames(
        after,
        query.limit(),
        (frames, cause) -> {
          if (frames == null) {
            then.accept(null, cause);
          } else if (resident.isLost()) {
            // While the log was read, another began to go on with it.
            then.accept(null, Resident.moved(false));
          } else {
            long seq = frames.isEmpty() ? after : frames.get(frames.size() - 1).cursor().seq();
            then.accept(new Query.UpdatePage(frames, new Cursor(generation, seq)), null);
          }
        });
  }
}
