package io.mainstem.cell.move;

import io.mainstem.cell.move.MoveMeter.Step;
import io.mainstem.directory.Account;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.mailbox.state.Header.Departure;
import io.mainstem.message.Rejected;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One mailbox on its way to another cell. After every step, and after every failure, it looks into
 * the directory what is to be done next; so it can be begun at any point by anybody. Confined to
 * the mover's context.
 */
final class Journey {
  private static final Logger LOG = LoggerFactory.getLogger(Journey.class);
  private static final long PAUSE_FIRST_MILLIS = 50;
  private static final long PAUSE_MAX_MILLIS = 5_000;

  /** The copy is so near the end that the rest is copied frozen. */
  private static final long NEAR = 128;

  /** Times that the copy may fall behind a busy mailbox before it is frozen all the same. */
  private static final int MAX_ROUNDS = 16;

  private final Mover mover;
  private final Mailbox mailbox;
  private final String cell;
  private final Mailbox copy;
  private final long beganMillis;
  private long frozenAt;
  private long frozenMillis;

  /** The last number that is settled over there; -1 when it must be asked. */
  private long copied = -1;

  private int rounds;
  private int failures;
  private boolean started;
  private boolean working;
  private boolean flipped;
  private boolean ended;

  Journey(Mover mover, Mailbox mailbox, Departure departure) {
    this.mover = mover;
    this.mailbox = mailbox;
    this.cell = departure.cell();
    this.copy = new Mailbox(mailbox.user(), departure.generation());
    this.beganMillis = mover.parts().clock().millis();
    onFrozen(departure.frozenAt());
  }

  static long pauseMillis(int failures) {
    return Math.min(PAUSE_MAX_MILLIS, PAUSE_FIRST_MILLIS << Math.min(failures, 10));
  }

  Mailbox mailbox() {
    return mailbox;
  }

  boolean isOf(Mailbox other, Departure departure) {
    return !ended
        && mailbox.equals(other)
        && copy.generation() == departure.generation()
        && cell.equals(departure.cell());
  }

  boolean hasStarted() {
    return started;
  }

  boolean hasEnded() {
    return ended;
  }

  void start() {
    started = true;
    goOn();
  }

  /** The log says that this is its last entry here. */
  void onFrozen(long seq) {
    if (frozenAt == 0 && seq > 0) {
      frozenAt = seq;
      frozenMillis = mover.parts().clock().millis();
      if (started) {
        goOn();
      }
    }
  }

  /** This node owns the mailbox no longer; when the directory has it elsewhere, it is told on. */
  void onDropped() {
    if (!flipped) {
      end();
    }
  }

  void end() {
    if (!ended) {
      ended = true;
      mover.onEnded(this);
    }
  }

  // ---- from step to step

  private void goOn() {
    if (working || ended) {
      return;
    }
    if (mover.isClosed() || !mover.host().holds(mailbox.user())) {
      end();
      return;
    }
    working = true;
    next()
        .onComplete(
            done -> {
              working = false;
              if (done.succeeded()) {
                failures = 0;
                goOn();
              } else {
                onFailure(done.cause());
              }
            });
  }

  private void onFailure(Throwable cause) {
    if (!(cause instanceof Rejected) || failures == 8) {
      LOG.warn(
          "A move to cell {} makes no progress and is tried again: {}", cell, cause.toString());
    }
    copied = -1;
    mover.later(pauseMillis(failures++), this::goOn);
  }

  private Future<Void> next() {
    return here(
        here(mover.parts().accounts().fresh(mailbox.user())).compose(account -> next(account)));
  }

  private Future<Void> next(@Nullable Account account) {
    if (account == null) {
      return Future.failedFuture(new IllegalStateException("the account is not there"));
    }
    var move = account.move();
    if (account.generation() != mailbox.generation()) {
      return onFlipped(account);
    }
    if (move == null || move.generation() != copy.generation()) {
      return thaw();
    }
    long now = mover.parts().clock().millis();
    var settings = mover.parts().settings();
    if (frozenAt > 0) {
      return now - frozenMillis > settings.frozenAtMost().toMillis() ? abort() : catchUp();
    }
    return now - beganMillis > settings.copyAtMost().toMillis() ? abort() : copy();
  }

  /** Copies what is settled; when that is nearly all, freezes. */
  private Future<Void> copy() {
    step(Step.COPYING);
    return settledEnd()
        .compose(end -> copyUpTo(end))
        .compose(copiedNow -> settledEnd())
        .compose(
            end ->
                end - copied <= NEAR || ++rounds >= MAX_ROUNDS
                    ? freeze()
                    : Future.succeededFuture());
  }

  /** The last number that is settled here. */
  private Future<Long> settledEnd() {
    return here(host().query(mailbox.user(), new Query.Head()).map(head -> head.seq()));
  }

  private Future<Void> freeze() {
    step(Step.FREEZING);
    return here(host().submit(mailbox.user(), new Command.Freeze(cell, copy.generation())))
        .compose(
            done -> {
              if (done.changed()) {
                onFrozen(done.cursor().seq());
              }
              // Else it was frozen already, which the host is about to say.
              return frozenAt > 0
                  ? Future.succeededFuture()
                  : Future.failedFuture(
                      new Rejected(Rejected.Rule.BUSY, "it is not known yet where it is frozen"));
            });
  }

  private Future<Void> catchUp() {
    step(Step.CATCHING_UP);
    return copyUpTo(frozenAt)
        .compose(
            done -> {
              if (copied != frozenAt) {
                return Future.failedFuture(
                    new IllegalStateException(
                        "the copy ends at " + copied + ", the mailbox at " + frozenAt));
              }
              step(Step.FLIPPING);
              return mover.parts().moves().flip(mailbox.user(), copy.generation()).mapEmpty();
            });
  }

  private Future<Void> onFlipped(Account account) {
    flipped = true;
    host().dropMoved(mailbox.user());
    LOG.info("A user has moved to cell {} as generation {}", account.cell(), account.generation());
    mover.bury(mailbox, account, 0);
    end();
    return Future.succeededFuture();
  }

  private Future<Void> abort() {
    step(Step.ABORTING);
    return mover
        .parts()
        .moves()
        .abort(mailbox.user(), copy.generation())
        .map(
            account -> {
              LOG.warn("A move to cell {} took too long and is given up", cell);
              return null;
            });
  }

  private Future<Void> thaw() {
    step(Step.THAWING);
    return here(host().submit(mailbox.user(), new Command.Thaw(copy.generation())))
        .map(
            done -> {
              end();
              return null;
            });
  }

  private void step(Step step) {
    mover.parts().meter().onStep(mailbox.user(), step);
  }

  private LocalMailboxes host() {
    return mover.host();
  }

  // ---- copying

  /** Gives all entries up to this number, which are settled, to the other cell. */
  private Future<Void> copyUpTo(long upTo) {
    if (copied < 0) {
      return give(List.of()).compose(end -> copyUpTo(upTo));
    }
    if (copied >= upTo || ended) {
      return Future.succeededFuture();
    }
    return here(host().read(mailbox, copied, mover.parts().settings().batchRows()))
        .compose(
            page -> {
              List<Row> rows = batch(page.rows(), upTo);
              if (rows.isEmpty()) {
                return Future.failedFuture(
                    new IllegalStateException("the log ends at " + copied + ", not at " + upTo));
              }
              return CopiedBlobs.refer(mover.parts().blobs(), copy, rows)
                  .compose(referred -> give(rows));
            })
        .compose(end -> copyUpTo(upTo));
  }

  private Future<Long> give(List<Row> rows) {
    return here(mover.parts().destination().adopt(cell, copy, rows)).onSuccess(end -> copied = end);
  }

  private List<Row> batch(List<Row> page, long upTo) {
    var rows = new ArrayList<Row>(page.size());
    long bytes = 0;
    for (Row row : page) {
      byte[] body = row.body();
      bytes += row.entry().length + (body == null ? 0 : body.length);
      if (row.last() > upTo || !rows.isEmpty() && bytes > mover.parts().settings().batchBytes()) {
        break;
      }
      rows.add(row);
    }
    return rows;
  }

  /** The same, but what follows runs on the mover's context. */
  private <T extends @Nullable Object> Future<T> here(Future<T> elsewhere) {
    Promise<T> promise = Promise.promise();
    elsewhere.onComplete(done -> mover.context().runOnContext(unused -> promise.handle(done)));
    return promise.future();
  }
}
