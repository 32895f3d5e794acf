package io.mainstem.gateway.imap;

import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Wire;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Tells a session what happens to its mailbox as it happens. What comes from the mailbox on another
 * thread waits in {@code arrived}, at most {@link #WINDOW} of it; the rest is confined to the
 * connection's context.
 */
final class MailboxWatch implements CoreSubscriber<Watched> {
  private static final int WINDOW = 32;

  private final ImapParts parts;
  private final UserId user;
  private final Listener listener;
  private final Output out;
  private final Wire wire;
  private final Consumer<Throwable> onFailed;
  private final ArrayDeque<Object> arrived = new ArrayDeque<>(2); // guarded by itself
  private boolean scheduled; // guarded by arrived
  private @Nullable Subscription subscription;
  private boolean stopped;
  private boolean busy;

  /** The mailbox went elsewhere: the watch begins anew with the next tick, which paces it. */
  private boolean lost;

  /** Who is told. Its methods are called on the connection's context. */
  interface Listener {
    /** After what was told last. */
    Cursor cursor();

    /** Whether something can be told now; when it can again, {@link #onReady} is to be called. */
    boolean isReady();

    Future<Void> onFrame(Frame frame);

    /**
     * The log could not be gone on from the cursor: what happened in between is to be found out.
     */
    Future<Void> onReset(Cursor now);
  }

  MailboxWatch(
      ImapParts parts,
      UserId user,
      Listener listener,
      Output out,
      Wire wire,
      Consumer<Throwable> onFailed) {
    this.parts = parts;
    this.user = user;
    this.listener = listener;
    this.out = out;
    this.wire = wire;
    this.onFailed = onFailed;
  }

  /** What waited can be told now. */
  void onReady() {
    drain();
  }

  void start() {
    parts.mailboxes().watch(user, listener.cursor()).subscribe(this);
  }

  /** Called every second or so. */
  void onTick() {
    if (lost && !stopped) {
      lost = false;
      start();
    }
  }

  /** Nothing is told from here on; what is not told yet comes with the next command. */
  void stop() {
    stopped = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  // ---- from the mailbox, on any thread

  @Override
  public void onSubscribe(Subscription s) {
    arrive(s);
  }

  @Override
  public void onNext(Watched watched) {
    arrive(watched);
  }

  @Override
  public void onError(Throwable cause) {
    arrive(cause);
  }

  @Override
  public void onComplete() {
    arrive(new Watched.Reconnect());
  }

  private void arrive(Object what) {
    synchronized (arrived) {
      arrived.add(what);
      if (scheduled) {
        return;
      }
      scheduled = true;
    }
    wire.run(this::drain);
  }

  // ---- on the connection's context

  private void drain() {
    while (true) {
      Object what;
      synchronized (arrived) {
        boolean waits = busy || !listener.isReady();
        what = waits ? null : arrived.poll();
        if (what == null) {
          scheduled = waits;
          break;
        }
      }
      on(what);
    }
    out.flush();
  }

  private void on(Object what) {
    if (what instanceof Subscription s) {
      subscription = s;
      if (stopped) {
        s.cancel();
      } else {
        s.request(WINDOW);
      }
      return;
    }
    if (stopped) {
      return;
    }
    switch (what) {
      case Watched.Entry entry -> {
        Future<Void> told = listener.onFrame(entry.frame());
        if (told.succeeded()) {
          asked();
        } else {
          wait(told);
        }
      }
      case Watched.CaughtUp caughtUp -> asked();
      case Watched.Ephemeral ephemeral -> asked();
      // Nothing is said. IMAP has no word for it; programs show the text of an untagged OK nowhere,
      // or with ALERT in a window (RFC 9051 §7.1) for each of the connections that they keep open.
      // What they have been told stays true: it is in the log under its UID and MODSEQ, whoever
      // owns
      // the mailbox, and what they have not been told comes after it.
      case Watched.Stale stale -> asked();
      case Watched.Reset reset -> wait(listener.onReset(reset.cursor()));
      case Watched.Reconnect reconnect -> {
        Subscription over = subscription;
        subscription = null;
        lost = true;
        if (over != null) {
          over.cancel();
        }
      }
      case Throwable cause -> onFailed.accept(cause);
      default -> throw new IllegalStateException(what.getClass().getName());
    }
  }

  /** One more may come, once the client has read. */
  private void asked() {
    if (subscription != null) {
      if (out.hasRoom()) {
        subscription.request(1);
      } else {
        wait(out.room());
      }
    }
  }

  private void wait(Future<Void> until) {
    busy = true;
    until.onComplete(
        done ->
            wire.run(
                () -> {
                  busy = false;
                  if (done.failed()) {
                    if (!stopped) {
                      onFailed.accept(done.cause());
                    }
                    return;
                  }
                  if (subscription != null) {
                    subscription.request(1);
                  }
                  drain();
                }));
  }
}
