package io.mainstem.store.cassandra;

import io.mainstem.store.FeatureLevel;
import io.mainstem.store.cassandra.Replicas.Holding;
import io.mainstem.store.cassandra.Replicas.Incarnation;
import io.mainstem.store.cassandra.Replicas.Move;
import io.mainstem.store.cassandra.Replicas.Registry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a keyspace ready that does not have what was written last: it was restored from a backup,
 * or another data center had not received all when the one that is lost was lost. While no node of
 * the cell runs.
 *
 * <p>Who owned what is older than the logs may be, so nobody stands any more, and every epoch and
 * every id of an incarnation that is given from now on lies beyond all that may have been given.
 * Each mailbox is renewed when it is next taken over. All of it may be done again.
 */
final class Renewing {
  /**
   * More epochs than a partition, and more ids than a cell, is given in the time that is lost. A
   * timestamp holds eight million epochs.
   */
  private static final long STEP = 1_024;

  private static final int CELL = 0;
  private static final int BATCH = 256;

  private final Statements statements;
  private final Replicas replicas;
  private final int partitions;

  Renewing(Statements statements, int partitions) {
    this.statements = statements;
    this.replicas = new CassandraReplicas(statements);
    this.partitions = partitions;
  }

  /** The row of the cell. */
  record CellRow(String dataCenter, int partitions, int renewal) {}

  /** The row of the cell; null when there is none. */
  Future<@Nullable CellRow> cell() {
    return statements
        .readSerially(
            "SELECT data_center, partitions, renewal FROM $.cell WHERE id = :id",
            select -> select.boundStatementBuilder().setInt("id", CELL).build())
        .map(
            rows ->
                rows.isEmpty()
                    ? null
                    : new CellRow(
                        String.valueOf(rows.get(0).getString(0)),
                        rows.get(0).getInt(1),
                        rows.get(0).getInt(2)));
  }

  /** Answers the names of the nodes that stood until then. */
  Future<Set<String>> run(CellRow before, int number, String dataCenter) {
    return replicas
        .registry()
        .compose(
            registry ->
                fenceAll(registry)
                    .compose(fenced -> passIds(registry.last(), registry.level()))
                    .compose(passed -> replicas.holdings(all()))
                    .compose(holdings -> raiseAll(holdings))
                    .compose(raised -> say(before, number, dataCenter))
                    .map(
                        said ->
                            registry.incarnations().stream()
                                .filter(one -> !one.fenced())
                                .map(Incarnation::node)
                                .collect(Collectors.toCollection(TreeSet::new))));
  }

  private Set<Integer> all() {
    return IntStream.range(0, partitions).boxed().collect(Collectors.toSet());
  }

  private Future<Void> fenceAll(Registry registry) {
    Future<Void> fenced = Future.succeededFuture();
    for (Incarnation one : registry.incarnations()) {
      if (!one.fenced()) {
        fenced = fenced.compose(before -> replicas.fence(one.id()));
      }
    }
    return fenced;
  }

  /** From now on no version may serve that does not know of renewals. */
  private Future<Void> passIds(long last, int level) {
    return last == 0
        ? Future.succeededFuture()
        : statements
            .transact(
                "UPDATE $.incarnation SET last = :next, level = :level WHERE cell = :cell IF last ="
                    + " :expected",
                update ->
                    update
                        .boundStatementBuilder()
                        .setInt("cell", CELL)
                        .setLong("next", last + STEP)
                        .setInt("level", Math.max(level, FeatureLevel.RENEWALS))
                        .setLong("expected", last)
                        .build())
            .compose(Renewing::applied);
  }

  private Future<Void> raiseAll(List<Holding> holdings) {
    var byPartition = new HashMap<Integer, Holding>();
    holdings.forEach(holding -> byPartition.put(holding.partition(), holding));
    var moves = new ArrayList<Move>();
    for (int p = 0; p < partitions; p++) {
      Holding holding = byPartition.getOrDefault(p, new Holding(p, 0, 0));
      moves.add(new Move(holding, new Holding(p, 0, holding.epoch() + STEP)));
    }
    Future<Void> raised = Future.succeededFuture();
    for (int from = 0; from < moves.size(); from += BATCH) {
      List<Move> batch = moves.subList(from, Math.min(moves.size(), from + BATCH));
      raised = raised.compose(before -> replicas.move(batch)).compose(Renewing::applied);
    }
    return raised;
  }

  private Future<Void> say(CellRow before, int number, String dataCenter) {
    return statements
        .transact(
            "UPDATE $.cell SET renewal = :renewal, data_center = :center WHERE id = :id IF"
                + " data_center = :before",
            update ->
                update
                    .boundStatementBuilder()
                    .setInt("renewal", number)
                    .setString("center", dataCenter)
                    .setInt("id", CELL)
                    .setString("before", before.dataCenter())
                    .build())
        .compose(Renewing::applied);
  }

  private static Future<Void> applied(boolean applied) {
    return applied
        ? Future.succeededFuture()
        : Future.failedFuture(
            new CannotServe(
                "Somebody else writes who owns what in this cell: stop all its nodes, and say it"
                    + " again"));
  }
}
