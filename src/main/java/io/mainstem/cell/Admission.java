package io.mainstem.cell;

import io.mainstem.cell.Cell.CannotJoin;
import io.mainstem.store.FeatureLevel;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a node can be one of its cell; if not, in words that name the setting to change. */
final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  private final Cell.Parts parts;

  Admission(Cell.Parts parts) {
    this.parts = parts;
  }

  /** What is wrong before anything is joined; null: nothing. */
  @Nullable CannotJoin refusal() {
    String name = parts.config().node();
    for (NodeCard other : parts.membership().nodes()) {
      if (other.name().equals(name)) {
        return new CannotJoin(
            "A node with the name %s is in the cell already (at %s:%d). Give this one another: cell.node."
                .formatted(name, other.host(), other.port()));
      }
      if (!other.store().equals(parts.store())) {
        return new CannotJoin(
            "Node %s of the cell keeps its mailboxes in %s, this one in %s: all nodes of a cell share one store."
                .formatted(other.name(), other.store(), parts.store()));
      }
    }
    long ahead = parts.membership().aheadMillis();
    return WallClock.Step.of(ahead) == WallClock.Step.REFUSED
        ? new CannotJoin(WallClock.inWords(ahead) + " Until then this node does not start.")
        : null;
  }

  /** Why the store took no new incarnation. */
  Throwable inWords(Throwable cause) {
    return cause instanceof FeatureLevel.TooOld old
        ? new CannotJoin(
            "The nodes of cell %s (cell.name) write at feature level %d, and this version (%s) reads up to %d: start a newer one."
                .formatted(parts.config().name(), old.inForce(), parts.version(), old.own()))
        : cause;
  }

  boolean isAlone() {
    return Set.of(parts.config().node()).containsAll(parts.membership().present());
  }

  /**
   * Nodes that stand in the store and are reached by nobody may all be down: then this one goes on
   * with what it can take. But if it can take nothing, it looks in the wrong place: fails with
   * {@link CannotJoin}.
   */
  Future<Void> refuseToBeLost(BooleanSupplier isLost) {
    return parts
        .host()
        .ownership()
        .standing()
        // Who cannot be asked now is asked with every take.
        .map(standing -> unseen(standing.keySet()))
        .otherwise(Set.of())
        .compose(
            unseen -> {
              if (unseen.isEmpty() || !isAlone()) {
                return Future.succeededFuture();
              }
              List<String> seeds = parts.config().members().seeds();
              if (isLost.getAsBoolean()) {
                return Future.failedFuture(
                    new CannotJoin(
                        "The store says that nodes %s are of this cell, but none of them is reached by cell.members.seeds (%s), and alone this node may take nothing."
                            .formatted(unseen, String.join(", ", seeds))));
              }
              LOG.warn(
                  "Nodes {} of the cell are not reached by cell.members.seeds ({})", unseen, seeds);
              return Future.succeededFuture();
            });
  }

  private Set<String> unseen(Set<String> standing) {
    var unseen = new TreeSet<>(standing);
    unseen.removeAll(parts.membership().present());
    return unseen;
  }
}
