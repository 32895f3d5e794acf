package io.mainstem.cell;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.cell.wire.Envelope;
import io.mainstem.cell.wire.PeerGone;
import io.mainstem.cell.wire.Peers;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Moved;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Signal;
import io.mainstem.mailbox.Staleness;
import io.mainstem.mailbox.Watched;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.mailbox.host.NotOwner;
import io.mainstem.mailbox.wire.Wire;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.store.FeatureLevel;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/**
 * The mailboxes of a whole cell. Of this one: a call in this process where this node owns the user,
 * else a request to the node that does. Of another one: a request to the node that should, or to
 * any that can be reached; when none can, a refusal at once, for its users wait at nobody's cost.
 */
public final class CellRouter implements CellClient, Peers.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(CellRouter.class);

  /** Of those who do not ask whether what they are answered may be old. */
  private static final Staleness UNTOLD = millis -> {};

  private final Vertx vertx;
  private final CellClient local;
  private final String self;
  private final boolean abroad;
  private final long requestNanos;
  private final int maxOpen;
  private final AtomicInteger open = new AtomicInteger();
  private final Set<Attempt> asleep = ConcurrentHashMap.newKeySet();
  private final Watches watches;
  private final Nudges nudges;
  private volatile View view;
  private volatile @Nullable Peers peers;
  private volatile boolean closed;
  private volatile boolean cutOff;
  private volatile Predicate<String> guests = cell -> false;
  private volatile IntSupplier inForce = () -> FeatureLevel.FIRST;
  private Consumer<Envelope> otherNotices = notice -> {};
  private volatile Runnable onChange = () -> {};

  private CellRouter(
      Vertx vertx,
      CellClient local,
      @Nullable String self,
      int partitions,
      io.mainstem.config.Cell config,
      Bounds bounds) {
    this.vertx = vertx;
    this.local = local;
    this.self = self == null ? "" : self;
    this.abroad = self == null;
    this.requestNanos = config.requestSeconds() * 1_000_000_000L;
    this.maxOpen = bounds.maxOpen();
    this.view = View.of(List.of(), partitions);
    this.watches = new Watches(this, bounds.watchersPerUser(), config.watchSeconds() * 1000L);
    this.nudges = new Nudges(this, config.watchSeconds() * 3_000_000_000L);
  }

  /**
   * What may wait.
   *
   * @param maxOpen requests to other nodes, or waiting for an owner, at once
   * @param watchersPerUser watches of one user at this node
   */
  record Bounds(int maxOpen, int watchersPerUser) {
    static Bounds of(io.mainstem.config.Mailbox config) {
      return new Bounds(config.queueTotal(), config.watchersPerUser());
    }
  }

  /** To the mailboxes of the cell that this node is one of. */
  static CellRouter home(
      Vertx vertx,
      LocalMailboxes local,
      int partitions,
      io.mainstem.config.Cell config,
      Bounds bounds) {
    var router =
        new CellRouter(vertx, new OwnMailboxes(local), config.node(), partitions, config, bounds);
    local.onStale(router::onOwnStanding);
    return router;
  }

  /** To the mailboxes of another cell, of whose nodes none is known yet. */
  static CellRouter abroad(Vertx vertx, io.mainstem.config.Cell config, Bounds bounds) {
    return new CellRouter(vertx, OwnMailboxes.NONE, null, 1, config, bounds);
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

  /** What this node owns; {@code isHere} says of whom. */
  CellClient local() {
    return local;
  }

  boolean isAbroad() {
    return abroad;
  }

  /** Nodes of these other cells may ask here. */
  void welcome(Predicate<String> cells) {
    guests = cells;
  }

  @Override
  public boolean isWelcome(String cell) {
    return guests.test(cell);
  }

  /**
   * Whom to ask for this user now: in this cell, who should own him; in another, whose ring may be
   * old, then any node that can be reached, for it passes on.
   */
  @Nullable String nextTo(UserId user) {
    String owner = view.ownerOf(user);
    return !abroad || owner != null && peers().isUp(owner)
        ? owner
        : peers().anyUp(user.value().hashCode());
  }

  /** The feature level that this cell writes. */
  void inForce(IntSupplier level) {
    inForce = level;
  }

  /** Whether this node is too old for what it is to be asked. */
  boolean readsLess(String peer, Asked asked) {
    int wanted = asked.level(inForce.getAsInt());
    if (wanted == FeatureLevel.FIRST) {
      return false;
    }
    for (NodeCard node : view.nodes()) {
      if (node.name().equals(peer)) {
        return node.level() < wanted;
      }
    }
    return false;
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

  boolean isCutOff() {
    return cutOff;
  }

  /** Whether whoever is served elsewhere should go there: this node stops, or reaches nobody. */
  boolean sendsAway() {
    return closed || cutOff;
  }

  /** This node owns nothing and reaches nobody who does, or does again. */
  void cutOff(boolean now) {
    cutOff = now;
    somethingChanged();
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
    onChange.run();
  }

  /** Is told, on any thread, that mailboxes may be reached again, or elsewhere. */
  public void onChange(Runnable listener) {
    onChange = listener;
  }

  // ---- the three verbs

  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
    return ask(new Asked.ToDo(user, command), () -> local.submit(user, command), UNTOLD);
  }

  @Override
  public <R> Future<R> query(UserId user, Query<R> query) {
    return ask(new Asked.ToAnswer(user, query), () -> local.query(user, query), UNTOLD);
  }

  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command, Staleness stale) {
    return ask(new Asked.ToDo(user, command), () -> local.submit(user, command, stale), stale);
  }

  @Override
  public <R> Future<R> query(UserId user, Query<R> query, Staleness stale) {
    return ask(new Asked.ToAnswer(user, query), () -> local.query(user, query, stale), stale);
  }

  @Override
  public Future<Long> adopt(Mailbox mailbox, List<Row> rows) {
    return ask(new Asked.ToAdopt(mailbox, rows), () -> local.adopt(mailbox, rows), UNTOLD);
  }

  /** Here if the user is; else, and if that was just over, where he is. */
  private <R> Future<R> ask(Asked asked, Supplier<Future<R>> here, Staleness stale) {
    if (!local.isHere(asked.user())) {
      return route(asked, false, stale);
    }
    return here.get()
        .recover(
            cause ->
                cause instanceof NotOwner moved && (!moved.maybeDone() || asked.isRepeatable())
                    ? route(asked, moved.maybeDone(), stale)
                    : Future.failedFuture(cause));
  }

  /**
   * @param unsure whether the command may have been stored already
   */
  @SuppressWarnings("unchecked") // What is asked fixes R.
  private <R> Future<R> route(Asked asked, boolean unsure, Staleness stale) {
    if (sendsAway()) {
      return Future.failedFuture(away());
    }
    if (open.incrementAndGet() > maxOpen) {
      open.decrementAndGet();
      return Future.failedFuture(
          new Rejected(
              Rejected.Rule.BUSY, "too many requests wait for other nodes (mailbox.queueTotal)"));
    }
    ContextInternal caller = ContextInternal.current();
    Promise<Object> promise = caller == null ? Promise.promise() : caller.promise();
    new Attempt(this, asked, promise, System.nanoTime() + requestNanos, unsure, stale).run();
    return (Future<R>) (Future<?>) promise.future();
  }

  /** Why nothing is asked of others from here. */
  Rejected away() {
    return new Rejected(
        Rejected.Rule.BUSY,
        closed
            ? "this node is stopping; ask another"
            : "this node is cut off from the others of its cell; ask another");
  }

  @Override
  public Flux<Watched> watch(UserId user, Cursor after) {
    return Flux.from(
        subscriber -> subscriber.onSubscribe(new CellWatch(this, user, after, subscriber)));
  }

  @Override
  public boolean isHere(UserId user) {
    return local.isHere(user);
  }

  @Override
  public void signal(UserId user, Signal signal) {
    if (local.isHere(user)) {
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
    Asked asked = Asked.of(request);
    UserId user = asked.user();
    if (local.isHere(user)) {
      var stale = new AtomicLong();
      asked
          .answer(local, stale::set)
          .otherwise(cause -> refusal(user, cause))
          // The one place where another node is told that what it is answered here may be old.
          .map(response -> stale.get() > 0 ? response.stale(stale.get()) : response)
          .onSuccess(answer::accept);
      return;
    }
    String owner = view.ownerOf(user);
    if (!request.forwarded()
        && owner != null
        && !owner.equals(self)
        && !owner.equals(peer)
        && !readsLess(owner, asked)
        && peers().isUp(owner)) {
      peers()
          .call(owner, request.passedOn(), request.millis())
          .onSuccess(answer::accept)
          .onFailure(cause -> answer.accept(refusal(user, cause)));
      return;
    }
    answer.accept(elsewhere(user, false));
  }

  private Envelope.Response elsewhere(UserId user, boolean maybeDone) {
    View now = view;
    return Envelope.Response.elsewhere(
        new Envelope.Elsewhere(now.version(), now.ownerOf(user), maybeDone));
  }

  private Envelope.Response refusal(UserId user, Throwable cause) {
    return switch (cause) {
      case NotOwner moved -> elsewhere(user, moved.maybeDone());
      case PeerGone gone -> elsewhere(user, gone.maybeDone());
      case Moved moved -> Envelope.Response.moved(moved.cell());
      case Rejected rejected -> Envelope.Response.refusal(Wire.refusal(rejected));
      default -> failure(cause);
    };
  }

  /** Our fault: one line here, and its name for the log over there. */
  private static Envelope.Response failure(Throwable cause) {
    String id = UUID.randomUUID().toString();
    LOG.error("A request of another node failed ({})", id, cause);
    return Envelope.Response.failure(id);
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
    } else if (envelope.standing() != null) {
      watches.onStanding(peer, envelope.standing().stale());
    } else {
      otherNotices.accept(envelope);
    }
  }

  private void onWhisper(Envelope.Whisper whisper) {
    var user = new UserId(whisper.user());
    Signal signal = Wire.signal(whisper.signal());
    if (whisper.told()) {
      watches.onSignal(user, signal);
    } else if (local.isHere(user)) {
      local.signal(user, signal);
    }
  }

  /** On any thread: what this node owns is confirmed no more, or again. */
  private void onOwnStanding(boolean stale) {
    if (peers != null) {
      peers().execute(() -> nudges.onStanding(stale));
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
