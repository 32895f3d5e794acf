package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.Signal;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.UserId;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Operators;

/**
 * One who watches: it knows only the last number that it has told, so a slow one costs nothing but
 * what one read of the log brings. What is recent comes from memory, once decoded for all; what is
 * older from the log. Told on the loop's context; asked from any.
 */
final class Watcher implements Subscription {
  private static final int READ_ENTRIES = 128;

  private final HostLoop loop;
  private final UserId user;
  private final Cursor after;
  private final Subscriber<? super Watched> subscriber;
  private final AtomicLong demand = new AtomicLong();
  private volatile boolean cancelled;

  // Confined to the loop's context from here on.
  private final ArrayDeque<Frame> read = new ArrayDeque<>();
  private @Nullable Resident resident;
  private boolean starting;
  private boolean started;
  private boolean reset;
  private boolean caughtUp;

  /** Whether it knows that what it was told may be old. */
  private boolean toldStale;

  private boolean reading;
  private boolean sending;
  private boolean ending;
  private boolean ended;
  private long told;
  private long durableAtStart;

  Watcher(HostLoop loop, UserId user, Cursor after, Subscriber<? super Watched> subscriber) {
    this.loop = loop;
    this.user = user;
    this.after = after;
    this.subscriber = subscriber;
  }

  void start() {
    if (!cancelled) {
      resident = loop.resident(user);
      resident.watchers().add(this);
    }
  }

  @Override
  public void request(long n) {
    if (n <= 0) {
      loop.execute(
          () ->
              fail(
                  new IllegalArgumentException(
                      "a request is for one or more (Reactive Streams 3.9)")));
    } else {
      demand.accumulateAndGet(n, Operators::addCap);
      loop.execute(this::send);
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    loop.execute(this::leave);
  }

  /** The mailbox is served: its end is known. */
  void onServing() {
    Resident of = resident;
    if (started || of == null) {
      send();
    } else if (!starting) {
      starting = true;
      of.watchers().whenSure(after, cause -> onSure(of, cause));
    }
  }

  private void onSure(Resident of, @Nullable Throwable cause) {
    starting = false;
    if (cause != null) {
      reconnect();
    } else if (of.isServing()) {
      started = true;
      durableAtStart = of.settled();
      reset = !of.watchers().canGoOn(after);
      told = reset ? durableAtStart : of.place(after);
      send();
    }
  }

  /** Tells what there is, as far as it is asked for. */
  void send() {
    if (sending || ended) {
      return;
    }
    sending = true;
    while (!cancelled && !ended && demand.get() > 0) {
      Watched next = next();
      if (next == null) {
        break;
      }
      if (demand.get() != Long.MAX_VALUE) {
        demand.decrementAndGet();
      }
      subscriber.onNext(next);
      if (next instanceof Watched.Reconnect) {
        leave();
        subscriber.onComplete();
      }
    }
    sending = false;
  }

  private @Nullable Watched next() {
    if (ending) {
      return new Watched.Reconnect();
    }
    if (!started || resident == null) {
      return null;
    }
    if (reset) {
      reset = false;
      return new Watched.Reset(cursor());
    }
    if (!caughtUp && told >= durableAtStart) {
      caughtUp = true;
      toldStale = loop.mailboxes().isStale();
      return new Watched.CaughtUp(cursor(), toldStale);
    }
    if (caughtUp && toldStale != loop.mailboxes().isStale()) {
      toldStale = !toldStale;
      return new Watched.Stale(toldStale);
    }
    Frame frame = read.pollFirst();
    if (frame == null && told < resident.settled()) {
      if (resident.settled() - told > loop.parts().config().maxBehind()) {
        told = resident.settled();
        return new Watched.Reset(cursor());
      }
      if (!reading) {
        readOn(resident);
      }
      frame = read.pollFirst();
    }
    if (frame == null) {
      return null;
    }
    told = frame.cursor().seq();
    return new Watched.Entry(frame);
  }

  /** From memory at once, from the log later. */
  private void readOn(Resident from) {
    reading = true;
    from.watchers()
        .frames(
            told,
            READ_ENTRIES,
            (frames, cause) -> {
              reading = false;
              if (frames == null) {
                // The watcher goes on from its cursor with a new watch.
                reconnect();
              } else {
                read.addAll(frames);
                send();
              }
            });
  }

  /** Tells a notice that is never logged, if nothing waits before it; else it is lost. */
  void onSignal(Signal signal) {
    if (!ended
        && !cancelled
        && caughtUp
        && read.isEmpty()
        && resident != null
        && told == resident.settled()
        && demand.get() > 0) {
      if (demand.get() != Long.MAX_VALUE) {
        demand.decrementAndGet();
      }
      subscriber.onNext(new Watched.Ephemeral(signal));
    }
  }

  void reconnect() {
    ending = true;
    send();
  }

  void fail(Throwable cause) {
    if (!ended && !cancelled) {
      leave();
      subscriber.onError(cause);
    }
  }

  private void leave() {
    ended = true;
    read.clear();
    if (resident != null) {
      resident.watchers().remove(this);
    }
  }

  private Cursor cursor() {
    return new Cursor(resident == null ? 0 : resident.cursorGeneration(), told);
  }
}
