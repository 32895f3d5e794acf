package io.mainstem.delivery;

import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Query.Outgoing;
import io.mainstem.message.UserId;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one user still owes to his recipients. Each settled entry brings its messages to the lanes
 * of their recipients. What lanes have left in the log is read for them again, page by page, when
 * they ask; after a take-over the whole log is, because nobody knows yet who is owed. Reading waits
 * for nobody: a lane that takes no more remembers where to go on.
 *
 * <p>Confined to the user's context.
 */
final class SenderOutbox {
  private static final int PAGE = 256;
  private static final long NOWHERE = Long.MAX_VALUE;

  private final Deliverer deliverer;
  private final UserId sender;
  private final Context context;
  private final Map<String, Lane> lanes = new HashMap<>();

  /** Where reading goes on; {@link #NOWHERE}: it has been to the end. */
  private long resumeAfter = NOWHERE;

  /** Whether it reads for all recipients, those that have no lane yet among them. */
  private boolean readingAll;

  private boolean asking;

  /** What settled while a page was asked for: it may be on the page or after it. */
  private final ArrayDeque<Outgoing> meanwhile = new ArrayDeque<>();

  private int failures;
  private long timer = -1;
  private boolean dropped;

  SenderOutbox(Deliverer deliverer, UserId sender, Context context) {
    this.deliverer = deliverer;
    this.sender = sender;
    this.context = context;
  }

  Context context() {
    return context;
  }

  /** Nothing to do, so nothing is lost when it is forgotten. */
  boolean isIdle() {
    return lanes.isEmpty() && !asking && resumeAfter == NOWHERE;
  }

  void onSettled(List<Outgoing> outgoing) {
    for (Outgoing one : outgoing) {
      Lane lane = lanes.get(one.recipient().key());
      if (lane == null ? !readingAll : !lane.isReading()) {
        laneTo(one, 0).offer(one);
      } else if (asking && meanwhile.size() < PAGE) {
        meanwhile.add(one);
      } else {
        readAgain(one);
      }
    }
    read();
  }

  void onLoaded() {
    readingAll = true;
    lanes.values().forEach(lane -> lane.beginReading(0));
    readFrom(0);
  }

  /**
   * @param after up to here nothing in the log is owed to a recipient who has no lane yet
   */
  private Lane laneTo(Outgoing outgoing, long after) {
    return lanes.computeIfAbsent(
        outgoing.recipient().key(),
        key -> {
          var lane = new Lane(deliverer, this, outgoing.recipient());
          if (readingAll) {
            lane.beginReading(after);
          }
          return lane;
        });
  }

  /** A lane has got on, or failed. */
  void onLeft(Lane lane) {
    if (lane.isIdle()) {
      lanes.remove(lane.recipient().key());
      if (isIdle()) {
        deliverer.onIdle(sender, this);
      }
    }
  }

  // ---- reading the log

  /** A lane asks for what comes after this. */
  void readFrom(long after) {
    resumeAfter = Math.min(resumeAfter, after);
    read();
  }

  private void read() {
    if (asking || dropped || timer >= 0 || resumeAfter == NOWHERE) {
      return;
    }
    asking = true;
    long after = resumeAfter;
    resumeAfter = NOWHERE;
    deliverer
        .mailboxes()
        .query(sender, new Query.Outstanding(after, PAGE))
        .onComplete(page -> context.runOnContext(ignored -> onPage(after, page)));
  }

  private void onPage(long after, AsyncResult<Query.OutboxPage> answer) {
    asking = false;
    if (dropped) {
      return;
    }
    if (answer.failed()) {
      failures++;
      goOnAfter(after);
      waitAndRead();
      return;
    }
    failures = 0;
    Query.OutboxPage page = answer.result();
    page.outgoing().forEach(one -> laneTo(one, after).onRead(one, after));
    long upTo = page.nextSeq() > 0 ? page.nextSeq() : Math.max(after, lastOf(page));
    lanes.values().forEach(lane -> lane.onPageRead(after, upTo));
    page.receipts().forEach(deliverer::onReceipt);
    if (page.nextSeq() > 0 && (readingAll || lanes.values().stream().anyMatch(Lane::isReading))) {
      goOnAfter(page.nextSeq());
    } else if (resumeAfter == NOWHERE) {
      onEnd();
    }
    read();
    if (isIdle()) {
      deliverer.onIdle(sender, this);
    }
  }

  private static long lastOf(Query.OutboxPage page) {
    return page.outgoing().isEmpty() ? 0 : page.outgoing().get(page.outgoing().size() - 1).seq();
  }

  /** From now on what settles is offered to its lane. */
  private void onEnd() {
    readingAll = false;
    lanes.values().forEach(Lane::onEndOfLog);
    meanwhile.forEach(one -> laneTo(one, 0).offer(one));
    meanwhile.clear();
    lanes.values().removeIf(Lane::isIdle);
  }

  /**
   * What settled meanwhile comes on a later page, unless it is an old message that its sender tries
   * again.
   */
  private void goOnAfter(long seq) {
    meanwhile.forEach(this::readAgain);
    meanwhile.clear();
    resumeAfter = Math.min(resumeAfter, seq);
  }

  private void readAgain(Outgoing one) {
    resumeAfter = Math.min(resumeAfter, one.seq() - 1);
    Lane lane = lanes.get(one.recipient().key());
    if (lane != null) {
      lane.readAgainFrom(one.seq());
    }
  }

  private void waitAndRead() {
    timer =
        deliverer
            .vertx()
            .setTimer(
                deliverer.retryBackoff().millis(failures),
                ignored ->
                    context.runOnContext(
                        again -> {
                          timer = -1;
                          read();
                        }));
  }

  void drop() {
    dropped = true;
    if (timer >= 0) {
      deliverer.vertx().cancelTimer(timer);
    }
    lanes.values().forEach(Lane::drop);
    lanes.clear();
  }
}
