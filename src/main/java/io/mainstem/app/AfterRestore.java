package io.mainstem.app;

import io.mainstem.config.Config;
import io.mainstem.mailbox.Renewal;
import io.mainstem.store.cassandra.CannotServe;
import io.mainstem.store.cassandra.CassandraDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What an operator says once after what was written last is gone: every mailbox is renewed when it
 * is next opened, so that nobody takes numbers that are given again for those that he remembers.
 */
public final class AfterRestore {
  private static final int MINUTES = 10;

  private AfterRestore() {}

  /**
   * Says it of the store of these settings, which no node may have open.
   *
   * @return what was done, in words
   * @throws StartFailure when it could not be done, with what to do
   */
  public static String run(Config config) throws IOException, TimeoutException {
    return switch (config.store().kind()) {
      case ROCKSDB -> ofDirectory(config.data());
      case CASSANDRA -> ofCell(config);
    };
  }

  private static String ofDirectory(Path path) throws IOException {
    try (var data = DataDirectory.open(path)) {
      int before = RenewalFile.read(data.root());
      int number = Math.max(before + 1, Renewal.number(Instant.now()));
      RenewalFile.write(data.root(), number);
      return "Each mailbox in %s is renewed when it is next opened (renewal %d)"
          .formatted(data.root(), number);
    }
  }

  private static String ofCell(Config config) throws TimeoutException {
    var cassandra = config.store().cassandra();
    Vertx vertx = Vertx.vertx();
    try {
      var done =
          CassandraDatabase.renew(vertx, cassandra, config.store().partitions(), Instant.now())
              .recover(
                  cause ->
                      Future.failedFuture(
                          cause instanceof CannotServe
                              ? new StartFailure(String.valueOf(cause.getMessage()), cause)
                              : cause))
              .await(MINUTES, TimeUnit.MINUTES);
      String moved =
          done.formerDataCenter().equals(cassandra.dataCenter())
              ? ""
              : "; its quorums are counted in %s instead of %s"
                  .formatted(cassandra.dataCenter(), done.formerDataCenter());
      String fenced = done.stood().isEmpty() ? "" : "; fenced: " + String.join(", ", done.stood());
      return "Each mailbox in the keyspace %s is renewed when it is next opened (renewal %d)%s%s"
          .formatted(cassandra.keyspace(), done.number(), moved, fenced);
    } finally {
      vertx.close().await(MINUTES, TimeUnit.MINUTES);
    }
  }
}
