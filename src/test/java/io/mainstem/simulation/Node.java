package io.mainstem.simulation;

import io.mainstem.cell.CellRouter;
import io.mainstem.cell.wire.Peers;
import io.mainstem.cell.wire.WireSettings;
import io.mainstem.config.Config;
import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.host.HostParts;
import io.mainstem.mailbox.host.Outbox;
import io.mainstem.message.UserId;
import io.mainstem.store.StageMeter;
import io.mainstem.store.cassandra.CassandraMailboxStore;
import io.mainstem.store.cassandra.CassandraOwnership;
import io.mainstem.store.cassandra.Tuning;
import io.mainstem.store.cassandra.Turns;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.reflect.Constructor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A node of the simulated cell: the real cell with its router and placement and the real mailbox
 * host, over the real store and ownership. What is simulated is under them and around them.
 */
final class Node {
  private static final long RESTART_MICROS = 1_000_000;
  private static final Duration STOP_AT_MOST = Duration.ofSeconds(10);
  private static final Duration GIVE_AT_MOST = Duration.ofSeconds(5);

  private static final Map<String, Config> CONFIGS = new ConcurrentHashMap<>();

  /**
   * Less than on a server, so that a trouble of some seconds is often longer; more than a beat and
   * a retry.
   */
  static final long STALE_MILLIS = 2_000;

  private static final Tuning TUNING =
      new Tuning(
          3, 1 << 20, 1_024, 64 << 20, 1_024, 1_024, 50, 1_000, 1_000, 5_000, STALE_MILLIS, 10);

  private static final Outbox NOBODY =
      new Outbox() {
        @Override
        public void onSettled(
            UserId user, List<Query.Outgoing> outgoing, List<Query.Receipt> receipts) {}

        @Override
        public void onLoaded(UserId user) {}

        @Override
        public void onDropped(UserId user) {}
      };

  final World.Host host;
  private final SimulatedCell cell;
  private final World world;
  private @Nullable SimulatedMembership membership;
  private @Nullable SimulatedWire wire;
  private io.mainstem.cell.@Nullable Cell running;
  private boolean stopping;

  Node(SimulatedCell cell, String name) {
    this.cell = cell;
    this.world = cell.world;
    this.host = new World.Host(name);
  }

  private static Config config(String node) {
    return CONFIGS.computeIfAbsent(
        node,
        name ->
            Config.of(
                Map.of(
                    "cell.enabled", "true",
                    "cell.node", name,
                    "cell.members.seeds", "nowhere:1",
                    "cell.requestSeconds", "6",
                    "cell.watchSeconds", "2",
                    "mailbox.snapshotEntries", "3",
                    "mailbox.snapshotSeconds", "1",
                    "mailbox.cacheBytes", "1m")));
  }

  // ---- life

  void start() {
    world.revive(host);
    running = null;
    wire = null;
    stopping = false;
    var member = new SimulatedMembership(cell, host);
    membership = member;
    var replicas = cell.replicasFor(host);
    var turns = new HostTurns(world, host);
    var ownership =
        new CassandraOwnership(
            replicas, turns, TUNING, () -> host.name + "-" + world.random.nextLong());
    var store =
        new CassandraMailboxStore(
            replicas, turns, TUNING, SimulatedCell.PARTITIONS, ownership, StageMeter.NONE);
    Config config = config(host.name);
    var parts =
        new HostParts(
            store,
            ownership,
            user -> Future.succeededFuture(1),
            NOBODY,
            (user, counts, cursor) -> {},
            StageMeter.NONE,
            new WallClock(world),
            world.random::nextLong,
            Limits.DEFAULT,
            config.mailbox(),
            host.name,
            SimulatedCell.PARTITIONS);
    Vertx vertx = new SimulatedVertx(world, host).vertx();
    world.after(
        host,
        0,
        () ->
            io.mainstem.cell.Cell.start(
                    new io.mainstem.cell.Cell.Parts(
                        vertx, parts, 1, config.cell(), member, "test", "store", GIVE_AT_MOST))
                .onSuccess(started -> running = started)
                .onFailure(this::onFailed));
  }

  /** As a process ends that cannot start; somebody starts it again. */
  private void onFailed(Throwable cause) {
    world.note("%s cannot start: %s", host.name, cause);
    die(RESTART_MICROS);
  }

  /** Ends in the middle of whatever it does, and is started again some time later. */
  void die(long restartMicros) {
    SimulatedWire streams = wire;
    if (streams != null) {
      streams.die();
    }
    world.kill(host);
    running = null;
    wire = null;
    membership = null;
    world.after(restartMicros, this::startIfDown);
  }

  void startIfDown() {
    if (!host.isUp()) {
      start();
    }
  }

  /** As an operator stops a node: it gives everything away first. */
  void stop(long restartMicros) {
    io.mainstem.cell.Cell stopped = running;
    if (stopped == null || stopping) {
      return;
    }
    world.note("%s is stopped", host.name);
    stopping = true;
    world.after(host, 0, () -> stopped.stop(STOP_AT_MOST).onComplete(done -> die(restartMicros)));
  }

  // ---- what stands in place of the world outside

  Peers listen(Vertx vertx, WireSettings settings, Peers.Listener listener) {
    try {
      Constructor<Peers> constructor =
          Peers.class.getDeclaredConstructor(
              Vertx.class, WireSettings.class, String.class, Peers.Listener.class);
      constructor.setAccessible(true);
      Peers peers = constructor.newInstance(vertx, settings, settings.cell(), listener);
      var streams = new SimulatedWire(cell, host, listener);
      wire = streams;
      cell.addWire(peers, streams);
      return peers;
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @Nullable SimulatedWire wire() {
    return wire;
  }

  @Nullable SimulatedMembership membership() {
    return membership;
  }

  /** The mailboxes of the cell as clients of this node reach them; null while it starts. */
  @Nullable CellRouter router() {
    return running == null ? null : running.router();
  }

  /** Turns of a host: never two together, since the world has one thread. */
  record HostTurns(World world, World.Host host) implements Turns {
    @Override
    public void run(Runnable task) {
      if (world.running() == host) {
        task.run();
      } else {
        world.after(host, 0, task);
      }
    }

    @Override
    public void after(long millis, Runnable task) {
      world.after(host, millis * 1000, task);
    }

    @Override
    public long nowMillis() {
      return world.nowMillis();
    }
  }

  private static final class WallClock extends Clock {
    private final World world;

    WallClock(World world) {
      this.world = world;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(world.wallMillis());
    }
  }
}
