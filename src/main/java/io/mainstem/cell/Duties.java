package io.mainstem.cell;

import io.mainstem.cell.wire.Envelope;
import io.mainstem.message.Rejected;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator asks of the nodes of a cell: to serve, not to, or to be forgotten. */
final class Duties {
  private static final Logger LOG = LoggerFactory.getLogger(Duties.class);
  private static final Duration DUTY_AT_MOST = Duration.ofSeconds(10);

  private final Cell.Parts parts;
  private final CellRouter router;
  private final OwnCard card;
  private final Patience patience;

  Duties(Cell.Parts parts, CellRouter router, OwnCard card, Patience patience) {
    this.parts = parts;
    this.router = router;
    this.card = card;
    this.patience = patience;
  }

  /** Another node asks this one. */
  void onDuty(Envelope.Duty duty) {
    card.show(before -> before.with(state(duty.serve())));
  }

  private static NodeCard.State state(boolean serve) {
    return serve ? NodeCard.State.SERVING : NodeCard.State.DRAINING;
  }

  /** As {@link Cell#duty}. */
  Future<NodeCard> give(String node, boolean serve) {
    if (cardOf(node) == null) {
      return Future.failedFuture(
          new Rejected(Rejected.Rule.NOT_FOUND, "There is no node of this name in the cell."));
    }
    if (!serve && isLastToServe(node)) {
      return Future.failedFuture(
          new Rejected(
              Rejected.Rule.CONFLICT, "No other node serves; add one first, or stop this one."));
    }
    if (node.equals(card.name())) {
      card.show(before -> before.with(state(serve)));
    } else if (!router.tell(node, Envelope.of(new Envelope.Duty(serve)))) {
      return Future.failedFuture(
          new Rejected(Rejected.Rule.BUSY, "The node cannot be reached now; ask again."));
    }
    return patience
        .until(() -> isState(node, state(serve)), DUTY_AT_MOST)
        .compose(
            waited -> {
              NodeCard now = cardOf(node);
              return now != null && now.state() == state(serve)
                  ? Future.succeededFuture(now)
                  : Future.failedFuture(
                      new Rejected(
                          Rejected.Rule.BUSY, "The node did not answer; look, and ask again."));
            });
  }

  /** Whether no other node serves. */
  boolean isLastToServe(String node) {
    return router.view().nodes().stream()
        .noneMatch(other -> !other.name().equals(node) && other.state() == NodeCard.State.SERVING);
  }

  private boolean isState(String node, NodeCard.State state) {
    NodeCard now = cardOf(node);
    return now == null || now.state() == state;
  }

  private @Nullable NodeCard cardOf(String name) {
    for (NodeCard node : router.view().nodes()) {
      if (node.name().equals(name)) {
        return node;
      }
    }
    return null;
  }

  /** As {@link Cell#missing}. */
  Future<Map<String, Long>> missing() {
    return parts
        .host()
        .ownership()
        .standing()
        .map(
            standing -> {
              var unseen = new TreeMap<>(standing);
              unseen.keySet().removeAll(parts.membership().present());
              unseen.keySet().removeAll(router.view().names());
              return unseen;
            });
  }

  /** As {@link Cell#forget}. */
  Future<Long> forget(String node) {
    if (parts.membership().present().contains(node) || router.view().names().contains(node)) {
      return Future.failedFuture(
          new Rejected(
              Rejected.Rule.CONFLICT,
              "Node " + node + " is heard of: stop it first; what it holds goes to the others."));
    }
    return missing()
        .compose(
            missing -> {
              Long incarnation = missing.get(node);
              return incarnation == null
                  ? Future.<Long>failedFuture(
                      new Rejected(
                          Rejected.Rule.NOT_FOUND, "There is no node of this name in the cell."))
                  : parts.host().ownership().fence(incarnation).map(incarnation);
            })
        .onSuccess(
            incarnation ->
                LOG.info("Node {} is forgotten; its incarnation {} is fenced", node, incarnation));
  }
}
