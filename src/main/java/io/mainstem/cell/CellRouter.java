package io.mainstem.cell;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.cell.wire.Envelope;
import io.mainstem.cell.wire.PeerGone;
import io.mainstem.cell.wire.Peers;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Signal;
import io.mainstem.mailbox.Watched;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.mailbox.host.NotOwner;
import io.mainstem.mailbox.wire.Wire;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/**
 * The mailboxes of the whole cell: a call in this process where this node owns the user, else a
 * request to the node that does.
 */
public final class CellRouter implements MailboxService, Peers.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(CellRouter.class);

  private final Vertx vertx;
  private final LocalMailboxes local;
  private final String self;
  private final long requestNanos;
  private final int maxOpen;
  private final AtomicInteger open = new AtomicInteger();
  private final Set<Attempt> asleep = ConcurrentHashMap.newKeySet();
  private final Watches watches;
  private final Nudges nudges;
  private volatile View view;
  private volatile @Nullable Peers peers;
  private volatile boolean closed;
  private Consumer<Envelope> otherNotices = notice -> {};

  /**
   * @param maxOpen requests to other nodes, or waiting for an owner, at once
   * @param watchersPerUser watches of one user at this node
   */
  CellRouter(
      Vertx vertx,
      LocalMailboxes local,
      String self,
      int partitions,
      io.mainstem.config.Cell config,
      int maxOpen,
      int watchersPerUser) {
    this.vertx = vertx;
    this.local = local;
    this.self = self;
    this.requestNanos = config.requestSeconds() * 1_000_000_000L;
    this.maxOpen = maxOpen;
    this.view = View.of(List.of(), partitions);
    this.watches = new Watches(this, watchersPerUser, config.watchSeconds() * 1000L);
    this.nudges = new Nudges(this, config.watchSeconds() * 3_000_000_000L);
  }

  /**
   * @param notices is told what is of no mailbox
   */
  void begin(Peers wire, Consumer<Envelope> notices) {
    otherNotices = notices;
    peers = wire;
    watches.begin();
    nudges.begin();
  }

  Vertx vertx() {
    return vertx;
  }

  LocalMailboxes local() {
    return local;
  }

  String self() {
    return self;
  }

  Peers peers() {
    return Objects.requireNonNull(peers);
  }

  /** The cell as this node sees it now. */
  public View view() {
    return view;
  }

  /** Requests that are at other nodes, or wait for an owner. */
  public int openRequests() {
    return open.get();
  }

  boolean isClosed() {
    return closed;
  }

  /** From any thread: the cell has changed. */
  void onView(View now) {
    view = now;
    somethingChanged();
  }

  /** From any thread: this node holds more or less than before, or another can be reached again. */
  void somethingChanged() {
    // Of a copy: who is woken may at once lie down again, and be met again without end.
    for (Attempt attempt : List.copyOf(asleep)) {
      if (asleep.remove(attempt)) {
        attempt.wake();
      }
    }
    watches.lookAgain();
  }

  // ---- the three verbs

  @Override
  @SuppressWarnings("unchecked") // The command's kind fixes R.
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
    if (local.holds(user)) {
      return local
          .submit(user, command)
          .recover(
              cause ->
                  cause instanceof NotOwner moved
                          && (!moved.maybeDone() || Attempt.isRepeatable(command))
                      ? (Future<R>) (Future<?>) route(user, command, null, moved.maybeDone())
                      : Future.failedFuture(cause));
    }
    return (Future<R>) (Future<?>) route(user, command, null, false);
  }

  @Override
  @SuppressWarnings("unchecked") // The query's kind fixes R.
  public <R> Future<R> query(UserId user, Query<R> query) {
    if (local.holds(user)) {
      return local
          .query(user, query)
          .recover(
              cause ->
                  cause instanceof NotOwner
                      ? (Future<R>) route(user, null, query, false)
                      : Future.failedFuture(cause));
    }
    return (Future<R>) route(user, null, query, false);
  }

  /**
   * @param unsure whether the command may have been stored already
   */
  private Future<Object> route(
      UserId user, @Nullable Command<?> command, @Nullable Query<?> query, boolean unsure) {
    if (closed) {
      return Future.failedFuture(
          new Rejected(Rejected.Rule.BUSY, "this node is stopping; ask another"));
    }
    if (open.incrementAndGet() > maxOpen) {
      open.decrementAndGet();
      return Future.failedFuture(
          new Rejected(
              Rejected.Rule.BUSY, "too many requests wait for other nodes (mailbox.queueTotal)"));
    }
    ContextInternal caller = ContextInternal.current();
    Promise<Object> promise = caller == null ? Promise.promise() : caller.promise();
    new Attempt(this, user, command, query, promise, System.nanoTime() + requestNanos, unsure)
        .run();
    return promise.future();
  }

  @Override
  public Flux<Watched> watch(UserId user, Cursor after) {
    return Flux.from(
        subscriber -> subscriber.onSubscribe(new CellWatch(this, user, after, subscriber)));
  }

  @Override
  public boolean isHere(UserId user) {
    return local.holds(user);
  }

  @Override
  public void signal(UserId user, Signal signal) {
    if (local.holds(user)) {
      local.signal(user, signal);
      return;
    }
    String owner = view.ownerOf(user);
    if (owner != null && !owner.equals(self)) {
      tell(owner, Envelope.of(new Envelope.Whisper(user.value(), Wire.signal(signal), false)));
    }
  }

  // ---- for attempts and watches

  void sleep(Attempt attempt, long millis) {
    asleep.add(attempt);
    vertx.setTimer(
        millis,
        id -> {
          asleep.remove(attempt);
          attempt.wake();
        });
  }

  void onEnded() {
    open.decrementAndGet();
  }

  Watches watches() {
    return watches;
  }

  /** Loss is allowed for: whoever tells tells again. */
  @CanIgnoreReturnValue
  boolean tell(String peer, Envelope envelope) {
    Peers wire = peers;
    return wire != null && wire.tell(peer, envelope);
  }

  // ---- what other nodes ask

  @Override
  public void onRequest(String peer, Envelope.Request request, Consumer<Envelope.Response> answer) {
    try {
      serve(peer, request, answer);
    } catch (RuntimeException e) {
      answer.accept(failure(e));
    }
  }

  private void serve(String peer, Envelope.Request request, Consumer<Envelope.Response> answer) {
    var user = new UserId(request.user());
    if (local.holds(user)) {
      here(user, request)
          .onSuccess(answer::accept)
          .onFailure(cause -> answer.accept(refusal(user, cause)));
      return;
    }
    String owner = view.ownerOf(user);
    if (!request.forwarded()
        && owner != null
        && !owner.equals(self)
        && !owner.equals(peer)
        && peers().isUp(owner)) {
      var forwarded =
          new Envelope.Request(
              0, request.user(), true, request.millis(), request.command(), request.query());
      peers()
          .call(owner, forwarded, request.millis())
          .onSuccess(answer::accept)
          .onFailure(cause -> answer.accept(refusal(user, cause)));
      return;
    }
    answer.accept(elsewhere(user, false));
  }

  private Future<Envelope.Response> here(UserId user, Envelope.Request request) {
    byte[] command = request.command();
    if (command != null) {
      return submitHere(user, Wire.command(command))
          .map(reply -> new Envelope.Response(0, Wire.reply(reply), null, null, null, null));
    }
    byte[] asked = request.query();
    if (asked == null) {
      throw new IllegalArgumentException("a request for nothing");
    }
    Query<?> query = Wire.query(asked);
    return local
        .query(user, query)
        .map(value -> new Envelope.Response(0, null, Wire.answer(query, value), null, null, null));
  }

  private <R extends Reply> Future<R> submitHere(UserId user, Command<R> command) {
    return local.submit(user, command);
  }

  private Envelope.Response elsewhere(UserId user, boolean maybeDone) {
    View now = view;
    return new Envelope.Response(
        0,
        null,
        null,
        null,
        new Envelope.Elsewhere(now.version(), now.ownerOf(user), maybeDone),
        null);
  }

  private Envelope.Response refusal(UserId user, Throwable cause) {
    return switch (cause) {
      case NotOwner moved -> elsewhere(user, moved.maybeDone());
      case PeerGone gone -> elsewhere(user, gone.maybeDone());
      case Rejected rejected ->
          new Envelope.Response(0, null, null, Wire.refusal(rejected), null, null);
      default -> failure(cause);
    };
  }

  /** Our fault: one line here, and its name for the log over there. */
  private static Envelope.Response failure(Throwable cause) {
    String id = UUID.randomUUID().toString();
    LOG.error("A request of another node failed ({})", id, cause);
    return new Envelope.Response(0, null, null, null, null, id);
  }

  @Override
  public void onNotice(String peer, Envelope envelope) {
    if (envelope.nudge() != null) {
      watches.onNudge(envelope.nudge());
    } else if (envelope.watching() != null) {
      nudges.onWatching(peer, envelope.watching().places());
    } else if (envelope.unwatch() != null) {
      nudges.onUnwatch(peer, envelope.unwatch().users());
    } else if (envelope.whisper() != null) {
      onWhisper(envelope.whisper());
    } else {
      otherNotices.accept(envelope);
    }
  }

  private void onWhisper(Envelope.Whisper whisper) {
    var user = new UserId(whisper.user());
    Signal signal = Wire.signal(whisper.signal());
    if (whisper.told()) {
      watches.onSignal(user, signal);
    } else if (local.holds(user)) {
      local.signal(user, signal);
    }
  }

  @Override
  public void onUp(String peer) {
    somethingChanged();
    watches.onUp(peer);
  }

  @Override
  public void onDown(String peer) {
    nudges.onDown(peer);
  }

  /** Ends all watches, so that their clients go to another node; what is asked now is refused. */
  void close() {
    closed = true;
    watches.close();
    nudges.close();
    somethingChanged();
  }
}
