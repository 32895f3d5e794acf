package io.mainstem.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.oss.driver.api.core.CqlSession;
import io.mainstem.bench.CassandraNodes;
import io.mainstem.config.Cassandra;
import io.mainstem.message.UserId;
import io.mainstem.store.FeatureLevel;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.Partition;
import io.mainstem.store.StageMeter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A keyspace that an older version has made becomes one of this version, whatever happens. */
class CassandraMigrationIT {
  private static final int PARTITIONS = 64;
  private static final Mailbox ANN = new Mailbox(new UserId("ann"), 1);
  private static final int PARTITION = Partition.of(ANN.user(), PARTITIONS);
  private static final AtomicInteger KEYSPACES = new AtomicInteger();
  private static Vertx vertx;
  private static CqlSession session;

  @BeforeAll
  static void start() {
    CassandraNodes nodes = SharedCassandra.nodes();
    vertx = Vertx.vertx();
    session = nodes.session(1);
  }

  @AfterAll
  static void stop() throws Exception {
    if (session != null) {
      session.close();
      await(vertx.close());
    }
  }

  private static <T> T await(Future<T> future) throws TimeoutException {
    return future.await(4, TimeUnit.MINUTES);
  }

  /** Makes a keyspace as layout 1 was. */
  private static String old() throws Exception {
    String keyspace = "older" + KEYSPACES.incrementAndGet();
    try (InputStream file = CassandraMigrationIT.class.getResourceAsStream("layout-1.cql")) {
      String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
      text.lines()
          .filter(line -> !line.isBlank() && !line.startsWith("--"))
          .map(line -> line.replace("$", keyspace).replace("PARTITION,", PARTITION + ","))
          .forEach(CassandraMigrationIT::cql);
    }
    return keyspace;
  }

  private static void cql(String statement) {
    session.execute(statement);
  }

  private static Future<CassandraDatabase> open(String keyspace) {
    Cassandra config =
        SharedCassandra.config(
            SharedCassandra.nodes(),
            keyspace,
            1,
            Map.of("directory.keyspace", keyspace + "people"));
    return CassandraDatabase.open(vertx, config, PARTITIONS, StageMeter.NONE);
  }

  private static int layout(String keyspace) {
    return Objects.requireNonNull(
            session.execute("SELECT layout FROM " + keyspace + ".cell WHERE id = 0").one())
        .getInt(0);
  }

  private static List<String> columnsOfIncarnation(String keyspace) {
    return session
        .execute(
            "SELECT column_name FROM system_schema.columns WHERE keyspace_name = '"
                + keyspace
                + "' AND table_name = 'incarnation'")
        .all()
        .stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  private static void assertMigrated(String keyspace) {
    assertEquals(3, layout(keyspace));
    assertEquals(
        List.of("cell", "fenced", "id", "last", "level", "node", "nonce", "reads"),
        columnsOfIncarnation(keyspace));
    assertTrue(
        session.execute("SELECT holder FROM " + keyspace + ".migration").all().isEmpty(),
        "nobody holds the lock");
  }

  @Test
  void whatAnOlderVersionWroteIsReadAndGoesOn() throws Exception {
    String keyspace = old();
    CassandraDatabase database = await(open(keyspace));
    assertMigrated(keyspace);
    var store = database.mailboxes();
    long incarnation = await(store.ownership().join("node", FeatureLevel.OWN));
    assertEquals(3, incarnation);
    assertEquals(FeatureLevel.OWN, await(store.ownership().level()));
    Long epoch = await(store.ownership().take(incarnation, Set.of(PARTITION))).get(PARTITION);
    assertNotNull(epoch);
    assertEquals(4, epoch);
    List<Row> before = await(store.read(ANN, 0, 10)).rows();
    assertEquals(List.of(1L, 2L), before.stream().map(Row::seq).toList());
    assertArrayEquals("old body".getBytes(StandardCharsets.UTF_8), before.get(1).body());
    await(store.append(ANN, epoch, new Row(5, 5, epoch, 4, 3, new byte[] {1}, null), false));
    await(store.append(ANN, epoch, new Row(6, 6, epoch, 5, -1, new byte[] {2}, null), false));
    await(database.close());

    CassandraDatabase again = await(open(keyspace));
    assertEquals(
        List.of(1L, 2L, 5L, 6L),
        await(again.mailboxes().read(ANN, 0, 10)).rows().stream().map(Row::seq).toList());
    await(again.close());
  }

  @Test
  void nodesThatStartTogetherMigrateOnce() throws Exception {
    String keyspace = old();
    var opening = new ArrayList<Future<CassandraDatabase>>();
    for (int i = 0; i < 3; i++) {
      opening.add(open(keyspace));
    }
    for (Future<CassandraDatabase> one : opening) {
      await(await(one).close());
    }
    assertMigrated(keyspace);
  }

  @Test
  void whatANodeThatWasKilledHasHalfDoneIsDoneByTheNext() throws Exception {
    String keyspace = old();
    cql(
        "CREATE TABLE "
            + keyspace
            + ".migration (id int PRIMARY KEY, holder text)"
            + " WITH read_repair = 'BLOCKING'");
    cql("ALTER TABLE " + keyspace + ".incarnation ADD reads int");
    cql(
        "INSERT INTO "
            + keyspace
            + ".migration (id, holder) VALUES (0, 'a dead node')"
            + " IF NOT EXISTS USING TTL 3");
    await(await(open(keyspace)).close());
    assertMigrated(keyspace);
  }
}
