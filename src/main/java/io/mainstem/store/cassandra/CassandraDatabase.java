package io.mainstem.store.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import io.mainstem.config.Cassandra;
import io.mainstem.store.StageMeter;
import io.vertx.cassandra.CassandraClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The Cassandra of a cell, and the one of the directory: checked that they keep what they
 * acknowledge, their tables made where they are missing, and what they serve.
 */
public final class CassandraDatabase {
  private static final int CELL = 0;

  private final Cassandra config;
  private final CassandraClient client;
  private final CassandraClient directoryClient;
  private final Statements statements;
  private final CassandraMailboxStore mailboxes;
  private final CassandraDirectoryStore directory;

  private CassandraDatabase(
      Vertx vertx,
      Cassandra config,
      int partitions,
      StageMeter meter,
      CassandraClient client,
      CassandraClient directoryClient) {
    this.config = config;
    this.client = client;
    this.directoryClient = directoryClient;
    this.statements = new Statements(client, config.keyspace(), Statements.Quorum.LOCAL);
    var turns = new ContextTurns(((VertxInternal) vertx).createEventLoopContext());
    var tuning = tuning(config);
    var ownership =
        new CassandraOwnership(replicas(), turns, tuning, () -> UUID.randomUUID().toString());
    this.mailboxes =
        new CassandraMailboxStore(replicas(), turns, tuning, partitions, ownership, meter);
    this.directory =
        new CassandraDirectoryStore(
            vertx,
            new Statements(
                directoryClient, config.directory().keyspace(), Statements.Quorum.GLOBAL),
            tuning);
  }

  private static Tuning tuning(Cassandra config) {
    var usual = Tuning.DEFAULT;
    return new Tuning(
        usual.batchRows(),
        usual.batchBytes(),
        config.queue(),
        config.queueBytes(),
        config.reads(),
        usual.knownLogs(),
        usual.retryFirstMillis(),
        usual.retryMostMillis(),
        usual.beatMillis(),
        1_000L * config.goneSeconds(),
        usual.attempts());
  }

  /**
   * Connects and checks; fails with {@link CannotServe}.
   *
   * @param partitions how many logical partitions the cell has
   */
  public static Future<CassandraDatabase> open(
      Vertx vertx, Cassandra config, int partitions, StageMeter meter) {
    Site cell;
    Site directory;
    try {
      cell = Site.ofCell(config);
      directory = Site.ofDirectory(config);
      if (cell.isBeside(directory) && cell.keyspace().equals(directory.keyspace())) {
        throw new CannotServe(
            "store.cassandra.directory.keyspace must differ from store.cassandra.keyspace");
      }
    } catch (CannotServe e) {
      return Future.failedFuture(e);
    }
    return Connection.open(vertx, cell, config)
        .compose(
            client ->
                (cell.isBeside(directory)
                        ? Future.succeededFuture(client)
                        : Connection.open(vertx, directory, config))
                    .recover(
                        cause -> client.close().transform(closed -> Future.failedFuture(cause)))
                    .compose(
                        other -> {
                          var database =
                              new CassandraDatabase(
                                  vertx, config, partitions, meter, client, other);
                          return database
                              .ready(vertx, cell, directory, partitions)
                              .map(database)
                              .recover(
                                  cause ->
                                      database
                                          .close()
                                          .transform(
                                              closed -> Future.failedFuture(inWords(cause, cell))));
                        }));
  }

  private static CannotServe inWords(Throwable cause, Site cell) {
    return cause instanceof CannotServe refusal
        ? refusal
        : new CannotServe(
            "Cassandra at %s (%s.contactPoints) cannot be set up: %s"
                .formatted(cell.contactPoints(), cell.setting(), cause));
  }

  private Future<Void> ready(Vertx vertx, Site cell, Site directory, int partitions) {
    var layout = new Layout(vertx, client, statements, cell, "cell", CassandraSchema.CELL_STEPS);
    return new Keyspace(client, cell)
        .ready(CassandraSchema.CELL, layout)
        .compose(made -> checkCell(partitions))
        .compose(checked -> layout.reach())
        .compose(reached -> readyDirectory(vertx, directory));
  }

  private Future<Void> readyDirectory(Vertx vertx, Site site) {
    var shared =
        new Statements(directoryClient, config.directory().keyspace(), Statements.Quorum.GLOBAL);
    var layout =
        new Layout(vertx, directoryClient, shared, site, "layout", CassandraSchema.DIRECTORY_STEPS);
    return new Keyspace(directoryClient, site)
        .ready(CassandraSchema.directory(), layout)
        .compose(
            made ->
                shared.transact(
                    "INSERT INTO $.layout (id, layout) VALUES (:id, :layout) IF NOT EXISTS",
                    insert ->
                        insert
                            .boundStatementBuilder()
                            .setInt("id", CELL)
                            .setInt("layout", Layout.FIRST)
                            .build()))
        .compose(there -> layout.reach());
  }

  /** The row that all nodes of the cell agree on. */
  private Future<Void> checkCell(int partitions) {
    return statements
        .transact(
            "INSERT INTO $.cell (id, layout, data_center, partitions) VALUES (:id, :layout,"
                + " :center, :partitions) IF NOT EXISTS",
            insert ->
                insert
                    .boundStatementBuilder()
                    .setInt("id", CELL)
                    .setInt("layout", Layout.FIRST)
                    .setString("center", config.dataCenter())
                    .setInt("partitions", partitions)
                    .build())
        .compose(
            made ->
                statements.readSerially(
                    "SELECT data_center, partitions FROM $.cell WHERE id = :id",
                    select -> select.boundStatementBuilder().setInt("id", CELL).build()))
        .compose(
            rows -> {
              String refusal = refusal(rows, partitions);
              return refusal == null
                  ? Future.succeededFuture()
                  : Future.failedFuture(new CannotServe(refusal));
            });
  }

  private @Nullable String refusal(List<Row> rows, int partitions) {
    if (rows.isEmpty()) {
      return "The table %s.cell has lost its row".formatted(config.keyspace());
    }
    Row row = rows.get(0);
    if (!config.dataCenter().equals(row.getString(0))) {
      return "This cell counts its quorums in the data center %s, but store.cassandra.dataCenter says %s"
          .formatted(row.getString(0), config.dataCenter());
    }
    if (row.getInt(1) != partitions) {
      return "This cell has %d partitions, but store.partitions says %d"
          .formatted(row.getInt(1), partitions);
    }
    return null;
  }

  // ---- what it serves

  /** Logs and objects of this cell, and who owns what in it. */
  public CassandraMailboxStore mailboxes() {
    return mailboxes;
  }

  /** The rows of the directory. */
  public CassandraDirectoryStore directory() {
    return directory;
  }

  /** What all nodes of a cell must have in common, in words. */
  public String name() {
    return "Cassandra keyspace %s in %s".formatted(config.keyspace(), config.dataCenter());
  }

  Replicas replicas() {
    return new CassandraReplicas(statements);
  }

  CassandraClient client() {
    return client;
  }

  /** Ends what is under way, and the connections. */
  public Future<Void> close() {
    mailboxes.close();
    return client
        .close()
        .eventually(
            () -> directoryClient == client ? Future.succeededFuture() : directoryClient.close());
  }
}
