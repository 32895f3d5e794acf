package io.mainstem.store.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import io.mainstem.config.Cassandra;
import io.mainstem.mailbox.Renewal;
import io.mainstem.store.LogSalvage;
import io.mainstem.store.StageMeter;
import io.vertx.cassandra.CassandraClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
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
  private volatile int renewal;

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
        1_000L * config.staleSeconds(),
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
        // Its row once more: older tables have no column for renewals, and a node that is refused
        // by what the row says has not changed their layout.
        .compose(reached -> new Renewing(statements, partitions).cell())
        .compose(
            row -> {
              renewal = row == null ? Renewal.NONE : row.renewal();
              return readyDirectory(vertx, directory);
            });
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

  // ---- what was written last is missing

  /**
   * What came of a renewal.
   *
   * @param number of it
   * @param stood the nodes that would still own something
   * @param formerDataCenter in which the cell counted its quorums
   */
  public record Renewed(int number, Set<String> stood, String formerDataCenter) {}

  /**
   * To be said once, while no node of the cell runs, after its keyspace was restored from a backup,
   * or before it is served in another data center than the one that was lost. Fails with {@link
   * CannotServe}.
   */
  public static Future<Renewed> renew(Vertx vertx, Cassandra config, int partitions, Instant now) {
    Site site;
    try {
      site = Site.ofCell(config);
    } catch (CannotServe e) {
      return Future.failedFuture(e);
    }
    return Connection.open(vertx, site, config)
        .compose(
            client ->
                renew(vertx, client, site, partitions, now)
                    .recover(cause -> Future.failedFuture(inWords(cause, site)))
                    .eventually(client::close));
  }

  private static Future<Renewed> renew(
      Vertx vertx, CassandraClient client, Site site, int partitions, Instant now) {
    var statements = new Statements(client, site.keyspace(), Statements.Quorum.LOCAL);
    var layout = new Layout(vertx, client, statements, site, "cell", CassandraSchema.CELL_STEPS);
    var renewing = new Renewing(statements, partitions);
    var keyspace = new Keyspace(client, site);
    return keyspace
        .exists()
        .compose(
            there ->
                there
                    ? keyspace.ready(CassandraSchema.CELL, layout)
                    : Future.failedFuture(nothingThere(site)))
        .compose(ready -> layout.reach())
        .compose(reached -> renewing.cell())
        .compose(
            row -> {
              if (row == null) {
                return Future.failedFuture(nothingThere(site));
              }
              if (row.partitions() != partitions) {
                return Future.failedFuture(otherPartitions(row.partitions(), partitions));
              }
              int number = Math.max(row.renewal() + 1, Renewal.number(now));
              return renewing
                  .run(row, number, site.dataCenter())
                  .map(stood -> new Renewed(number, stood, row.dataCenter()));
            });
  }

  private static CannotServe nothingThere(Site site) {
    return new CannotServe(
        "There is no cell in the keyspace %s (%s.keyspace): restore it first"
            .formatted(site.keyspace(), site.setting()));
  }

  private static CannotServe otherPartitions(int there, int said) {
    return new CannotServe(
        "This cell has %d partitions, but store.partitions says %d".formatted(there, said));
  }

  /** The newest renewal of the cell, as it was when this was opened; 0 for none. */
  public int renewal() {
    return renewal;
  }

  // ---- what it serves

  /** Logs and objects of this cell, and who owns what in it. */
  public CassandraMailboxStore mailboxes() {
    return mailboxes;
  }

  /** What can be saved of this cell's logs that are damaged. */
  public LogSalvage salvage() {
    return new Salvage(replicas());
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
