package io.mainstem.delivery;

import io.mainstem.delivery.Transport.Outcome;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query.Outgoing;
import io.mainstem.message.Rejected;
import io.mainstem.message.ThreadId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of one sender for one recipient, in the order of the sender's log. Several are under
 * way at once; when one fails, no more are begun until all under way have answered, and then those
 * that failed go first again. So the recipient's log has them in order, unless the one that failed
 * was overtaken by those that were under way with it; what is shown is sorted by stamp in any case.
 *
 * <p>Confined to the sender's context.
 */
final class Lane {
  private static final Logger log = LoggerFactory.getLogger(Lane.class);

  /** However old a message is: after a restart it gets this many tries before it is given up. */
  private static final int MIN_TRIES = 3;

  private final Deliverer deliverer;
  private final Context context;
  private final Transport transport;
  private final IntConsumer onLeft;
  private final ArrayDeque<Item> items = new ArrayDeque<>();
  private final ArrayDeque<Item> waiting = new ArrayDeque<>();
  private final List<Item> failed = new ArrayList<>();
  private int underWay;
  private int failures;
  private long timer = -1;
  private boolean dropped;

  /**
   * @param onLeft is called when messages have left the lane, with their number
   */
  Lane(Deliverer deliverer, Context context, Transport transport, IntConsumer onLeft) {
    this.deliverer = deliverer;
    this.context = context;
    this.transport = transport;
    this.onLeft = onLeft;
  }

  /** One message on its way. */
  private static final class Item {
    final Outgoing outgoing;
    int tries;
    boolean done;
    boolean accepted;

    Item(Outgoing outgoing) {
      this.outgoing = outgoing;
    }
  }

  /** Takes a message; false when it is in the lane already. */
  boolean add(Outgoing outgoing) {
    Item last = items.peekLast();
    // The log goes upward, so only what is asked of it again, or retried by its sender, needs the
    // long look.
    if (last != null && outgoing.seq() <= last.outgoing.seq() && holds(outgoing)) {
      return false;
    }
    var item = new Item(outgoing);
    items.add(item);
    waiting.add(item);
    pump();
    return true;
  }

  private boolean holds(Outgoing outgoing) {
    for (Item item : items) {
      if (item.outgoing.seq() == outgoing.seq()
          && item.outgoing.deliver().id().equals(outgoing.deliver().id())) {
        return true;
      }
    }
    return false;
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  private void pump() {
    while (!dropped
        && timer < 0
        && failed.isEmpty()
        && underWay < deliverer.config().parallel()
        && !waiting.isEmpty()) {
      Item item = waiting.remove();
      item.tries++;
      underWay++;
      onContext(
          deliverer.stage().pass(() -> attempt(item)),
          () -> item.done = true,
          e -> onFailure(item, e));
    }
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
            context.runOnContext(
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
    int left = leave();
    if (failed.isEmpty()) {
      pump();
    } else if (underWay == 0) {
      waitForNextTry();
    }
    if (left > 0) {
      onLeft.accept(left);
    }
  }

  /**
   * Lets the head of the lane go, as far as it is done, and reports how far that is; answers how
   * many went.
   */
  private int leave() {
    Item head = items.peek();
    if (head == null || !head.done) {
      return 0;
    }
    failures = 0;
    var upTo = new HashMap<ThreadId, Command.Progress>();
    Outgoing any = head.outgoing;
    int before = items.size();
    for (; head != null && head.done; head = items.peek()) {
      items.remove();
      Outgoing outgoing = head.outgoing;
      upTo.merge(
          outgoing.thread(),
          new Command.Progress(
              outgoing.thread(), outgoing.seq(), head.accepted ? outgoing.seq() : 0, 0),
          (a, b) -> a.handed() > b.handed() ? a : b);
    }
    upTo.values().forEach(progress -> deliverer.onHanded(any, progress));
    return before - items.size();
  }

  private void waitForNextTry() {
    failures++;
    // Those that failed stand before those that wait, as they do in the log.
    failed.addAll(waiting);
    waiting.clear();
    Map<Item, Integer> order = new HashMap<>();
    items.forEach(item -> order.put(item, order.size()));
    failed.sort(Comparator.comparing(order::get));
    waiting.addAll(failed);
    failed.clear();
    timer =
        deliverer
            .vertx()
            .setTimer(
                deliverer.backoff().millis(failures),
                ignored -> context.runOnContext(again -> tryAgain()));
  }

  private void tryAgain() {
    timer = -1;
    if (dropped) {
      return;
    }
    giveUpWhatIsTooOld();
    pump();
  }

  private void giveUpWhatIsTooOld() {
    long oldest = deliverer.clock().millis() - deliverer.config().deadLetterSeconds() * 1000;
    for (Item item = waiting.peek(); item != null && isOver(item, oldest); item = waiting.peek()) {
      Item over = waiting.remove();
      underWay++;
      onContext(
          giveUp(over, "The recipient could not be reached for too long."),
          () -> over.done = true,
          e -> onFailure(over, e));
    }
  }

  private static boolean isOver(Item item, long oldest) {
    return item.tries >= MIN_TRIES && item.outgoing.deliver().stamp().millis() < oldest;
  }

  /** Forgets all; the log holds it. */
  void drop() {
    dropped = true;
    if (timer >= 0) {
      deliverer.vertx().cancelTimer(timer);
    }
    items.clear();
    waiting.clear();
    failed.clear();
  }
}
