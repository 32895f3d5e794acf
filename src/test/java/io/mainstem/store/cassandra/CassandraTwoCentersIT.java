package io.mainstem.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.datastax.oss.driver.api.core.CqlSession;
import io.mainstem.bench.CassandraNodes;
import io.mainstem.config.Cassandra;
import io.mainstem.message.UserId;
import io.mainstem.store.LogSalvage.Found;
import io.mainstem.store.MailboxStore.Damaged;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.Partition;
import io.mainstem.store.StageMeter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A keyspace with copies in two data centers: the cell counts its quorums in one of them and needs
 * nothing of the other, where it can go on when that one is lost.
 */
@TestMethodOrder(OrderAnnotation.class)
class CassandraTwoCentersIT {
  private static final int USERS = 8;
  private static final int PARTITIONS = 16;
  private static final int ENTRIES_BEFORE = 200;

  private static final int ENTRIES_UNHEARD = 50;
  private static final Duration LONG = Duration.ofMinutes(5);

  @TempDir private static Path room;
  private static CassandraNodes cassandra;
  private static Vertx vertx;

  @BeforeAll
  static void start() {
    String missing = CassandraNodes.missing();
    assumeTrue(missing == null, missing);
    vertx = Vertx.vertx();
    cassandra =
        new CassandraNodes(room, CassandraNodes.Setup.of(List.of("north", "south"), 21_800));
    cassandra.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (cassandra != null) {
      cassandra.close();
      await(vertx.close());
    }
  }

  private static <T> T await(Future<T> future) throws TimeoutException {
    return future.await(120, TimeUnit.SECONDS);
  }

  /** A server's store, beside this node of Cassandra. */
  private static CassandraDatabase open(int node, String dataCenter, String replication)
      throws TimeoutException {
    return open(config("two", node, dataCenter, replication, replication));
  }

  private static CassandraDatabase open(Cassandra config) throws TimeoutException {
    return await(CassandraDatabase.open(vertx, config, PARTITIONS, StageMeter.NONE));
  }

  private static Cassandra config(
      String keyspace, int node, String dataCenter, String replication, String ofDirectory) {
    return SharedCassandra.config(
        cassandra,
        keyspace,
        1,
        Map.of(
            "contactPoints",
            cassandra.contactPoint(node),
            "dataCenter",
            dataCenter,
            "replication",
            replication,
            "directory.keyspace",
            keyspace + "people",
            "directory.replication",
            ofDirectory,
            "requestMillis",
            "4000",
            "goneSeconds",
            "60"));
  }

  /** Owns all partitions, and writes one entry after another to each log. */
  private static final class Owner {
    final CassandraDatabase database;
    final Map<Integer, Long> epochs;
    final Map<Mailbox, Long> fences = new ConcurrentHashMap<>();

    /** When each number was acknowledged, in nanoseconds. */
    final Map<Mailbox, Map<Long, Long>> acknowledged = new ConcurrentHashMap<>();

    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    final AtomicBoolean stop = new AtomicBoolean();

    Owner(CassandraDatabase database, String name) throws TimeoutException {
      this.database = database;
      var ownership = database.mailboxes().ownership();
      long incarnation = await(ownership.join(name));
      for (long other : await(ownership.standing()).values()) {
        if (other != incarnation) {
          await(ownership.fence(other));
        }
      }
      epochs =
          await(
              ownership.take(
                  incarnation, Set.copyOf(IntStream.range(0, PARTITIONS).boxed().toList())));
    }

    long epoch(Mailbox mailbox) {
      Long epoch = epochs.get(Partition.of(mailbox.user(), PARTITIONS));
      assertNotNull(epoch, "every partition is taken");
      return epoch;
    }

    /** Reads where the log ends, and fences it. */
    long fence(Mailbox mailbox) throws TimeoutException {
      Row last = await(database.mailboxes().last(mailbox));
      long seq = last == null ? 1 : last.last() + 1;
      long before = last == null ? 0 : last.epoch();
      append(mailbox, new Row(seq, seq, epoch(mailbox), seq - 1, before, bytes("fence"), null));
      fences.put(mailbox, seq);
      return seq - 1;
    }

    private void append(Mailbox mailbox, Row row) throws TimeoutException {
      await(database.mailboxes().append(mailbox, row.epoch(), row, false));
    }

    /** Writes until it is told to stop. */
    Future<Void> write(Mailbox mailbox, long seq) {
      if (stop.get()) {
        return Future.succeededFuture();
      }
      long epoch = epoch(mailbox);
      var row = new Row(seq, seq, epoch, seq - 1, -1, bytes("entry " + seq), bytes("body"));
      return database
          .mailboxes()
          .append(mailbox, epoch, row, false)
          .compose(
              done -> {
                acknowledged
                    .computeIfAbsent(mailbox, absent -> new ConcurrentHashMap<>())
                    .put(seq, System.nanoTime());
                return write(mailbox, seq + 1);
              });
    }

    int written() {
      return acknowledged.values().stream().mapToInt(Map::size).sum();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<Mailbox> mailboxes() {
    return IntStream.range(0, USERS).mapToObj(i -> new Mailbox(new UserId("user" + i), 1)).toList();
  }

  /** All mailboxes are written to, and were for a while. */
  private static Owner writing(CassandraDatabase database) throws TimeoutException {
    var north = new Owner(database, "first");
    for (Mailbox mailbox : mailboxes()) {
      north.fence(mailbox);
    }
    for (Mailbox mailbox : mailboxes()) {
      north.write(mailbox, north.fences.get(mailbox) + 1).onFailure(north.failures::add);
    }
    Awaitility.await()
        .atMost(LONG)
        .until(() -> !north.failures.isEmpty() || north.written() >= USERS * ENTRIES_BEFORE);
    return north;
  }

  @Test
  @Order(1)
  void aCellGoesOnWithoutTheOtherDataCenter() throws Exception {
    var north = writing(open(1, "north", "north:1,south:1"));
    assertEquals(List.of(), List.copyOf(north.failures), "all is well until then");
    // Quorums are counted here: that the other center is frozen, or gone, is not noticed.
    cassandra.freeze(2);
    goesOn(north);
    cassandra.thaw(2);
    cassandra.kill(2);
    goesOn(north);
    north.stop.set(true);
    for (Mailbox mailbox : mailboxes()) {
      var rows = await(north.database.mailboxes().read(mailbox, 0, 100_000)).rows();
      assertTrue(
          rows.get(rows.size() - 1).last() >= north.acknowledged.get(mailbox).size() + 1,
          "all that was acknowledged");
    }
    await(north.database.close());

    // What came there is not served in the other one by a change of settings alone.
    cassandra.start(2);
    assertThrows(CannotServe.class, () -> open(2, "south", "south:1"));
  }

  /**
   * The drill of docs/operations.md: north is lost in the middle of its work, south goes on with
   * what has come there, and logs that have gaps there are cut.
   */
  @Test
  @Order(2)
  void theOtherDataCenterGoesOnWhenOneIsLost() throws Exception {
    String both = "north:1,south:1";
    var north = writing(open(config("drill", 1, "north", both, both)));
    assertEquals(List.of(), List.copyOf(north.failures), "all is well until then");
    cassandra.kill(1);
    long lostNanos = System.nanoTime();
    Map<Mailbox, Map<Long, Long>> acknowledged = Map.copyOf(north.acknowledged);
    north.stop.set(true);
    await(north.database.close());

    Mailbox unlucky = mailboxes().get(0);
    try (CqlSession session = cassandra.session(2)) {
      session.execute(
          "ALTER KEYSPACE drillpeople WITH replication = {'class': 'NetworkTopologyStrategy',"
              + " 'south': 1}");
      loseAnEntry(session, unlucky);
    }
    var config = config("drill", 2, "south", both, "south:1");
    assertThrows(CannotServe.class, () -> open(config), "not by a change of settings alone");
    var renewed = await(CassandraDatabase.renew(vertx, config, PARTITIONS, Instant.now()));
    assertEquals("north", renewed.formerDataCenter());
    assertEquals(Set.of("first"), renewed.stood());

    var south = new Owner(open(config), "second");
    assertEquals(renewed.number(), south.database.renewal());
    int gaps = 0;
    int lost = 0;
    double seconds = 0;
    for (Mailbox mailbox : mailboxes()) {
      var found = await(south.database.salvage().look(mailbox));
      Map<Long, Long> times = acknowledged.get(mailbox);
      long kept = found.keptUpTo();
      assertTrue(kept > 0, "what had come is kept");
      gaps += found.behind() > 0 ? 1 : 0;
      assertGoesOn(south, mailbox, found);
      if (!mailbox.equals(unlucky)) {
        lost += (int) times.keySet().stream().filter(seq -> seq > kept).count();
        seconds =
            Math.max(
                seconds,
                times.entrySet().stream()
                    .filter(entry -> entry.getKey() > kept)
                    .mapToDouble(entry -> (lostNanos - entry.getValue()) / 1e9)
                    .max()
                    .orElse(0));
      }
    }
    assertTrue(gaps >= 1, "one was made");
    System.out.printf(
        "drill: %d of %d acknowledged entries lost by themselves, the oldest %.3f s before; %d of"
            + " %d logs cut%n",
        lost, acknowledged.values().stream().mapToInt(Map::size).sum(), seconds, gaps, USERS);
    await(south.database.close());
  }

  /** One that had come there is gone, but not the last. */
  private static void loseAnEntry(CqlSession session, Mailbox mailbox) {
    var rows =
        session
            .execute(
                "SELECT seq, epoch FROM drill.log WHERE user = ? AND generation = 1 AND bucket = 0",
                mailbox.user().value())
            .all();
    var row = rows.get(rows.size() - 10);
    session.execute(
        "DELETE FROM drill.log WHERE user = ? AND generation = 1 AND bucket = 0 AND seq = ? AND"
            + " epoch = ?",
        mailbox.user().value(),
        row.getLong(0),
        row.getLong(1));
  }

  /** As it is where it is whole, else as the copy of what stands before the gap. */
  private static void assertGoesOn(Owner south, Mailbox mailbox, Found found)
      throws TimeoutException {
    var store = south.database.mailboxes();
    if (found.behind() > 0) {
      assertThrows(Damaged.class, () -> await(store.read(mailbox, 0, 100_000)));
      var copy = new Mailbox(mailbox.user(), mailbox.generation() + 1);
      var kept = await(south.database.salvage().read(mailbox, found, 0, 100_000)).rows();
      long before = 0;
      for (Row row : kept) {
        long epoch = south.epoch(copy);
        var own =
            new Row(
                row.seq(),
                row.last(),
                epoch,
                row.settled(),
                before == epoch ? -1 : before,
                row.entry(),
                row.body());
        south.append(copy, own);
        before = epoch;
      }
      assertEquals(found.keptUpTo(), await(store.last(copy)).last());
      assertEquals(kept.size(), await(store.read(copy, 0, 100_000)).rows().size());
      assertNumbered(await(store.read(copy, 0, 100_000)).rows(), found.keptUpTo());
    } else {
      assertEquals(found.keptUpTo(), south.fence(mailbox));
      var rows = await(store.read(mailbox, 0, 100_000)).rows();
      assertNumbered(rows, found.keptUpTo() + 1);
      Row fence = rows.get(rows.size() - 1);
      assertTrue(fence.epoch() > rows.get(rows.size() - 2).epoch(), "no epoch is given again");
    }
  }

  private static void assertNumbered(List<Row> rows, long upTo) {
    assertEquals(
        LongStream.rangeClosed(1, upTo).boxed().toList(), rows.stream().map(Row::seq).toList());
  }

  private static void goesOn(Owner north) {
    int heard = north.written();
    Awaitility.await()
        .atMost(LONG)
        .until(
            () -> !north.failures.isEmpty() || north.written() >= heard + USERS * ENTRIES_UNHEARD);
    assertEquals(List.of(), List.copyOf(north.failures), "nothing is refused");
  }
}
