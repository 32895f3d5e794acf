package io.mainstem.store.cassandra;

import io.mainstem.config.Cassandra;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.MailboxStoreContract;
import io.mainstem.store.Ownership;
import io.mainstem.store.StageMeter;
import io.mainstem.store.cassandra.Replicas.Fence;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The store's contract on a real Cassandra of one node; each test has a keyspace of its own. */
class CassandraMailboxStoreIT extends MailboxStoreContract {
  private static final AtomicInteger KEYSPACES = new AtomicInteger();
  private static Vertx vertx;
  private CassandraDatabase database;
  private CassandraMailboxStore store;

  @BeforeAll
  static void startVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stopVertx() {
    get(vertx.close());
  }

  @BeforeEach
  void open() throws Exception {
    Cassandra config =
        SharedCassandra.config(
            SharedCassandra.nodes(), "contract" + KEYSPACES.incrementAndGet(), 1, Map.of());
    database =
        CassandraDatabase.open(vertx, config, 1024, StageMeter.NONE).await(2, TimeUnit.MINUTES);
    store = database.mailboxes();
  }

  @AfterEach
  void close() {
    get(database.close());
  }

  @Override
  protected MailboxStore store() {
    return store;
  }

  @Override
  protected Ownership ownership() {
    return store.ownership();
  }

  @Override
  protected void plant(MailboxStore.Mailbox mailbox, MailboxStore.Row row) {
    Replicas replicas = database.replicas();
    get(replicas.append(mailbox, Buckets.of(row), List.of(row)));
    if (row.isFence()) {
      get(replicas.writeFence(mailbox, new Fence(row.epoch(), row.seq(), row.previousEpoch())));
    }
  }
}
