package io.mainstem.bench;

import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.config.Config;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.Partition;
import io.mainstem.store.StageMeter;
import io.mainstem.store.cassandra.CassandraDatabase;
import io.vertx.cassandra.CassandraClient;
import io.vertx.cassandra.CassandraClientOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Appends a second to the log in Cassandra, of one user and of 64: by plain quorum writes that a
 * shared read settles, and, in the same run, by one lightweight transaction an append. On a
 * Cassandra of one node that is started for it, with every write synced.
 */
public final class AppendCassandraScenario implements Scenario {
  private static final int FIRST_PORT = 21_600;
  private static final int PARTITIONS = 64;
  private static final int ENTRY_BYTES = 300;
  private static final int BODY_BYTES = 700;

  /**
   * A load.
   *
   * @param underWay appends of each user that are not answered yet; a transaction must wait for the
   *     one before it
   */
  private record Load(String how, int users, int underWay) {}

  private static final List<Load> LOADS =
      List.of(
          new Load("write and shared read", 1, 1),
          new Load("transaction", 1, 1),
          new Load("write and shared read", 1, 64),
          new Load("write and shared read", 64, 1),
          new Load("transaction", 64, 1));

  @Override
  public String name() {
    return "append-cassandra";
  }

  @Override
  public void run(Lab lab) throws Exception {
    String missing = CassandraNodes.missing();
    if (missing != null) {
      throw new IllegalStateException(missing);
    }
    var room = lab.room().resolve("cassandra");
    Lab.delete(room);
    try (var cassandra = new CassandraNodes(room, CassandraNodes.Setup.of(1, FIRST_PORT))) {
      cassandra.start();
      var rates = new HashMap<Load, List<Double>>();
      var halves = new HashMap<Load, List<Double>>();
      for (int run = 0; run < lab.runs(); run++) {
        for (Load load : LOADS) {
          try (var logs =
              load.how().equals("transaction")
                  ? Transactions.open(lab.vertx(), cassandra)
                  : Plain.open(lab.vertx(), cassandra, run * 100 + LOADS.indexOf(load))) {
            var measuring = new Measuring(logs, load);
            measuring.run(lab.warmUp());
            measuring.millis.clear();
            long before = System.nanoTime();
            long done = measuring.run(lab.measured());
            rates
                .computeIfAbsent(load, absent -> new ArrayList<>())
                .add(done * 1e9 / (System.nanoTime() - before));
            halves.computeIfAbsent(load, absent -> new ArrayList<>()).add(median(measuring.millis));
          }
        }
      }
      for (Load load : LOADS) {
        var params = Map.of("how", load.how(), "users", load.users(), "underWay", load.underWay());
        var more = Map.of("fsync_per_s", lab.fsyncPerSecond());
        lab.figures()
            .add(name(), "appends_per_s", "1/s", params, rates.getOrDefault(load, List.of()), more);
        lab.figures()
            .add(name(), "p50_ms", "ms", params, halves.getOrDefault(load, List.of()), more);
      }
    }
  }

  private static double median(ConcurrentLinkedQueue<Double> millis) {
    var sorted = new ArrayList<>(millis);
    sorted.sort(null);
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
  }

  @CanIgnoreReturnValue
  private static <T> T await(Future<T> future) throws TimeoutException {
    return future.await(2, TimeUnit.MINUTES);
  }

  // ---- loading

  /** So many appends of each user under way; each answer sends the next. */
  private static final class Measuring {
    private final Logs logs;
    private final Load load;
    private final long[] next;
    private final ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();

    Measuring(Logs logs, Load load) throws TimeoutException {
      this.logs = logs;
      this.load = load;
      this.next = new long[load.users()];
      for (int user = 0; user < load.users(); user++) {
        await(logs.begin(user));
        next[user] = 2;
      }
    }

    /** Loads for a while; how many appends were settled. */
    @CanIgnoreReturnValue
    long run(Duration time) throws TimeoutException {
      long until = System.nanoTime() + time.toNanos();
      int before = millis.size();
      var all = new ArrayList<Future<Void>>();
      for (int user = 0; user < load.users(); user++) {
        for (int i = 0; i < load.underWay(); i++) {
          all.add(send(user, until));
        }
      }
      await(Future.all(all));
      return (long) millis.size() - before;
    }

    private Future<Void> send(int user, long until) {
      long began = System.nanoTime();
      Future<Void> settled;
      synchronized (next) {
        settled = logs.append(user, next[user]++);
      }
      return settled.compose(
          done -> {
            millis.add((System.nanoTime() - began) / 1e6);
            return System.nanoTime() < until ? send(user, until) : Future.succeededFuture();
          });
    }
  }

  /** Logs of users, to which one number after another is appended. */
  private interface Logs extends AutoCloseable {
    /** Writes what stands before the first append, as number 1. */
    Future<Void> begin(int user);

    Future<Void> append(int user, long seq);

    @Override
    void close() throws TimeoutException;
  }

  private static final byte[] ENTRY = new byte[ENTRY_BYTES];
  private static final byte[] BODY = new byte[BODY_BYTES];

  /** The store as it is. */
  private record Plain(CassandraDatabase database, Map<Integer, Long> epochs, int generation)
      implements Logs {
    static Plain open(Vertx vertx, CassandraNodes cassandra, int generation)
        throws TimeoutException {
      var config =
          Config.of(
                  Map.of(
                      "store.cassandra.contactPoints",
                      cassandra.contactPoint(1),
                      "store.cassandra.replication",
                      "datacenter1:1"))
              .store()
              .cassandra();
      CassandraDatabase database =
          await(CassandraDatabase.open(vertx, config, PARTITIONS, StageMeter.NONE));
      Set<Integer> all = IntStream.range(0, PARTITIONS).boxed().collect(Collectors.toSet());
      var ownership = database.mailboxes().ownership();
      Map<Integer, Long> epochs =
          await(ownership.join("bench").compose(incarnation -> ownership.take(incarnation, all)));
      return new Plain(database, epochs, generation + 1);
    }

    @Override
    public Future<Void> begin(int user) {
      return put(user, 1, 0);
    }

    @Override
    public Future<Void> append(int user, long seq) {
      return put(user, seq, -1);
    }

    private Future<Void> put(int user, long seq, long previousEpoch) {
      var mailbox = new Mailbox(new UserId("user-" + user), generation);
      long epoch = epochs.getOrDefault(Partition.of(mailbox.user(), PARTITIONS), 0L);
      MailboxStore store = database.mailboxes();
      return store.append(
          mailbox, epoch, new Row(seq, seq, epoch, seq - 1, previousEpoch, ENTRY, BODY), false);
    }

    @Override
    public void close() throws TimeoutException {
      await(database.close());
    }
  }

  /** One lightweight transaction an append, conditional on owner and end of the log. */
  private record Transactions(
      CassandraClient client,
      PreparedStatement fence,
      PreparedStatement end,
      PreparedStatement row,
      long epoch)
      implements Logs {
    static Transactions open(Vertx vertx, CassandraNodes cassandra) throws TimeoutException {
      String point = cassandra.contactPoint(1);
      int colon = point.lastIndexOf(':');
      var options =
          new CassandraClientOptions()
              .addContactPoint(
                  new InetSocketAddress(
                      point.substring(0, colon), Integer.parseInt(point.substring(colon + 1))));
      options
          .dataStaxClusterBuilder()
          .withConfigLoader(
              DriverConfigLoader.programmaticBuilder()
                  .withString(DefaultDriverOption.LOAD_BALANCING_LOCAL_DATACENTER, "datacenter1")
                  .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(30))
                  .build());
      CassandraClient client = CassandraClient.create(vertx, options);
      await(
          client.execute(
              "CREATE KEYSPACE IF NOT EXISTS transactions WITH replication = {'class':"
                  + " 'NetworkTopologyStrategy', 'datacenter1': 1}"));
      await(
          client.execute(
              "CREATE TABLE IF NOT EXISTS transactions.log (user text, epoch bigint static, last"
                  + " bigint static, seq bigint, entry blob, body blob, PRIMARY KEY (user, seq))"));
      return new Transactions(
          client,
          await(
              client.prepare(
                  "INSERT INTO transactions.log (user, epoch, last) VALUES (?, ?, 1) IF NOT"
                      + " EXISTS")),
          await(
              client.prepare(
                  "UPDATE transactions.log SET epoch = ?, last = ? WHERE user = ? IF epoch = ? AND"
                      + " last = ?")),
          await(
              client.prepare(
                  "INSERT INTO transactions.log (user, seq, entry, body) VALUES (?, ?, ?, ?)")),
          System.nanoTime());
    }

    @Override
    public Future<Void> begin(int user) {
      return client.execute(fence.bind(name(user), epoch)).mapEmpty();
    }

    /** A log of its own in each run. */
    private String name(int user) {
      return "user-" + user + "-" + epoch;
    }

    @Override
    public Future<Void> append(int user, long seq) {
      var batch =
          BatchStatement.newInstance(BatchType.UNLOGGED)
              .add(end.bind(epoch, seq, name(user), epoch, seq - 1))
              .add(row.bind(name(user), seq, ByteBuffer.wrap(ENTRY), ByteBuffer.wrap(BODY)))
              .setConsistencyLevel(DefaultConsistencyLevel.LOCAL_QUORUM)
              .setSerialConsistencyLevel(DefaultConsistencyLevel.LOCAL_SERIAL);
      return client
          .execute(batch)
          .compose(
              result ->
                  result.wasApplied()
                      ? Future.succeededFuture()
                      : Future.failedFuture("a transaction of the bench was not applied"));
    }

    @Override
    public void close() throws TimeoutException {
      await(client.close());
    }
  }
}
