package io.mainstem.store.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import io.vertx.cassandra.CassandraClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which layout the tables of a keyspace have, as a number in one of its rows, and how they come to
 * the one that this version knows. The first node that starts and finds an older one takes the
 * steps; the others wait for it. It holds a lock that lapses, so that one that is killed keeps
 * nobody out for long; and each step may be taken twice, or half, and then again from its
 * beginning. The number changes when its step is complete, by a transaction that tests the number
 * before.
 *
 * <p>Steps only add: nodes of the version before go on until they are replaced; one that starts
 * afterwards refuses the keyspace.
 */
final class Layout {
  private static final Logger LOG = LoggerFactory.getLogger(Layout.class);
  private static final Duration PATIENT = Duration.ofSeconds(60);

  /** Longer than one statement of a step may take. */
  private static final int LOCK_SECONDS = 120;

  private static final long LOOK_MILLIS = 500;
  private static final int ONLY = 0;

  /** Every keyspace begins with it, and takes the steps. */
  static final int FIRST = 1;

  /**
   * What leads to a layout from the one before.
   *
   * @param statements that change nothing when they are made again; {@code $} is the keyspace
   */
  record Step(int to, List<String> statements) {}

  private final Vertx vertx;
  private final CassandraClient client;
  private final Statements statements;
  private final Site site;
  private final String table;
  private final List<Step> steps;
  private final String me = UUID.randomUUID().toString();

  /**
   * @param table whose row {@code id = 0} has the number in the column {@code layout}
   * @param steps in their order
   */
  Layout(
      Vertx vertx,
      CassandraClient client,
      Statements statements,
      Site site,
      String table,
      List<Step> steps) {
    this.vertx = vertx;
    this.client = client;
    this.statements = statements;
    this.site = site;
    this.table = table;
    this.steps = steps;
  }

  private int own() {
    return steps.isEmpty() ? FIRST : steps.get(steps.size() - 1).to();
  }

  /** Fails with {@link CannotServe} when a newer version has made the tables that are there. */
  Future<Void> refuseNewer() {
    return client
        .executeWithFullFetch(
            SimpleStatement.newInstance(
                "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ? AND"
                    + " table_name = ?",
                site.keyspace(),
                table))
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture()
                    : number().recover(Layout::madeJustNow).compose(this::check))
        .mapEmpty();
  }

  /** The list of tables names one that another node makes just now before it can be asked. */
  private static Future<Integer> madeJustNow(Throwable cause) {
    return cause instanceof InvalidQueryException
        ? Future.succeededFuture(FIRST)
        : Future.failedFuture(cause);
  }

  private Future<Integer> check(int number) {
    return number > own()
        ? Future.failedFuture(
            new CannotServe(
                "The keyspace %s (%s.keyspace) has layout %d, which a newer version made; this one knows %d"
                    .formatted(site.keyspace(), site.setting(), number, own())))
        : Future.succeededFuture(number);
  }

  private Future<Integer> number() {
    return statements
        .readSerially(
            "SELECT layout FROM $." + table + " WHERE id = :id",
            select -> select.boundStatementBuilder().setInt("id", ONLY).build())
        .map(rows -> rows.isEmpty() ? FIRST : layout(rows.get(0)));
  }

  private static int layout(Row row) {
    return row.getInt(0);
  }

  /** Brings the tables, whose row is there, to the layout of this version. */
  Future<Void> reach() {
    return reach(System.nanoTime() + Duration.ofSeconds(2L * LOCK_SECONDS).toNanos());
  }

  private Future<Void> reach(long untilNanos) {
    return number()
        .compose(this::check)
        .compose(
            number -> {
              if (number == own()) {
                return Future.succeededFuture();
              }
              return lock()
                  .compose(mine -> mine ? climb(number) : later(untilNanos))
                  .compose(again -> reach(untilNanos));
            });
  }

  /** Another node is at it, or was killed while it was. */
  private Future<Void> later(long untilNanos) {
    if (System.nanoTime() - untilNanos >= 0) {
      return Future.failedFuture(
          new CannotServe(
              "Another node has been changing the tables of the keyspace %s (%s.keyspace) for too long; look at its log"
                  .formatted(site.keyspace(), site.setting())));
    }
    Promise<Void> promise = Promise.promise();
    vertx.setTimer(LOOK_MILLIS, id -> promise.complete());
    return promise.future();
  }

  /** Takes one step; the lock is held. */
  private Future<Void> climb(int from) {
    Step step = steps.get(from - FIRST);
    LOG.info(
        "The tables of the keyspace {} have layout {}; changing them to {}",
        site.keyspace(),
        from,
        step.to());
    Future<Void> changed = Future.succeededFuture();
    for (String statement : step.statements()) {
      changed = changed.compose(before -> hold()).compose(held -> change(statement));
    }
    return changed
        .compose(
            complete ->
                statements.transact(
                    "UPDATE $." + table + " SET layout = :next WHERE id = :id IF layout = :before",
                    update ->
                        update
                            .boundStatementBuilder()
                            .setInt("next", step.to())
                            .setInt("id", ONLY)
                            .setInt("before", from)
                            .build()))
        .eventually(this::unlock)
        .mapEmpty();
  }

  private Future<Void> change(String statement) {
    return client
        .execute(
            SimpleStatement.newInstance(statement.replace("$", site.keyspace()))
                .setTimeout(PATIENT))
        .mapEmpty();
  }

  // ---- the lock

  private Future<Boolean> lock() {
    return statements.transact(
        "INSERT INTO $.migration (id, holder) VALUES (:id, :me) IF NOT EXISTS USING TTL "
            + LOCK_SECONDS,
        insert -> insert.boundStatementBuilder().setInt("id", ONLY).setString("me", me).build());
  }

  private Future<Void> hold() {
    return statements
        .transact(
            "UPDATE $.migration USING TTL "
                + LOCK_SECONDS
                + " SET holder = :me WHERE id = :id IF holder = :holder",
            update ->
                update
                    .boundStatementBuilder()
                    .setString("me", me)
                    .setInt("id", ONLY)
                    .setString("holder", me)
                    .build())
        .compose(
            held ->
                held
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new CannotServe(
                            "This node was too slow in changing the tables of the keyspace %s (%s.keyspace), and another went on; start it again"
                                .formatted(site.keyspace(), site.setting()))));
  }

  private Future<Void> unlock() {
    return statements
        .transact(
            "DELETE FROM $.migration WHERE id = :id IF holder = :me",
            delete -> delete.boundStatementBuilder().setInt("id", ONLY).setString("me", me).build())
        .otherwise(false)
        .mapEmpty();
  }
}
