package io.mainstem.cell.move;

import io.mainstem.blob.BlobStore;
import io.mainstem.cell.move.MoveMeter.Step;
import io.mainstem.directory.Account;
import io.mainstem.directory.Accounts;
import io.mainstem.directory.Moves;
import io.mainstem.mailbox.host.Departures;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.mailbox.state.Header.Departure;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Mailbox;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the mailboxes of this node that are to go to other cells, a few at once, and clears what
 * they leave behind. Its state is confined to one context of its own.
 */
public final class Mover implements Departures, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Mover.class);

  /**
   * What a mover is built of.
   *
   * @param cell this one
   */
  public record Parts(
      Vertx vertx,
      String cell,
      Accounts accounts,
      Moves moves,
      BlobStore blobs,
      Destination destination,
      MoveSettings settings,
      MoveMeter meter,
      InstantSource clock) {}

  private final Parts parts;
  private final Context context;
  private final Map<UserId, Journey> journeys = new HashMap<>();
  private final ArrayDeque<Journey> waiting = new ArrayDeque<>();
  private final Promise<LocalMailboxes> begun = Promise.promise();
  private int active;
  private volatile boolean closed;

  public Mover(Parts parts) {
    this.parts = parts;
    this.context = parts.vertx().getOrCreateContext();
  }

  /** The host is built after those whom it tells, and may tell before it is known here. */
  public void begin(LocalMailboxes mailboxes) {
    begun.complete(mailboxes);
  }

  /** Runs a task on this mover's context, once the host is known. */
  private void whenBegun(Runnable task) {
    begun.future().onSuccess(mailboxes -> context.runOnContext(unused -> task.run()));
  }

  Parts parts() {
    return parts;
  }

  Context context() {
    return context;
  }

  LocalMailboxes host() {
    return begun.future().result();
  }

  boolean isClosed() {
    return closed;
  }

  // ---- what the host says

  @Override
  public void onDeparting(Mailbox mailbox, Departure departure) {
    whenBegun(() -> depart(mailbox, departure));
  }

  private void depart(Mailbox mailbox, Departure departure) {
    Journey known = journeys.get(mailbox.user());
    if (known != null && known.isOf(mailbox, departure)) {
      known.onFrozen(departure.frozenAt());
      return;
    }
    if (closed) {
      return;
    }
    if (known != null) {
      known.end();
    }
    var journey = new Journey(this, mailbox, departure);
    journeys.put(mailbox.user(), journey);
    waiting.add(journey);
    startSome();
  }

  private void startSome() {
    while (active < parts.settings().atOnce() && !waiting.isEmpty()) {
      Journey next = waiting.remove();
      if (!next.hasEnded()) {
        active++;
        next.start();
      }
    }
  }

  void onEnded(Journey journey) {
    journeys.remove(journey.mailbox().user(), journey);
    if (journey.hasStarted()) {
      active--;
      startSome();
    }
  }

  @Override
  public void onDropped(UserId user) {
    whenBegun(
        () -> {
          Journey journey = journeys.get(user);
          if (journey != null) {
            journey.onDropped();
          }
        });
  }

  @Override
  public void onDead(Mailbox mailbox) {
    whenBegun(() -> lookAtDead(mailbox));
  }

  /**
   * Each of the states in which a generation counts as dead is one that never ends, so an old
   * answer of the directory does no harm.
   */
  private void lookAtDead(Mailbox mailbox) {
    parts
        .accounts()
        .fresh(mailbox.user())
        .onSuccess(
            account -> {
              if (account != null && account.isDead(mailbox.generation())) {
                context.runOnContext(unused -> bury(mailbox, account, 0));
              }
            })
        .onFailure(e -> LOG.debug("An old generation stays for now: {}", e.toString()));
  }

  /** The user's present cell is told once more, then the old generation is cleared. */
  void bury(Mailbox mailbox, Account account, int failures) {
    if (closed || !host().holds(mailbox.user())) {
      return;
    }
    parts.meter().onStep(mailbox.user(), Step.GREETING);
    Future<Void> greeted =
        account.cell().equals(parts.cell())
            ? Future.succeededFuture()
            : parts.destination().greet(account.cell(), mailbox.user());
    greeted.onComplete(
        done ->
            context.runOnContext(
                unused -> {
                  if (done.succeeded()) {
                    later(parts.settings().keep().toMillis(), () -> clear(mailbox, 0));
                  } else {
                    LOG.debug("A cell could not be told of a user: {}", done.cause().toString());
                    later(
                        Journey.pauseMillis(failures), () -> bury(mailbox, account, failures + 1));
                  }
                }));
  }

  private void clear(Mailbox mailbox, int failures) {
    if (closed || !host().holds(mailbox.user())) {
      return;
    }
    parts.meter().onStep(mailbox.user(), Step.CLEARING);
    host()
        .clear(mailbox)
        .onComplete(
            done -> {
              if (done.failed()) {
                LOG.debug("An old generation stays for now: {}", done.cause().toString());
                later(Journey.pauseMillis(failures), () -> clear(mailbox, failures + 1));
              }
            });
  }

  /** Runs a task on this mover's context after a while, perhaps of nothing. */
  void later(long millis, Runnable task) {
    if (millis <= 0) {
      context.runOnContext(unused -> task.run());
    } else {
      parts.vertx().setTimer(millis, id -> context.runOnContext(unused -> task.run()));
    }
  }

  /** Begins nothing any more; the next owner goes on. */
  @Override
  public void close() {
    closed = true;
    context.runOnContext(unused -> Map.copyOf(journeys).values().forEach(Journey::end));
  }
}
