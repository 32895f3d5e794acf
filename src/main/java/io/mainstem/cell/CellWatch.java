package io.mainstem.cell;

import io.mainstem.cell.wire.Envelope;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.Moved;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Signal;
import io.mainstem.mailbox.Watched;
import io.mainstem.mailbox.wire.Wire;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.vertx.core.Context;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Operators;

/**
 * One who watches a user of the cell, wherever the user's owner is. While that is this node, it
 * hands on what the mailbox tells. While it is another, that one nudges and this one pulls: from
 * its own cursor, as fast as it is read, so that what gets lost or doubled on the way makes neither
 * gap nor duplicate. When the owner changes it goes on at the next.
 *
 * <p>Confined to its context, but for what is asked of the subscription.
 *
 * <pre>
 *   NOWHERE ──► HERE    (this node owns the user) ──► NOWHERE (it does so no more)
 *      └──────► AFAR    (another does)            ──► NOWHERE (the ring has changed)
 * </pre>
 */
final class CellWatch implements Subscription {
  private static final int READ_FRAMES = 128;
  private static final long PAUSE_FIRST_MILLIS = 20;
  private static final long PAUSE_MAX_MILLIS = 1_000;

  private enum Way {
    NOWHERE,
    HERE,
    AFAR
  }

  private final CellRouter router;
  private final UserId user;
  private final Subscriber<? super Watched> subscriber;
  private final Context context;
  private final AtomicLong demand = new AtomicLong();
  private volatile boolean cancelled;

  /** After what has been told. */
  private volatile Cursor cursor;

  // Confined to the context from here on.
  private Way way = Way.NOWHERE;

  /** Grows with every change of way, so that what belongs to an older one is passed over. */
  private int turn;

  private @Nullable Here here;
  private @Nullable String owner;
  private final ArrayDeque<Frame> read = new ArrayDeque<>();

  /** After what has been read. */
  private Cursor tail;

  /** The end of the log when the watch first reached an owner. */
  private @Nullable Cursor durableAtStart;

  /** Whether an owner has shown that the cursor can be gone on from. */
  private boolean sure;

  private boolean begun;
  private boolean caughtUp;

  /** Whether the client knows that what it was told may be old. */
  private boolean toldStale;

  /** Whether the owner has told all that there was since it was found. */
  private boolean heardAll;

  private boolean reset;
  private boolean pulling;
  private boolean mayBeMore;
  private boolean waiting;
  private boolean sending;
  private boolean ended;
  private long pause = PAUSE_FIRST_MILLIS;

  CellWatch(CellRouter router, UserId user, Cursor after, Subscriber<? super Watched> subscriber) {
    this.router = router;
    this.user = user;
    this.cursor = after;
    this.tail = after;
    this.subscriber = subscriber;
    this.context = router.vertx().getOrCreateContext();
  }

  UserId user() {
    return user;
  }

  Cursor cursor() {
    return cursor;
  }

  // ---- from any thread

  @Override
  public void request(long n) {
    run(
        () -> {
          if (n <= 0) {
            fail(
                new IllegalArgumentException(
                    "a request is for one or more (Reactive Streams 3.9)"));
            return;
          }
          demand.accumulateAndGet(n, Operators::addCap);
          if (here != null) {
            here.request(n);
          }
          if (begun) {
            send();
          } else {
            begin();
          }
        });
  }

  @Override
  public void cancel() {
    cancelled = true;
    run(this::leave);
  }

  /** The cell has changed, or this node holds more or less than before. */
  void lookAgain() {
    run(
        () -> {
          if (!begun || ended) {
            return;
          }
          if (router.sendsAway()) {
            finish();
          } else if (way == Way.NOWHERE
              || way == Way.AFAR
                  && (router.local().isHere(user) || !Objects.equals(owner, ownerNow()))) {
            connect();
          }
        });
  }

  void onNudge(Envelope.Nudge nudge) {
    run(() -> onNudged(nudge));
  }

  /** The owner may have said whether what it tells may be old. */
  void lookAtStanding() {
    run(this::send);
  }

  void onSignal(Signal signal) {
    run(
        () -> {
          if (way == Way.AFAR
              && caughtUp
              && read.isEmpty()
              && !ended
              && !cancelled
              && demand.get() > 0) {
            emit(new Watched.Ephemeral(signal));
          }
        });
  }

  private void run(Runnable task) {
    context.runOnContext(unused -> task.run());
  }

  // ---- finding the owner

  private void begin() {
    begun = true;
    if (cancelled) {
      return;
    }
    if (!router.watches().add(this)) {
      fail(
          new Rejected(
              Rejected.Rule.BUSY, "too many devices watch this mailbox (mailbox.watchersPerUser)"));
    } else if (router.sendsAway()) {
      finish();
    } else {
      connect();
    }
  }

  private @Nullable String ownerNow() {
    return router.view().ownerOf(user);
  }

  private void connect() {
    if (ended || cancelled) {
      return;
    }
    turn++;
    if (here != null) {
      here.cancel();
      here = null;
    }
    read.clear();
    tail = cursor;
    pulling = false;
    waiting = false;
    reset = false;
    heardAll = false;
    owner = ownerNow();
    if (router.local().isHere(user)) {
      way = Way.HERE;
      here = new Here(turn);
      router.local().watch(user, cursor).subscribe(here);
    } else {
      way = Way.AFAR;
      tellOwner();
      mayBeMore = true;
      send();
    }
  }

  private void tellOwner() {
    if (owner != null && !owner.equals(router.self())) {
      router.tell(
          owner,
          Envelope.of(
              new Envelope.Watching(
                  List.of(new Envelope.Place(user.value(), cursor.generation(), cursor.seq())))));
    }
  }

  private void connectLater() {
    way = Way.NOWHERE;
    later(this::connect);
  }

  private void later(Runnable task) {
    if (waiting || ended) {
      return;
    }
    waiting = true;
    int ofTurn = turn;
    router
        .vertx()
        .setTimer(
            pause,
            id ->
                run(
                    () -> {
                      if (ofTurn != turn) {
                        return;
                      }
                      waiting = false;
                      if (router.sendsAway()) {
                        finish();
                      } else {
                        task.run();
                      }
                    }));
    pause = Math.min(PAUSE_MAX_MILLIS, pause * 2);
  }

  // ---- here

  /** What the mailbox in this process tells; handed over to the watch's context. */
  private final class Here extends BaseSubscriber<Watched> {
    private final int ofTurn;

    Here(int ofTurn) {
      this.ofTurn = ofTurn;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      long n = demand.get();
      if (n > 0) {
        subscription.request(n);
      }
    }

    @Override
    protected void hookOnNext(Watched watched) {
      run(
          () -> {
            if (ofTurn == turn) {
              onHere(this, watched);
            }
          });
    }

    @Override
    protected void hookOnError(Throwable cause) {
      run(
          () -> {
            if (ofTurn == turn) {
              fail(cause);
            }
          });
    }
  }

  private void onHere(Here from, Watched watched) {
    if (ended || cancelled) {
      return;
    }
    pause = PAUSE_FIRST_MILLIS;
    switch (watched) {
      case Watched.Entry entry -> {
        cursor = entry.frame().cursor();
        emit(watched);
      }
      case Watched.Reset reconsidered -> {
        cursor = reconsidered.cursor();
        emit(watched);
      }
      case Watched.CaughtUp end -> {
        if (caughtUp) {
          // Of a later owner: the client was told once.
          onStale(from, end.stale());
        } else {
          caughtUp = true;
          toldStale = end.stale();
          cursor = end.cursor();
          emit(watched);
        }
      }
      case Watched.Stale stale -> onStale(from, stale.now());
      case Watched.Ephemeral ephemeral -> emit(watched);
      case Watched.Reconnect gone -> {
        here = null;
        turn++;
        connectLater();
      }
    }
  }

  private void onStale(Here from, boolean now) {
    if (now == toldStale) {
      // What the client asked for is still to come.
      from.request(1);
    } else {
      toldStale = now;
      emit(new Watched.Stale(now));
    }
  }

  // ---- afar

  private void onNudged(Envelope.Nudge nudge) {
    if (way != Way.AFAR || ended) {
      return;
    }
    if (nudge.gone()) {
      connectLater();
      return;
    }
    byte[] frame = nudge.frame();
    if (frame != null
        && !pulling
        && !mayBeMore
        && !reset
        && nudge.previous() == tail.seq()
        && nudge.generation() == tail.generation()
        && read.size() < READ_FRAMES) {
      Frame next = Wire.frame(frame);
      read.add(next);
      tail = next.cursor();
    } else if (nudge.generation() != tail.generation() || nudge.seq() > tail.seq()) {
      mayBeMore = true;
    }
    send();
  }

  /** Tells what there is, as far as it is asked for, and reads on when it is told. */
  private void send() {
    if (sending || ended || cancelled || way != Way.AFAR) {
      return;
    }
    sending = true;
    while (!ended && !cancelled && demand.get() > 0) {
      Watched next = next();
      if (next == null) {
        break;
      }
      emit(next);
    }
    sending = false;
    if (demand.get() > 0 && read.isEmpty() && mayBeMore) {
      pull();
    }
  }

  private @Nullable Watched next() {
    if (reset) {
      reset = false;
      cursor = tail;
      return new Watched.Reset(cursor);
    }
    if (!caughtUp && sure && isPast(durableAtStart)) {
      caughtUp = true;
      toldStale = router.watches().isStale(owner);
      return new Watched.CaughtUp(cursor, toldStale);
    }
    // A new owner is believed to be sure only when it has told all that the last one may have
    // missed.
    boolean stale = toldStale && !heardAll || router.watches().isStale(owner);
    if (caughtUp && stale != toldStale) {
      toldStale = stale;
      return new Watched.Stale(stale);
    }
    Frame frame = read.pollFirst();
    if (frame == null) {
      return null;
    }
    cursor = frame.cursor();
    return new Watched.Entry(frame);
  }

  private boolean isPast(@Nullable Cursor end) {
    return end != null && cursor.generation() >= end.generation() && cursor.seq() >= end.seq();
  }

  private void pull() {
    if (pulling || waiting || ended || cancelled || way != Way.AFAR) {
      return;
    }
    pulling = true;
    int ofTurn = turn;
    if (durableAtStart == null) {
      router
          .query(user, new Query.Head())
          .onComplete(head -> ifCurrent(ofTurn, head.cause(), () -> onHead(head.result())));
      return;
    }
    router
        .query(user, new Query.Updates(tail, READ_FRAMES))
        .onComplete(
            page -> {
              if (page.cause() instanceof Rejected no && no.rule() == Rejected.Rule.RESET) {
                startAnew(ofTurn);
              } else {
                ifCurrent(ofTurn, page.cause(), () -> onPage(page.result()));
              }
            });
  }

  private void onHead(Cursor head) {
    durableAtStart = head;
    if (tail.seq() == 0 && tail.generation() == 0) {
      // From the beginning of whatever there is: now it is known what.
      tail = new Cursor(head.generation(), 0);
      cursor = tail;
    }
    // Else the first page tells: who said how long the log is may be owner no more.
    sure = tail.generation() == head.generation() && tail.seq() <= head.seq();
    send();
  }

  private void onPage(Query.UpdatePage page) {
    sure = true;
    for (Frame frame : page.frames()) {
      if (isAfter(frame.cursor(), tail)) {
        read.add(frame);
        tail = frame.cursor();
      }
    }
    if (isAfter(page.cursor(), tail)) {
      // Nothing is new, but the mailbox goes on under another generation.
      tail = page.cursor();
      cursor = tail;
    }
    // Only an empty page says that there was no more.
    mayBeMore = !page.frames().isEmpty();
    heardAll |= !mayBeMore;
    send();
  }

  /** A generation that continues another may begin below what was told of that one. */
  private static boolean isAfter(Cursor next, Cursor before) {
    return next.generation() > before.generation()
        || next.generation() == before.generation() && next.seq() > before.seq();
  }

  /** The cursor cannot be gone on from: the client loads anew and goes on from the end. */
  private void startAnew(int ofTurn) {
    router
        .query(user, new Query.Head())
        .onComplete(head -> ifCurrent(ofTurn, head.cause(), () -> goOnFrom(head.result())));
  }

  private void goOnFrom(Cursor head) {
    read.clear();
    tail = head;
    durableAtStart = head;
    sure = true;
    reset = true;
    mayBeMore = true;
    send();
  }

  private void ifCurrent(int ofTurn, @Nullable Throwable cause, Runnable then) {
    run(
        () -> {
          if (ofTurn != turn) {
            return;
          }
          pulling = false;
          if (cause instanceof Moved) {
            fail(cause);
          } else if (cause != null) {
            later(this::connect);
          } else {
            pause = PAUSE_FIRST_MILLIS;
            then.run();
          }
        });
  }

  // ---- to the subscriber

  private void emit(Watched watched) {
    if (demand.get() != Long.MAX_VALUE) {
      demand.decrementAndGet();
    }
    subscriber.onNext(watched);
  }

  /** This node stops: the client goes on at another. */
  private void finish() {
    if (!ended && !cancelled) {
      leave();
      subscriber.onNext(new Watched.Reconnect());
      subscriber.onComplete();
    }
  }

  private void fail(Throwable cause) {
    if (!ended && !cancelled) {
      leave();
      subscriber.onError(cause);
    }
  }

  private void leave() {
    ended = true;
    turn++;
    read.clear();
    if (here != null) {
      here.cancel();
      here = null;
    }
    router.watches().remove(this);
  }
}
