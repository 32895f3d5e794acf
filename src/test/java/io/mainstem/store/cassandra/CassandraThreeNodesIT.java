package io.mainstem.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mainstem.bench.CassandraNodes;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.MailboxStore.StaleOwner;
import io.mainstem.store.Partition;
import io.mainstem.store.StageMeter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes of Cassandra with a copy each, of which one after another is stopped, while one owner
 * writes, is fenced by another, and writes on in vain.
 */
class CassandraThreeNodesIT {
  private static final int USERS = 8;
  private static final int PARTITIONS = 16;
  private static final int UNDER_WAY = 4;

  @TempDir private static Path room;
  private static CassandraNodes cassandra;
  private static Vertx vertx;

  @BeforeAll
  static void start() {
    String missing = CassandraNodes.missing();
    assumeTrue(missing == null, missing);
    vertx = Vertx.vertx();
    cassandra = new CassandraNodes(room, CassandraNodes.Setup.of(3, 21_400));
    cassandra.start();
    // A node takes requests before the others know to which data center it belongs.
    Awaitility.await()
        .atMost(Duration.ofMinutes(5))
        .ignoreExceptionsInstanceOf(CannotServe.class)
        .untilAsserted(() -> await(open().close()));
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

  private static CassandraDatabase open() throws TimeoutException {
    var config =
        SharedCassandra.config(
            cassandra,
            "three",
            3,
            Map.of(
                "contactPoints",
                cassandra.contactPoint(1)
                    + ","
                    + cassandra.contactPoint(2)
                    + ","
                    + cassandra.contactPoint(3),
                "requestMillis",
                "4000",
                "goneSeconds",
                "60"));
    return await(CassandraDatabase.open(vertx, config, PARTITIONS, StageMeter.NONE));
  }

  /** A server: it owns all partitions, and writes to all logs. */
  private static final class Owner {
    final CassandraDatabase database;
    final long incarnation;
    final Map<Integer, Long> epochs;
    final Map<Mailbox, Long> ends = new HashMap<>();

    Owner(String name) throws TimeoutException {
      database = open();
      incarnation = await(database.mailboxes().ownership().join(name));
      epochs =
          await(
              database
                  .mailboxes()
                  .ownership()
                  .take(incarnation, Set.copyOf(IntStream.range(0, PARTITIONS).boxed().toList())));
    }

    long epoch(Mailbox mailbox) {
      Long epoch = epochs.get(Partition.of(mailbox.user(), PARTITIONS));
      assertNotNull(epoch, "every partition is taken");
      return epoch;
    }

    /** Reads where the log ends and fences it. */
    void fence(Mailbox mailbox) throws TimeoutException {
      Row last = await(database.mailboxes().last(mailbox));
      long seq = last == null ? 1 : last.last() + 1;
      long before = last == null ? 0 : last.epoch();
      long epoch = epoch(mailbox);
      await(
          database
              .mailboxes()
              .append(
                  mailbox,
                  epoch,
                  new Row(seq, seq, epoch, seq - 1, before, bytes("fence"), null),
                  false));
      ends.put(mailbox, seq);
    }

    Future<Void> append(Mailbox mailbox) {
      long seq = ends.merge(mailbox, 1L, Long::sum);
      long epoch = epoch(mailbox);
      return database
          .mailboxes()
          .append(
              mailbox,
              epoch,
              new Row(seq, seq, epoch, 0, -1, bytes("entry " + seq + "/" + epoch), bytes("body")),
              seq % 5 == 0);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What was acknowledged: by mailbox, number and epoch. */
  private final Map<Mailbox, Map<Long, Long>> acknowledged = new HashMap<>();

  /** Writes so many entries to every log, a few under way at a time. */
  private void load(Owner owner, List<Mailbox> mailboxes, int entries) throws TimeoutException {
    var all = new ArrayList<Future<Void>>();
    for (Mailbox mailbox : mailboxes) {
      all.add(write(owner, mailbox, new AtomicInteger(entries)));
    }
    for (Future<Void> one : all) {
      await(one);
    }
  }

  private Future<Void> write(Owner owner, Mailbox mailbox, AtomicInteger left) {
    if (left.get() <= 0) {
      return Future.succeededFuture();
    }
    var some = new ArrayList<Future<Void>>();
    for (int i = 0; i < UNDER_WAY && left.getAndDecrement() > 0; i++) {
      Future<Void> settled;
      long seq;
      long epoch = owner.epoch(mailbox);
      synchronized (owner) {
        settled = owner.append(mailbox);
        seq = owner.ends.get(mailbox);
      }
      some.add(
          settled.map(
              done -> {
                synchronized (acknowledged) {
                  acknowledged.computeIfAbsent(mailbox, absent -> new HashMap<>()).put(seq, epoch);
                }
                return done;
              }));
    }
    return Future.join(some).compose(done -> write(owner, mailbox, left));
  }

  private void assertNothingIsLost(CassandraMailboxStore store, List<Mailbox> mailboxes)
      throws TimeoutException {
    for (Mailbox mailbox : mailboxes) {
      var rows = await(store.read(mailbox, 0, 10_000)).rows();
      var found = new HashMap<Long, Long>();
      rows.forEach(row -> found.put(row.seq(), row.epoch()));
      assertEquals(rows.size(), found.size(), "each number once");
      assertEquals(rows.size(), rows.get(rows.size() - 1).last(), "no number is missing");
      acknowledged
          .get(mailbox)
          .forEach((seq, epoch) -> assertEquals(epoch, found.get(seq), mailbox + " " + seq));
    }
  }

  @Test
  void nothingIsLostWhileOneNodeAfterAnotherIsStoppedAndTheOwnerChanges() throws Exception {
    List<Mailbox> mailboxes =
        IntStream.range(0, USERS).mapToObj(i -> new Mailbox(new UserId("user" + i), 1)).toList();
    var first = new Owner("first");
    for (Mailbox mailbox : mailboxes) {
      first.fence(mailbox);
    }
    load(first, mailboxes, 40);

    cassandra.kill(3);
    load(first, mailboxes, 40);
    assertNothingIsLost(first.database.mailboxes(), mailboxes);

    // While a copy is missing, another owner fences the first, which does not know of it yet.
    var second = openSecond(first.incarnation);
    Mailbox some = mailboxes.get(0);
    Throwable late = await(first.append(some).<Throwable>map(ignored -> null).otherwise(e -> e));
    assertInstanceOf(StaleOwner.class, late, "a fenced owner acknowledges nothing");
    for (Mailbox mailbox : mailboxes) {
      second.fence(mailbox);
    }
    load(second, mailboxes, 40);
    assertNothingIsLost(second.database.mailboxes(), mailboxes);

    // The copy that comes back has missed all that; another one goes: its reads are repaired.
    cassandra.start(3);
    cassandra.kill(2);
    load(second, mailboxes, 40);
    assertNothingIsLost(second.database.mailboxes(), mailboxes);
    assertTrue(
        acknowledged.values().stream().allMatch(seqs -> seqs.size() == 160),
        "everything was acknowledged");
    await(first.database.close());
    await(second.database.close());
  }

  private static Owner openSecond(long fenced) throws TimeoutException {
    CassandraDatabase fencer = open();
    await(fencer.mailboxes().ownership().fence(fenced));
    await(fencer.close());
    return new Owner("second");
  }
}
