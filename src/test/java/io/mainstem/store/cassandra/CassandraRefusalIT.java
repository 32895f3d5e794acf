package io.mainstem.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.bench.CassandraNodes;
import io.mainstem.config.Cassandra;
import io.mainstem.store.StageMeter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Cassandra on which the protocol would not hold is refused, and what to change is named. */
class CassandraRefusalIT {
  private static final AtomicInteger KEYSPACES = new AtomicInteger();
  private static Vertx vertx;

  @BeforeAll
  static void startVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stopVertx() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws TimeoutException {
    return future.await(2, TimeUnit.MINUTES);
  }

  private static String keyspace() {
    return "refusal" + KEYSPACES.incrementAndGet();
  }

  private static Cassandra config(String keyspace, Map<String, String> more) {
    return SharedCassandra.config(SharedCassandra.nodes(), keyspace, 1, more);
  }

  private static Future<CassandraDatabase> open(Cassandra config, int partitions) {
    return CassandraDatabase.open(vertx, config, partitions, StageMeter.NONE);
  }

  private static void assertRefused(Future<CassandraDatabase> opening, String... words)
      throws TimeoutException {
    Throwable refusal =
        await(opening.<Throwable>map(new AssertionError("not refused")).otherwise(e -> e));
    assertInstanceOf(CannotServe.class, refusal);
    for (String word : words) {
      assertTrue(String.valueOf(refusal.getMessage()).contains(word), refusal::getMessage);
    }
  }

  /** Makes the keyspace as it should be, and then changes something. */
  private static void spoil(String keyspace, String cql) throws TimeoutException {
    CassandraDatabase good = await(open(config(keyspace, Map.of()), 64));
    await(good.client().execute(cql));
    await(good.close());
  }

  @Test
  void aTableWithoutBlockingReadRepair() throws Exception {
    String keyspace = keyspace();
    spoil(keyspace, "ALTER TABLE " + keyspace + ".log WITH read_repair = 'NONE'");
    assertRefused(
        open(config(keyspace, Map.of()), 64), keyspace + ".log", "read_repair", "ALTER TABLE");
  }

  @Test
  void tablesOfANewerVersion() throws Exception {
    String keyspace = keyspace();
    spoil(keyspace, "UPDATE " + keyspace + ".cell SET layout = 99 WHERE id = 0 IF EXISTS");
    assertRefused(
        open(config(keyspace, Map.of()), 64),
        "layout 99",
        "this one knows 3",
        "store.cassandra.keyspace");
  }

  @Test
  void aDirectoryOfANewerVersion() throws Exception {
    String keyspace = keyspace();
    var config = config(keyspace, Map.of("directory.keyspace", keyspace + "people"));
    CassandraDatabase good = await(open(config, 64));
    await(
        good.client()
            .execute(
                "UPDATE " + keyspace + "people.layout SET layout = 99 WHERE id = 0 IF EXISTS"));
    await(good.close());
    assertRefused(
        open(config, 64), "layout 99", "this one knows 1", "store.cassandra.directory.keyspace");
  }

  @Test
  void anotherNumberOfPartitionsOrAnotherDataCenterThanTheCells() throws Exception {
    String keyspace = keyspace();
    spoil(
        keyspace,
        "UPDATE " + keyspace + ".cell SET data_center = 'elsewhere' WHERE id = 0 IF EXISTS");
    assertRefused(open(config(keyspace, Map.of()), 64), "elsewhere", "store.cassandra.dataCenter");
    assertRefused(
        open(
            config(
                keyspace(),
                Map.of(
                    "dataCenter",
                    "elsewhere",
                    "connectSeconds",
                    "1",
                    "replication",
                    "elsewhere:1")),
            64),
        "elsewhere");
    String other = keyspace();
    spoil(other, "SELECT release_version FROM system.local");
    assertRefused(open(config(other, Map.of()), 128), "64", "128", "store.partitions");
  }

  @Test
  void anotherReplicationThanTheKeyspaces() throws Exception {
    String keyspace = keyspace();
    spoil(
        keyspace,
        "ALTER KEYSPACE "
            + keyspace
            + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
    assertRefused(
        open(config(keyspace, Map.of()), 64),
        keyspace,
        "SimpleStrategy",
        "store.cassandra.replication");
  }

  @Test
  void moreReplicasThanNodes() throws Exception {
    assertRefused(
        open(config(keyspace(), Map.of("replication", "datacenter1:3")), 64),
        "store.cassandra.replication",
        "3 replicas",
        "1 node");
  }

  @Test
  void aCassandraThatIsNotThere() throws Exception {
    assertRefused(
        open(
            config(keyspace(), Map.of("contactPoints", "127.0.0.1:21999", "connectSeconds", "1")),
            64),
        "127.0.0.1:21999",
        "store.cassandra.contactPoints");
  }

  @Test
  void settingsThatMeanNothing() throws Exception {
    for (var wrong :
        Map.of(
                "contactPoints", "127.0.0.1",
                "keyspace", "Mail-Stem",
                "replication", "datacenter1",
                "dataCenter", "elsewhere",
                "directory.keyspace", "same")
            .entrySet()) {
      assertRefused(
          open(config("same", Map.of(wrong.getKey(), wrong.getValue())), 64),
          "store.cassandra." + wrong.getKey());
    }
  }

  @Test
  void nodesThatStartTogetherMakeOneSetOfTables() throws Exception {
    String keyspace = keyspace();
    var all = new java.util.ArrayList<Future<CassandraDatabase>>();
    for (int i = 0; i < 3; i++) {
      all.add(open(config(keyspace, Map.of()), 64));
    }
    for (var one : all) {
      await(await(one).close());
    }
  }

  @Test
  void aNodeThatAcknowledgesBeforeItSyncs(@TempDir Path room) throws Exception {
    SharedCassandra.nodes();
    var setup =
        new CassandraNodes.Setup(
            1,
            21_300,
            21_301,
            21_302,
            "384m",
            "commitlog_sync: periodic\ncommitlog_sync_period: 10000ms\n",
            List.of("datacenter1"));
    try (var periodic = new CassandraNodes(room, setup)) {
      periodic.start();
      assertRefused(
          open(SharedCassandra.config(periodic, keyspace(), 1, Map.of()), 64),
          "commitlog_sync: periodic",
          "commitlog_sync: group");
    }
  }
}
