package io.mainstem.cell;

import io.mainstem.cell.wire.Envelope;
import io.mainstem.cell.wire.PeerGone;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Moved;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Staleness;
import io.mainstem.mailbox.host.NotOwner;
import io.mainstem.mailbox.wire.Wire;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to the mailbox's owner, wherever that is by now, until it is answered or
 * its time is over. Each try begins when the one before has ended.
 */
final class Attempt {
  private static final long PAUSE_FIRST_MILLIS = 20;
  private static final long PAUSE_MAX_MILLIS = 200;

  private final CellRouter router;
  private final Asked asked;
  private final Promise<Object> promise;
  private final long deadlineNanos;
  private final Staleness staleness;
  private final AtomicBoolean asleep = new AtomicBoolean();
  private Envelope.@Nullable Request request;

  /** Whether a try before this one may have been stored. */
  private boolean unsure;

  private long pause = PAUSE_FIRST_MILLIS;

  /** The owner that a node named which knew better. */
  private @Nullable String hint;

  Attempt(
      CellRouter router,
      Asked asked,
      Promise<Object> promise,
      long deadlineNanos,
      boolean unsure,
      Staleness staleness) {
    this.router = router;
    this.asked = asked;
    this.promise = promise;
    this.deadlineNanos = deadlineNanos;
    this.unsure = unsure;
    this.staleness = staleness;
  }

  void run() {
    UserId user = asked.user();
    if (router.local().isHere(user)) {
      hint = null;
      asked.here(router.local(), staleness).onSuccess(this::succeed).onFailure(this::onFailure);
      return;
    }
    if (router.isCutOff()) {
      fail(router.away());
      return;
    }
    String owner = hint != null ? hint : router.nextTo(user);
    boolean isHint = hint != null;
    hint = null;
    if (owner == null && router.isAbroad()) {
      fail(
          new Rejected(
              Rejected.Rule.BUSY, "the cell of the mailbox cannot be reached now; ask again"));
      return;
    }
    if (owner == null || owner.equals(router.self())) {
      // Nobody has it yet; perhaps this node is just taking it.
      later();
      return;
    }
    if (router.readsLess(owner, asked)) {
      fail(
          new Rejected(
              Rejected.Rule.BUSY, "the server of the mailbox must be upgraded first; ask again"));
      return;
    }
    long millis = Math.max(1, (deadlineNanos - System.nanoTime()) / 1_000_000);
    router
        .peers()
        .call(owner, request((int) Math.min(millis, Integer.MAX_VALUE)), millis)
        .onSuccess(response -> onResponse(response, owner, isHint))
        .onFailure(this::onFailure);
  }

  private Envelope.Request request(int millis) {
    Envelope.Request known = request;
    Envelope.Request now = known == null ? asked.request(millis) : known.within(millis);
    request = now;
    return now;
  }

  private void onResponse(Envelope.Response response, String owner, boolean wasHint) {
    Long staleMillis = response.staleMillis();
    if (staleMillis != null) {
      staleness.stale(staleMillis);
    }
    try {
      if (response.reply() != null) {
        succeed(Wire.reply(response.reply()));
      } else if (response.answer() != null) {
        succeed(Wire.answer(response.answer()));
      } else if (response.refusal() != null) {
        fail(Wire.refusal(response.refusal()));
      } else if (response.adopted() != null) {
        succeed(response.adopted().last());
      } else if (response.moved() != null) {
        fail(new Moved(response.moved()));
      } else if (response.elsewhere() != null) {
        Envelope.Elsewhere elsewhere = response.elsewhere();
        String named = elsewhere.owner();
        if (!wasHint
            && !elsewhere.maybeDone()
            && elsewhere.ring() != router.view().version()
            && named != null
            && !named.equals(owner)) {
          hint = named;
          run();
        } else {
          goOn(elsewhere.maybeDone());
        }
      } else {
        fail(
            new IllegalStateException(
                "node " + owner + " has failed; its log names " + response.failure()));
      }
    } catch (IllegalArgumentException e) {
      fail(e);
    }
  }

  private void onFailure(Throwable cause) {
    switch (cause) {
      case NotOwner moved -> goOn(moved.maybeDone());
      case PeerGone gone -> goOn(gone.maybeDone());
      default -> fail(cause);
    }
  }

  /** Whoever was asked does not own it; somebody else does, or will soon. */
  private void goOn(boolean maybeDone) {
    if (maybeDone && !asked.isRepeatable()) {
      fail(
          new Rejected(
              Rejected.Rule.BUSY,
              "the owner of the mailbox has gone; look whether it was done before asking again"));
    } else {
      unsure |= maybeDone;
      later();
    }
  }

  /**
   * Whether asking again changes nothing when it was done already: because it carries an id, or
   * because it sets what is set already.
   */
  static boolean isRepeatable(Command<?> command) {
    return switch (command) {
      case Command.Send c -> true;
      case Command.Deliver c -> true;
      // Without a hash it is a new message each time, and the second finds its own id there.
      case Command.Append c -> c.contentHash() != null;
      case Command.Read c -> true;
      case Command.Unread c -> true;
      case Command.Move c -> true;
      case Command.SetFlags c -> true;
      // The first moves it to Trash, the second out of it, for good.
      case Command.Delete c -> false;
      case Command.Erase c -> true;
      case Command.Undo c -> false;
      // The second would find the change that the first made.
      case Command.StoreFlags c -> c.unchangedSince() == 0;
      case Command.Place c -> c.move();
      case Command.Expunge c -> true;
      case Command.CreateFolder c -> false;
      case Command.RenameFolder c -> true;
      case Command.DeleteFolder c -> false;
      case Command.Subscribe c -> true;
      case Command.SaveDraft c -> true;
      case Command.DiscardDraft c -> true;
      case Command.ChangeSettings c -> true;
      case Command.ChangeThread c -> true;
      case Command.Accept c -> true;
      case Command.Decline c -> true;
      case Command.ChangeGroup c -> true;
      case Command.Report c -> true;
      case Command.Fail c -> true;
      case Command.Retry c -> false;
      case Command.Handed c -> true;
      case Command.ReceiptsTold c -> true;
      case Command.Due c -> true;
      case Command.Leave c -> true;
      case Command.Freeze c -> true;
      case Command.Thaw c -> true;
      // What stands there keeps its UID.
      case Command.Admit c -> true;
      case Command.Annotate c -> true;
      // It carries its number.
      case Command.Edit c -> true;
    };
  }

  private void later() {
    if (System.nanoTime() + pause * 1_000_000 >= deadlineNanos) {
      fail(
          new Rejected(
              Rejected.Rule.BUSY, "the mailbox has no owner that can be reached now; ask again"));
      return;
    }
    asleep.set(true);
    router.sleep(this, pause);
    pause = Math.min(PAUSE_MAX_MILLIS, pause * 2);
  }

  /** The pause is over, or something has changed; whatever comes first. */
  void wake() {
    if (asleep.compareAndSet(true, false)) {
      run();
    }
  }

  private void succeed(Object value) {
    router.onEnded();
    promise.complete(unsure ? asFirst(value) : value);
  }

  /**
   * What counts as a repeat may be this request's own earlier try. Its asker must not take it for
   * somebody else's, and throw away the blobs that the log now names.
   */
  static Object asFirst(Object value) {
    return switch (value) {
      case Reply.Delivered r ->
          new Reply.Delivered(
              r.id(), r.thread(), r.folder(), r.cursor(), true, r.dropped(), r.generation());
      case Reply.Sent r ->
          new Reply.Sent(r.id(), r.thread(), r.cursor(), r.copy() == null, r.copy(), r.replaced());
      case Reply.Appended r ->
          new Reply.Appended(
              r.id(),
              r.thread(),
              r.folder(),
              r.uidValidity(),
              r.uid(),
              r.cursor(),
              !r.alike(),
              r.alike());
      default -> value;
    };
  }

  private void fail(Throwable cause) {
    router.onEnded();
    promise.fail(cause);
  }
}
