package io.mainstem.cell;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this node shows of itself to the others, kept up to date. Any thread. */
final class OwnCard {
  private static final Logger LOG = LoggerFactory.getLogger(OwnCard.class);
  private static final long LOOK_MILLIS = 500;

  private final Vertx vertx;
  private final Membership membership;
  private final IntSupplier held;
  private final long looker;
  private volatile NodeCard card;
  private volatile boolean stopped;

  /**
   * @param held how many partitions this node holds now
   */
  OwnCard(Vertx vertx, Membership membership, NodeCard first, IntSupplier held) {
    this.vertx = vertx;
    this.membership = membership;
    this.card = first;
    this.held = held;
    this.looker = vertx.setPeriodic(LOOK_MILLIS, id -> look());
  }

  NodeCard now() {
    return card;
  }

  String name() {
    return card.name();
  }

  Future<Void> publish(NodeCard.State state) {
    return publish(before -> before.with(state));
  }

  private Future<Void> publish(UnaryOperator<NodeCard> change) {
    // Inside the lock, so that the newest is published last.
    synchronized (this) {
      card = change.apply(card);
      return membership.publish(card);
    }
  }

  void show(UnaryOperator<NodeCard> change) {
    publish(change).onFailure(e -> LOG.warn("This node cannot be shown to the others", e));
  }

  private void look() {
    int now = held.getAsInt();
    if (now != card.held() && !stopped) {
      show(before -> before.holding(now));
    }
  }

  void stop() {
    stopped = true;
    vertx.cancelTimer(looker);
  }
}
