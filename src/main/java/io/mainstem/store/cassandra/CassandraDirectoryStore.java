package io.mainstem.store.cassandra;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.mainstem.message.Rejected;
import io.mainstem.store.DirectoryStore;
import io.mainstem.store.cassandra.Replicas.NoAnswer;
import io.mainstem.store.cassandra.Statements.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The directory in Cassandra: each change is a lightweight transaction on one row, in one total
 * order over all data centers that share it; reads see every change that was answered. Thread-safe.
 *
 * <p>A row's version is drawn by chance, anew with each change: so a transaction that is made again
 * because it had no answer finds out that it had been applied after all.
 */
public final class CassandraDirectoryStore implements DirectoryStore {
  private final Vertx vertx;
  private final Statements statements;
  private final Tuning tuning;
  private final AtomicInteger underWay = new AtomicInteger();

  CassandraDirectoryStore(Vertx vertx, Statements statements, Tuning tuning) {
    this.vertx = vertx;
    this.statements = statements;
    this.tuning = tuning;
  }

  @Override
  public Future<@Nullable Row> get(Key key) {
    return this.<@Nullable Row>bounded(
        () ->
            statements
                .read(
                    "SELECT version, value FROM $.%s WHERE grp = :grp AND name = :name"
                        .formatted(table(key)),
                    select -> of(select, key).build())
                .map(
                    rows ->
                        rows.isEmpty()
                            ? null
                            : new Row(key, rows.get(0).getLong(0), value(rows.get(0), 1))));
  }

  @Override
  public Future<List<Row>> list(Table table, String group, @Nullable String after, int limit) {
    return bounded(() -> inGroup(table, group, after, limit));
  }

  private Future<List<Row>> inGroup(Table table, String group, @Nullable String after, int limit) {
    return statements
        .read(
            "SELECT grp, name, version, value FROM $.%s WHERE grp = :grp%s LIMIT :most"
                .formatted(CassandraSchema.nameOf(table), after == null ? "" : " AND name > :name"),
            select -> {
              var bound =
                  select.boundStatementBuilder().setString("grp", group).setInt("most", limit);
              return (after == null ? bound : bound.setString("name", after)).build();
            })
        .map(rows -> rows(table, rows));
  }

  @Override
  public Future<List<Row>> all(Table table, @Nullable Key after, int limit) {
    if (after == null) {
      return bounded(
          () ->
              statements
                  .read(
                      "SELECT grp, name, version, value FROM $.%s LIMIT :most"
                          .formatted(CassandraSchema.nameOf(table)),
                      select -> select.boundStatementBuilder().setInt("most", limit).build())
                  .map(rows -> rows(table, rows)));
    }
    return bounded(
        () ->
            inGroup(table, after.group(), after.name(), limit)
                .compose(
                    rest ->
                        rest.size() == limit
                            ? Future.succeededFuture(rest)
                            : behind(table, after.group(), limit - rest.size())
                                .map(
                                    more -> {
                                      var all = new ArrayList<>(rest);
                                      all.addAll(more);
                                      return List.copyOf(all);
                                    })));
  }

  /** Groups stand in the order of their tokens. */
  private Future<List<Row>> behind(Table table, String group, int limit) {
    return statements
        .read(
            "SELECT grp, name, version, value FROM $.%s WHERE token(grp) > token(:grp) LIMIT :most"
                .formatted(CassandraSchema.nameOf(table)),
            select ->
                select
                    .boundStatementBuilder()
                    .setString("grp", group)
                    .setInt("most", limit)
                    .build())
        .map(rows -> rows(table, rows));
  }

  // ---- changing

  @Override
  public Future<Boolean> write(Key key, long expected, byte[] value) {
    long version = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    ByteBuffer bytes = ByteBuffer.wrap(value.clone());
    String cql =
        expected == ABSENT
            ? "INSERT INTO $.%s (grp, name, version, value) VALUES (:grp, :name, :version, :value)"
                + " IF NOT EXISTS"
            : "UPDATE $.%s SET version = :version, value = :value WHERE grp = :grp AND name = :name"
                + " IF version = :expected";
    return bounded(
        () ->
            change(
                cql.formatted(table(key)),
                statement -> {
                  var bound =
                      of(statement, key)
                          .setLong("version", version)
                          .setByteBuffer("value", bytes.duplicate());
                  return expected == ABSENT ? bound : bound.setLong("expected", expected);
                },
                version,
                1));
  }

  @Override
  public Future<Boolean> delete(Key key, long expected) {
    if (expected == ABSENT) {
      return get(key).map(row -> row == null);
    }
    return bounded(
        () ->
            change(
                "DELETE FROM $.%s WHERE grp = :grp AND name = :name IF version = :expected"
                    .formatted(table(key)),
                statement -> of(statement, key).setLong("expected", expected),
                ABSENT,
                1));
  }

  private interface Binding {
    BoundStatementBuilder bind(PreparedStatement statement);
  }

  /**
   * @param next the version after the change
   */
  private Future<Boolean> change(String cql, Binding binding, long next, int attempt) {
    return statements
        .decide(cql, statement -> bound(binding, statement))
        .transform(
            result -> {
              if (result.succeeded()) {
                return judge(result.result(), next, attempt);
              }
              if (!(result.cause() instanceof NoAnswer) || attempt >= tuning.attempts()) {
                return Future.failedFuture(result.cause());
              }
              Promise<Boolean> again = Promise.promise();
              vertx.setTimer(
                  tuning.pauseMillis(attempt),
                  id -> change(cql, binding, next, attempt + 1).onComplete(again));
              return again.future();
            });
  }

  private static BoundStatement bound(Binding binding, PreparedStatement statement) {
    return binding.bind(statement).build();
  }

  /**
   * Of a transaction that was made again, an earlier try may be why the condition does not hold.
   */
  private static Future<Boolean> judge(Outcome outcome, long next, int attempt) {
    if (outcome.applied()) {
      return Future.succeededFuture(true);
    }
    var current = outcome.current();
    long found = current == null ? ABSENT : versionOf(current);
    if (attempt == 1 || found == next) {
      return Future.succeededFuture(attempt > 1);
    }
    return Future.failedFuture(
        new NoAnswer("whether a change of the directory was made is not known"));
  }

  /** A condition that fails on a row that is not there is answered without its columns. */
  private static long versionOf(com.datastax.oss.driver.api.core.cql.Row row) {
    return row.getColumnDefinitions().contains("version") && !row.isNull("version")
        ? row.getLong("version")
        : ABSENT;
  }

  // ---- shared

  private static BoundStatementBuilder of(PreparedStatement statement, Key key) {
    return statement
        .boundStatementBuilder()
        .setString("grp", key.group())
        .setString("name", key.name());
  }

  private static String table(Key key) {
    return CassandraSchema.nameOf(key.table());
  }

  private static List<Row> rows(Table table, List<com.datastax.oss.driver.api.core.cql.Row> found) {
    return found.stream()
        .map(
            row ->
                new Row(
                    new Key(
                        table,
                        Objects.requireNonNull(row.getString(0)),
                        Objects.requireNonNull(row.getString(1))),
                    row.getLong(2),
                    value(row, 3)))
        .toList();
  }

  private static byte[] value(com.datastax.oss.driver.api.core.cql.Row row, int column) {
    byte[] value = CassandraReplicas.bytes(row.getByteBuffer(column));
    return value == null ? new byte[0] : value;
  }

  /** Answers come back to the context of the caller. */
  private <T extends @Nullable Object> Future<T> bounded(Supplier<Future<T>> task) {
    if (underWay.incrementAndGet() > tuning.reads()) {
      underWay.decrementAndGet();
      return Future.failedFuture(
          new Rejected(
              Rejected.Rule.BUSY,
              "Too many requests to the directory wait; try again (store.cassandra.reads)."));
    }
    ContextInternal caller = ContextInternal.current();
    Promise<T> promise = caller == null ? Promise.promise() : caller.promise();
    task.get()
        .onComplete(
            result -> {
              underWay.decrementAndGet();
              if (result.cause() instanceof NoAnswer) {
                promise.fail(
                    new Rejected(Rejected.Rule.BUSY, "The directory does not answer; try again."));
              } else {
                promise.handle(result);
              }
            });
    return promise.future();
  }
}
