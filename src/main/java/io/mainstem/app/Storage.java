package io.mainstem.app;

import io.mainstem.blob.BlobStore;
import io.mainstem.config.Config;
import io.mainstem.config.Mime;
import io.mainstem.mime.Mails;
import io.mainstem.mime.MimeLimits;
import io.mainstem.ops.MeteredStage;
import io.mainstem.stage.Stages;
import io.mainstem.store.rocksdb.CannotOpen;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksDirectoryStore;
import io.mainstem.store.rocksdb.RocksMailboxStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Everything that is on the disk of this node: logs and objects, the directory's rows, blobs and
 * the mails in them.
 */
record Storage(
    RocksDatabase database,
    RocksMailboxStore mailboxes,
    RocksDirectoryStore directory,
    BlobStore blobs,
    Mails mails) {
  /**
   * Opens all of it, off the event loops. Fails with a {@link StartFailure} that says what is
   * wrong, where, and what to do.
   */
  static Future<Storage> open(Vertx vertx, Path data, Config config, Stages stages) {
    return vertx.executeBlocking(() -> open(data, config, stages, vertx), false);
  }

  private static Storage open(Path data, Config config, Stages stages, Vertx vertx)
      throws IOException {
    var meter = new MeteredStage(stages.stage("store", config.store().commitQueue()));
    RocksDatabase database;
    try {
      database = RocksDatabase.open(data, config.store(), meter);
    } catch (CannotOpen e) {
      throw new StartFailure(String.valueOf(e.getMessage()), e);
    }
    long stuckNanos = TimeUnit.SECONDS.toNanos(config.health().stuckSeconds());
    stages.check("store", () -> trouble(database, stuckNanos));
    BlobStore blobs;
    try {
      blobs = Blobs.open(vertx, data, config.blob(), stages);
    } catch (StartFailure e) {
      database.close();
      throw e;
    }
    return new Storage(
        database,
        new RocksMailboxStore(database),
        new RocksDirectoryStore(database.db(), database.directory(), config.store().readQueue()),
        blobs,
        new Mails(
            vertx,
            blobs,
            limits(config.mime()),
            config.mime().threads(),
            config.mime().queue(),
            stages));
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

  private static MimeLimits limits(Mime mime) {
    return new MimeLimits(
        mime.maxDepth(),
        mime.maxParts(),
        mime.maxHeaderBytes(),
        mime.maxFields(),
        mime.maxAddresses(),
        mime.maxTextBytes(),
        MimeLimits.DEFAULT.maxStructureChars());
  }

  Future<Void> close(Vertx vertx) {
    return blobs
        .close()
        .eventually(
            () ->
                vertx.executeBlocking(
                    () -> {
                      directory.close();
                      database.close();
                      return null;
                    },
                    false));
  }
}
