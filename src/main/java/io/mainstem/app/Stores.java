package io.mainstem.app;

import io.mainstem.config.Config;
import io.mainstem.ops.MeteredStage;
import io.mainstem.stage.Stages;
import io.mainstem.store.DirectoryStore;
import io.mainstem.store.LogSalvage;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.Ownership;
import io.mainstem.store.cassandra.CannotServe;
import io.mainstem.store.cassandra.CassandraDatabase;
import io.mainstem.store.rocksdb.CannotOpen;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksDirectoryStore;
import io.mainstem.store.rocksdb.RocksMailboxStore;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The database that is configured; of the others no class is loaded.
 *
 * @param name what all nodes of a cell must have in common, in words
 * @param salvage for logs that have lost entries; null where none can
 * @param renewal the newest {@link io.mainstem.mailbox.Renewal}; 0 for none
 */
record Stores(
    String name,
    MailboxStore mailboxes,
    Ownership ownership,
    DirectoryStore directory,
    @Nullable LogSalvage salvage,
    int renewal,
    Supplier<Future<Void>> closing) {

  /** Opens it off the event loops; fails with a {@link StartFailure}. */
  static Future<Stores> open(Vertx vertx, Path data, Config config, Stages stages) {
    return switch (config.store().kind()) {
      case ROCKSDB ->
          vertx.executeBlocking(() -> Embedded.open(vertx, data, config, stages), false);
      case CASSANDRA -> Shared.open(vertx, config, stages);
    };
  }

  Future<Void> close() {
    return closing.get();
  }

  /** In the data directory of this node. */
  private static final class Embedded {
    static Stores open(Vertx vertx, Path data, Config config, Stages stages) throws IOException {
      int renewal = RenewalFile.read(data);
      var meter = new MeteredStage(stages.stage("store", config.store().commitQueue()));
      RocksDatabase database;
      try {
        database = RocksDatabase.open(data, config.store(), meter);
      } catch (CannotOpen e) {
        throw new StartFailure(String.valueOf(e.getMessage()), e);
      }
      long stuckNanos = TimeUnit.SECONDS.toNanos(config.health().stuckSeconds());
      stages.check("store", () -> trouble(database, stuckNanos));
      var mailboxes = new RocksMailboxStore(database);
      var directory = new RocksDirectoryStore(database);
      return new Stores(
          "RocksDB in " + data,
          mailboxes,
          mailboxes.ownership(),
          directory,
          null,
          renewal,
          () ->
              vertx.executeBlocking(
                  () -> {
                    database.close();
                    return null;
                  },
                  false));
    }

    private static Optional<String> trouble(RocksDatabase database, long stuckNanos) {
      String problem = database.commits().problem();
      if (problem != null) {
        return Optional.of(problem);
      }
      return database.commits().stuckNanos() > stuckNanos
          ? Optional.of(
              "stage store is stuck: a commit has not ended for "
                  + TimeUnit.NANOSECONDS.toSeconds(database.commits().stuckNanos())
                  + " s")
          : Optional.empty();
    }
  }

  /** In a cluster that the nodes of a cell share. */
  private static final class Shared {
    static Future<Stores> open(Vertx vertx, Config config, Stages stages) {
      var cassandra = config.store().cassandra();
      var meter = new MeteredStage(stages.stage("store", cassandra.queue()));
      return CassandraDatabase.open(vertx, cassandra, config.store().partitions(), meter)
          .map(
              database -> {
                stages.check("store", () -> database.mailboxes().trouble());
                Gauge.builder(
                        "mainstem.store.unconfirmed",
                        database.mailboxes().ownership(),
                        each -> each.silence().toMillis() / 1_000.0)
                    .description(
                        "How long ago the store was last asked with success whether this node still"
                            + " owns what it holds")
                    .baseUnit("seconds")
                    .register(stages.registry());
                return new Stores(
                    database.name(),
                    database.mailboxes(),
                    database.mailboxes().ownership(),
                    database.directory(),
                    database.salvage(),
                    database.renewal(),
                    database::close);
              })
          .recover(
              cause ->
                  Future.failedFuture(
                      cause instanceof CannotServe
                          ? new StartFailure(String.valueOf(cause.getMessage()), cause)
                          : cause));
    }
  }
}
