package io.mainstem.app;

import com.hazelcast.core.HazelcastException;
import io.mainstem.cell.Cell;
import io.mainstem.cell.HazelcastMembership;
import io.mainstem.config.Config;
import io.mainstem.mailbox.host.HostParts;
import io.mainstem.stage.Stages;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;

/** This node as one of a cell. A node that is alone loads nothing of it. */
final class CellNode {
  private CellNode() {}

  /**
   * Joins and takes this node's share. Fails with a {@link StartFailure} that names the setting to
   * look at.
   *
   * @param store names the store that all nodes of the cell share
   */
  static Future<Cell> join(
      Vertx vertx, Config config, HostParts host, int loops, String store, Stages stages) {
    var settings = config.cell();
    return HazelcastMembership.join(vertx, settings)
        .recover(cause -> Future.failedFuture(membersFailure(settings.members().port(), cause)))
        .compose(
            membership ->
                Listening.named(
                        Cell.start(
                            new Cell.Parts(
                                vertx,
                                host,
                                loops,
                                settings,
                                membership,
                                Version.text(),
                                store,
                                Duration.ofSeconds(config.health().drainSeconds()))),
                        "cell.wire",
                        settings.wire().host(),
                        settings.wire().port())
                    .recover(
                        cause ->
                            membership
                                .leave()
                                .transform(left -> Future.failedFuture(startFailure(cause)))))
        .onSuccess(cell -> observe(cell, stages));
  }

  private static Throwable membersFailure(int port, Throwable cause) {
    // What it says of an address that no interface has is of no type of its own.
    return cause instanceof HazelcastException || cause.getClass() == RuntimeException.class
        ? new StartFailure(
            "The nodes of the cell cannot be looked for on port %d (cell.members): %s"
                .formatted(port, cause.getMessage()),
            cause)
        : cause;
  }

  private static Throwable startFailure(Throwable cause) {
    return cause instanceof Cell.CannotJoin
        ? new StartFailure(String.valueOf(cause.getMessage()), cause)
        : cause;
  }

  private static void observe(Cell cell, Stages stages) {
    stages.check(
        "cell",
        () ->
            cell.isServing()
                ? Optional.empty()
                : Optional.of("this node is being drained, or waits for its share"));
    Gauge.builder("mainstem.cell.nodes", cell, each -> each.view().nodes().size())
        .description("Nodes of the cell that this one sees, itself among them")
        .register(stages.registry());
    Gauge.builder("mainstem.cell.partitions", cell, each -> each.local().held().size())
        .description("Partitions of the cell that this node holds")
        .register(stages.registry());
    Gauge.builder("mainstem.cell.requests", cell, Cell::inFlight)
        .description("Requests of this node that other nodes have not answered")
        .register(stages.registry());
  }
}
