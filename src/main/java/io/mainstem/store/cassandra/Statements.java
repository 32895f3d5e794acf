package io.mainstem.store.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import io.mainstem.store.cassandra.Replicas.NoAnswer;
import io.vertx.cassandra.CassandraClient;
import io.vertx.cassandra.ResultSet;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements with the consistency that the protocol asks for. {@code $} in a statement stands
 * for the keyspace: Cassandra advises against prepared statements that depend on a USE.
 */
final class Statements {
  /** More than any answer has rows: answers come whole. */
  private static final int WHOLE = 100_000;

  /**
   * Which replicas count.
   *
   * @param plain of reads and writes
   * @param serial of transactions
   */
  record Quorum(ConsistencyLevel plain, ConsistencyLevel serial) {
    /** Those of the data center of this node: for what belongs to one cell. */
    static final Quorum LOCAL =
        new Quorum(DefaultConsistencyLevel.LOCAL_QUORUM, DefaultConsistencyLevel.LOCAL_SERIAL);

    /** Those of all data centers: for what they share. */
    static final Quorum GLOBAL =
        new Quorum(DefaultConsistencyLevel.QUORUM, DefaultConsistencyLevel.SERIAL);
  }

  private final CassandraClient client;
  private final String keyspace;
  private final Quorum quorum;
  private final ConcurrentHashMap<String, PreparedStatement> prepared = new ConcurrentHashMap<>();

  Statements(CassandraClient client, String keyspace, Quorum quorum) {
    this.client = client;
    this.keyspace = keyspace;
    this.quorum = quorum;
  }

  /** A plain write. */
  Future<Void> write(String cql, Function<PreparedStatement, BoundStatement> bind) {
    return prepare(cql).compose(statement -> execute(bind.apply(statement))).mapEmpty();
  }

  /** Plain writes of one partition, all or none of them on each replica. */
  Future<Void> write(List<BoundStatement> writes) {
    return executeAll(writes).mapEmpty();
  }

  /** A transaction; tells whether its conditions held. */
  Future<Boolean> transact(String cql, Function<PreparedStatement, BoundStatement> bind) {
    return prepare(cql)
        .compose(statement -> execute(bind.apply(statement)))
        .map(ResultSet::wasApplied);
  }

  /** A transaction of several conditions and changes in one partition. */
  Future<Boolean> transact(List<BoundStatement> changes) {
    return executeAll(changes).map(ResultSet::wasApplied);
  }

  /** A transaction of one condition, with the row that stood in its way. */
  Future<Outcome> decide(String cql, Function<PreparedStatement, BoundStatement> bind) {
    return prepare(cql)
        .compose(statement -> execute(bind.apply(statement)))
        .map(result -> new Outcome(result.wasApplied(), result.wasApplied() ? null : result.one()));
  }

  /**
   * What came of a transaction.
   *
   * @param current what there is of the condition's columns when it did not hold; null when there
   *     is no row
   */
  record Outcome(boolean applied, @Nullable Row current) {}

  Future<List<Row>> read(String cql, Function<PreparedStatement, BoundStatement> bind) {
    return read(cql, quorum.plain(), bind);
  }

  Future<List<Row>> readSerially(String cql, Function<PreparedStatement, BoundStatement> bind) {
    return read(cql, quorum.serial(), bind);
  }

  /** Prepares a statement; what is prepared already costs nothing. */
  Future<PreparedStatement> prepare(String cql) {
    PreparedStatement known = prepared.get(cql);
    return known != null
        ? Future.succeededFuture(known)
        : client
            .prepare(cql.replace("$", keyspace))
            .recover(Statements::failed)
            .onSuccess(fresh -> prepared.put(cql, fresh));
  }

  private Future<List<Row>> read(
      String cql, ConsistencyLevel consistency, Function<PreparedStatement, BoundStatement> bind) {
    return prepare(cql)
        .compose(
            statement ->
                client.executeWithFullFetch(
                    bind.apply(statement)
                        .setConsistencyLevel(consistency)
                        .setPageSize(WHOLE)
                        .setIdempotent(true)))
        .recover(Statements::failed);
  }

  private Future<ResultSet> executeAll(List<BoundStatement> statements) {
    return statements.size() == 1
        ? execute(statements.get(0))
        : execute(BatchStatement.newInstance(BatchType.UNLOGGED).addAll(statements));
  }

  private <S extends Statement<S>> Future<ResultSet> execute(S statement) {
    return client
        .execute(
            statement
                .setConsistencyLevel(quorum.plain())
                .setSerialConsistencyLevel(quorum.serial())
                .setIdempotent(false))
        .recover(Statements::failed);
  }

  /** What the driver says is no answer, unless the statement itself is wrong. */
  private static <T> Future<T> failed(Throwable cause) {
    if (cause instanceof InvalidQueryException || cause instanceof SyntaxError) {
      return Future.failedFuture(cause);
    }
    String text =
        cause instanceof DriverTimeoutException
            ? "no answer in time"
            : cause.getClass().getSimpleName() + ": " + cause.getMessage();
    return Future.failedFuture(new NoAnswer(text));
  }
}
