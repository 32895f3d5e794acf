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
 * What one user still owes to his recipients. Usually it follows his log: each settled entry brings
 * its messages. After a take-over, or when there was no room for one, it is behind: it asks the log
 * for what is outstanding, page by page as its lanes get empty, until it has come to the end.
 *
 * <p>Confined to the user's context.
 */
final class SenderOutbox {
  private static final int PAGE = 256;

  private final Deliverer deliverer;
  private final UserId sender;
  private final Context context;
  private final Map<String, Lane> lanes = new HashMap<>();

  /** Messages in all lanes. */
  private int queued;

  /** Where asking goes on; meaningless while it follows. */
  private long resumeAfter = Long.MAX_VALUE;

  private boolean behind;
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
    return lanes.isEmpty() && !behind && !asking;
  }

  void onSettled(List<Outgoing> outgoing) {
    for (Outgoing one : outgoing) {
      if (!behind && !deliverer.isFull()) {
        enqueue(one);
      } else if (asking && meanwhile.size() < PAGE) {
        meanwhile.add(one);
      } else {
        fallBehind(one.seq() - 1);
      }
    }
    if (behind) {
      catchUp();
    }
  }

  void onLoaded() {
    fallBehind(0);
    catchUp();
  }

  private void fallBehind(long after) {
    if (!behind) {
      deliverer.stage().refused("behind");
    }
    behind = true;
    resumeAfter = Math.min(resumeAfter, after);
  }

  private void enqueue(Outgoing outgoing) {
    Lane lane =
        lanes.computeIfAbsent(
            outgoing.recipient().key(),
            key ->
                new Lane(
                    deliverer,
                    context,
                    deliverer.transportTo(outgoing.recipient()),
                    left -> onLeft(key, left)));
    if (lane.add(outgoing)) {
      queued++;
      deliverer.onQueued(1);
    }
  }

  private void onLeft(String recipient, int left) {
    queued -= left;
    deliverer.onQueued(-left);
    Lane lane = lanes.get(recipient);
    if (lane != null && lane.isEmpty()) {
      lanes.remove(recipient);
    }
    if (behind) {
      catchUp();
    } else if (isIdle()) {
      deliverer.onIdle(sender, this);
    }
  }

  private void catchUp() {
    if (asking || dropped || timer >= 0 || queued >= PAGE) {
      return;
    }
    if (deliverer.isFull()) {
      waitForRoom();
      return;
    }
    asking = true;
    long after = resumeAfter;
    resumeAfter = Long.MAX_VALUE;
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
      meanwhile.clear();
      resumeAfter = Math.min(resumeAfter, after);
      waitForRoom();
      return;
    }
    failures = 0;
    Query.OutboxPage page = answer.result();
    page.outgoing().forEach(this::enqueue);
    page.receipts().forEach(deliverer::onReceipt);
    if (page.nextSeq() > 0) {
      // What settled meanwhile comes on a later page, unless it is an old message that its sender
      // tries again.
      meanwhile.forEach(one -> resumeAfter = Math.min(resumeAfter, one.seq() - 1));
      meanwhile.clear();
      resumeAfter = Math.min(resumeAfter, page.nextSeq());
    } else {
      meanwhile.forEach(this::enqueue);
      meanwhile.clear();
      behind = resumeAfter != Long.MAX_VALUE;
    }
    if (behind) {
      catchUp();
    } else if (isIdle()) {
      deliverer.onIdle(sender, this);
    }
  }

  private void waitForRoom() {
    timer =
        deliverer
            .vertx()
            .setTimer(
                deliverer.backoff().millis(Math.max(1, failures)),
                ignored ->
                    context.runOnContext(
                        again -> {
                          timer = -1;
                          catchUp();
                        }));
  }

  void drop() {
    dropped = true;
    if (timer >= 0) {
      deliverer.vertx().cancelTimer(timer);
    }
    lanes.values().forEach(Lane::drop);
    lanes.clear();
    deliverer.onQueued(-queued);
    queued = 0;
  }
}
