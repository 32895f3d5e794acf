package io.mainstem.delivery;

import io.mainstem.delivery.Transport.Outcome;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query.Outgoing;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.ThreadId;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of one sender for one recipient, in the order of the sender's log. Several are under
 * way at once; when one fails, no more are begun until all under way have answered, and then those
 * that failed go first again, one at a time until one arrives. So the recipient's log has them in
 * order, unless the one that failed was overtaken by those that were under way with it; what is
 * shown is sorted by stamp in any case.
 *
 * <p>It need not hold all of them. What finds no room, and all of it after several failures, is
 * left in the sender's log: the lane knows from which number on (its tail), and the outbox reads it
 * again for the lane when it may go on.
 *
 * <pre>
 *            offer                       no room
 *   follows ───────► holds messages ───────────────► holds some, has a tail ──┐ few are left
 *      ▲                  ▲  │ 3rd failure                                    │
 *      │ end of           │  └────────► holds nothing, has a tail: waits for  │
 *      │ the log          │             the route, or its own timer           │
 *      └──── the outbox reads for it ◄────────── wake ◄───────────────────────┘
 * </pre>
 *
 * <p>Confined to the sender's context, but for {@link #wake}.
 */
final class Lane {
  private static final Logger log = LoggerFactory.getLogger(Lane.class);

  /** However old a message is: after a restart its lane fails so often before it is given up. */
  private static final int MIN_TRIES = 3;

  /** So many failures one after another let a lane go from memory. */
  private static final int HELD_TRIES = 3;

  /** What a lane takes from the log at once. */
  private static final int PAGE = 256;

  private static final long NONE = Long.MAX_VALUE;

  private final Deliverer deliverer;
  private final SenderOutbox outbox;
  private final Person recipient;
  private final Transport transport;
  private final ArrayDeque<Item> items = new ArrayDeque<>();
  private final ArrayDeque<Item> waiting = new ArrayDeque<>();
  private final List<Item> failed = new ArrayList<>();
  private Route route;

  /** From this number on, all is in the log only; {@link #NONE}: nothing is. */
  private long tail = NONE;

  /** When it holds no more than these, what is in the log only is read. */
  private int few;

  /** The outbox reads the log for it. */
  private boolean reading;

  /** Up to this number it has been offered what is in the log, while the outbox reads for it. */
  private long readTo;

  /** Where it ailed: its next success is news there. */
  private @Nullable Route ailedAt;

  private int underWay;

  /** Rounds that failed, since one message arrived. */
  private int failures;

  private long timer = -1;
  private boolean dropped;

  Lane(Deliverer deliverer, SenderOutbox outbox, Person recipient) {
    this.deliverer = deliverer;
    this.outbox = outbox;
    this.recipient = recipient;
    this.transport = deliverer.transportTo(recipient);
    this.route = deliverer.routeTo(recipient);
  }

  Person recipient() {
    return recipient;
  }

  /** One message on its way. */
  private static final class Item {
    final Outgoing outgoing;
    boolean done;
    boolean accepted;
    boolean gaveUp;

    Item(Outgoing outgoing) {
      this.outgoing = outgoing;
    }
  }

  // ---- what comes in

  /** A message that was sent just now, or is to be tried again: held, or left in the log. */
  void offer(Outgoing outgoing) {
    if (tail != NONE) {
      tail = Math.min(tail, outgoing.seq());
    } else if (!holds(outgoing)) {
      take(outgoing);
    }
  }

  /**
   * The outbox has found a message in the log, while it reads for this lane or for others.
   *
   * @param after where the page begins: before the lane's own place, or it is not the lane's turn
   */
  void onRead(Outgoing outgoing, long after) {
    if (tail != NONE) {
      tail = Math.min(tail, outgoing.seq());
    } else if (reading && after <= readTo && outgoing.seq() > readTo && !holds(outgoing)) {
      // Where the recipient is not reached, one message finds out as well as many.
      if (items.size() >= (failures > 0 ? 1 : PAGE)) {
        leaveInLog(outgoing.seq());
      } else {
        take(outgoing);
      }
    }
  }

  /** The page that began after {@code after} ends with this number. */
  void onPageRead(long after, long upTo) {
    if (reading && after <= readTo) {
      readTo = Math.max(readTo, upTo);
    }
  }

  /** From here on the outbox reads the log for it; unless it waits for its own turn. */
  void beginReading(long after) {
    reading = tail == NONE;
    readTo = after;
  }

  boolean isReading() {
    return reading;
  }

  /** A message was sent before this that is to be tried again: it is read a second time. */
  void readAgainFrom(long seq) {
    readTo = Math.min(readTo, seq - 1);
  }

  /** The outbox has come to the end of the log: what comes now is new. */
  void onEndOfLog() {
    reading = false;
  }

  private boolean holds(Outgoing outgoing) {
    Item last = items.peekLast();
    // The log goes upward, so only what is asked of it again, or retried by its sender, needs the
    // long look.
    if (last == null || outgoing.seq() > last.outgoing.seq()) {
      return false;
    }
    for (Item item : items) {
      if (item.outgoing.seq() == outgoing.seq()
          && item.outgoing.deliver().id().equals(outgoing.deliver().id())) {
        return true;
      }
    }
    return false;
  }

  private void take(Outgoing outgoing) {
    if (items.isEmpty()) {
      // A recipient moves, and so do partitions.
      route = deliverer.routeTo(recipient);
    }
    if (!route.enter()) {
      leaveInLog(outgoing.seq());
      return;
    }
    var item = new Item(outgoing);
    items.add(item);
    waiting.add(item);
    pump();
  }

  private void leaveInLog(long from) {
    deliverer.stage().refused("behind");
    tail = from;
    few = Math.min(items.size(), PAGE) / 2;
    onEndOfLog();
    if (items.isEmpty()) {
      route.onCrowded(this);
    }
  }

  /** Nothing to do, so nothing is lost when it is forgotten. */
  boolean isIdle() {
    return items.isEmpty() && tail == NONE && !reading;
  }

  // ---- what goes out

  private void pump() {
    while (!dropped
        && timer < 0
        && failed.isEmpty()
        && underWay < (failures > 0 ? 1 : deliverer.config().parallel())
        && !waiting.isEmpty()) {
      Item item = waiting.remove();
      underWay++;
      boolean isOver = isOver(item);
      onContext(
          isOver
              ? giveUp(item, "The recipient could not be reached for too long.")
              : deliverer.stage().pass(() -> attempt(item)),
          () -> {
            item.done = true;
            item.gaveUp = isOver;
          },
          e -> onFailure(item, e));
    }
  }

  private boolean isOver(Item item) {
    long oldest = deliverer.clock().millis() - deliverer.config().deadLetterSeconds() * 1000;
    return failures >= MIN_TRIES && item.outgoing.deliver().stamp().millis() < oldest;
  }

  private Future<?> attempt(Item item) {
    return transport.deliver(item.outgoing).compose(outcome -> settle(item, outcome));
  }

  /** A refusal is an outcome only when the sender's log holds it. */
  private Future<?> settle(Item item, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Handed handed -> Future.succeededFuture();
      case Outcome.Accepted accepted -> {
        item.accepted = true;
        yield Future.succeededFuture();
      }
      case Outcome.Refused refused -> giveUp(item, refused.reason());
    };
  }

  private Future<?> giveUp(Item item, String reason) {
    deliverer.stage().refused("given-up");
    var fail = new Command.Fail(item.outgoing.deliver().id(), item.outgoing.recipient(), reason);
    return deliverer
        .mailboxes()
        .submit(item.outgoing.sender(), fail)
        .<Object>map(reply -> reply)
        // Its sender has erased it: nothing is left that could fail.
        .recover(
            e ->
                e instanceof Rejected r && r.rule() == Rejected.Rule.NOT_FOUND
                    ? Future.succeededFuture()
                    : Future.failedFuture(e));
  }

  private void onFailure(Item item, Throwable failure) {
    deliverer.stage().refused("retry");
    if (!(failure instanceof Rejected) && failures == 0 && failed.isEmpty()) {
      log.warn("A delivery failed and will be tried again", failure);
    }
    failed.add(item);
  }

  private interface Failing {
    void accept(Throwable failure);
  }

  private void onContext(Future<?> work, Runnable onSuccess, Failing onFailure) {
    work.onComplete(
        result ->
            outbox
                .context()
                .runOnContext(
                    ignored -> {
                      if (dropped) {
                        return;
                      }
                      underWay--;
                      if (result.succeeded()) {
                        onSuccess.run();
                      } else {
                        onFailure.accept(result.cause());
                      }
                      goOn();
                    }));
  }

  private void goOn() {
    leave();
    if (failed.isEmpty()) {
      pump();
      askForMore();
    } else if (underWay == 0) {
      waitForNextTry();
    }
    outbox.onLeft(this);
  }

  /** Lets the head of the lane go, as far as it is done, and reports how far that is. */
  private void leave() {
    Item head = items.peek();
    if (head == null || !head.done) {
      return;
    }
    var upTo = new HashMap<ThreadId, Command.Progress>();
    Outgoing any = head.outgoing;
    int before = items.size();
    boolean arrived = false;
    for (; head != null && head.done; head = items.peek()) {
      items.remove();
      arrived |= !head.gaveUp;
      Outgoing outgoing = head.outgoing;
      upTo.merge(
          outgoing.thread(),
          new Command.Progress(
              outgoing.thread(), outgoing.seq(), head.accepted ? outgoing.seq() : 0, 0),
          (a, b) -> a.handed() > b.handed() ? a : b);
    }
    upTo.values().forEach(progress -> deliverer.onHanded(any, progress));
    route.leave(before - items.size());
    if (arrived) {
      failures = 0;
      Route recovered = ailedAt;
      if (recovered != null) {
        ailedAt = null;
        recovered.onRecovered();
      }
    }
  }

  /** Before it is empty, what was left in the log is read. */
  private void askForMore() {
    if (tail == NONE || items.size() > few) {
      return;
    }
    if (route.hasRoom()) {
      readTail();
    } else if (items.isEmpty()) {
      route.onCrowded(this);
    }
  }

  private void readTail() {
    long from = tail;
    tail = NONE;
    beginReading(from - 1);
    outbox.readFrom(from - 1);
  }

  // ---- when it fails

  private void waitForNextTry() {
    failures++;
    if (failures < HELD_TRIES) {
      // Those that failed stand before those that wait, as they do in the log.
      failed.addAll(waiting);
      waiting.clear();
      Map<Item, Integer> order = new HashMap<>();
      items.forEach(item -> order.put(item, order.size()));
      failed.sort(Comparator.comparing(order::get));
      waiting.addAll(failed);
      failed.clear();
    } else {
      letGo();
      ailedAt = route;
      route.onAiling(this);
    }
    timer =
        deliverer
            .vertx()
            .setTimer(
                deliverer.backoff().millis(failures),
                id -> outbox.context().runOnContext(again -> onTimer(id)));
  }

  /** All that is left of it is in the log. */
  private void letGo() {
    for (Item item : items) {
      tail = Math.min(tail, item.outgoing.seq());
    }
    forgetItems();
    onEndOfLog();
  }

  private void forgetItems() {
    route.leave(items.size());
    items.clear();
    waiting.clear();
    failed.clear();
  }

  private void onTimer(long id) {
    if (timer == id) {
      timer = -1;
      tryAgain();
    }
  }

  private void tryAgain() {
    if (items.isEmpty() && tail != NONE) {
      route.forget(this);
      readTail();
    } else {
      pump();
    }
  }

  /** From any thread: its route has let it out of those that wait. */
  void wake() {
    outbox
        .context()
        .runOnContext(
            ignored -> {
              if (!dropped && items.isEmpty() && tail != NONE) {
                cancelTimer();
                tryAgain();
              }
            });
  }

  private void cancelTimer() {
    if (timer >= 0) {
      deliverer.vertx().cancelTimer(timer);
      timer = -1;
    }
  }

  /** Forgets all; the log holds it. */
  void drop() {
    dropped = true;
    cancelTimer();
    route.forget(this);
    forgetItems();
  }
}
