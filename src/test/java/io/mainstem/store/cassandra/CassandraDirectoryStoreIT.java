package io.mainstem.store.cassandra;

import io.mainstem.store.DirectoryStore;
import io.mainstem.store.DirectoryStoreContract;
import io.mainstem.store.StageMeter;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The directory's contract on a real Cassandra; each test has a keyspace of its own. */
class CassandraDirectoryStoreIT extends DirectoryStoreContract {
  private static final AtomicInteger KEYSPACES = new AtomicInteger();
  private static Vertx vertx;
  private final String keyspace = "people" + KEYSPACES.incrementAndGet();
  private CassandraDatabase database;

  @BeforeAll
  static void startVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stopVertx() throws Exception {
    vertx.close().await(2, TimeUnit.MINUTES);
  }

  @Override
  protected DirectoryStore open() throws Exception {
    var config =
        SharedCassandra.config(
            SharedCassandra.nodes(), "cell", 1, Map.of("directory.keyspace", keyspace));
    database =
        CassandraDatabase.open(vertx, config, 1024, StageMeter.NONE).await(2, TimeUnit.MINUTES);
    return database.directory();
  }

  @Override
  protected void close() throws Exception {
    database.close().await(2, TimeUnit.MINUTES);
  }
}
