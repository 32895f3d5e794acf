package io.mainstem.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mainstem.bench.CassandraNodes;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.Partition;
import io.mainstem.store.StageMeter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A keyspace with copies in two data centers: the cell counts its quorums in one of them and needs
 * nothing of the other.
 */
class CassandraTwoCentersIT {
  private static final int USERS = 8;
  private static final int PARTITIONS = 16;
  private static final int ENTRIES_BEFORE = 200;

  private static final int ENTRIES_UNHEARD = 50;

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
    var config =
        SharedCassandra.config(
            cassandra,
            "two",
            1,
            Map.of(
                "contactPoints",
                cassandra.contactPoint(node),
                "dataCenter",
                dataCenter,
                "replication",
                replication,
                "requestMillis",
                "4000"));
    return await(CassandraDatabase.open(vertx, config, PARTITIONS, StageMeter.NONE));
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

  @Test
  void aCellGoesOnWithoutTheOtherDataCenter() throws Exception {
    List<Mailbox> mailboxes =
        IntStream.range(0, USERS).mapToObj(i -> new Mailbox(new UserId("user" + i), 1)).toList();
    var north = new Owner(open(1, "north", "north:1,south:1"), "first");
    for (Mailbox mailbox : mailboxes) {
      north.fence(mailbox);
    }
    for (Mailbox mailbox : mailboxes) {
      north.write(mailbox, north.fences.get(mailbox) + 1).onFailure(north.failures::add);
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(120))
        .until(() -> north.written() >= USERS * ENTRIES_BEFORE);

    assertEquals(List.of(), List.copyOf(north.failures), "all is well until then");
    // Quorums are counted here: that the other center is frozen, or gone, is not noticed.
    cassandra.freeze(2);
    goesOn(north);
    cassandra.thaw(2);
    cassandra.kill(2);
    goesOn(north);
    north.stop.set(true);
    for (Mailbox mailbox : mailboxes) {
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

  private static void goesOn(Owner north) {
    int heard = north.written();
    Awaitility.await()
        .atMost(Duration.ofSeconds(120))
        .until(
            () -> !north.failures.isEmpty() || north.written() >= heard + USERS * ENTRIES_UNHEARD);
    assertEquals(List.of(), List.copyOf(north.failures), "nothing is refused");
  }
}
