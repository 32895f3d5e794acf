package io.mainstem.simulation;

import io.mainstem.cell.ring.Majority;
import io.mainstem.cell.ring.Member;
import io.mainstem.cell.ring.Ring;
import io.mainstem.config.Config;
import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.host.HostParts;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.mailbox.host.Outbox;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Damaged;
import io.mainstem.store.MailboxStore.StaleOwner;
import io.mainstem.store.Partition;
import io.mainstem.store.StageMeter;
import io.mainstem.store.cassandra.CassandraMailboxStore;
import io.mainstem.store.cassandra.CassandraOwnership;
import io.mainstem.store.cassandra.Replicas.Incarnation;
import io.mainstem.store.cassandra.Tuning;
import io.mainstem.store.cassandra.Turns;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A node of the simulated cell: the real mailbox host over the real store and ownership, and around
 * them what membership and routing do: it hears of the others by heartbeats, computes the ring,
 * takes what the ring gives it, gives what the ring takes, and fences those that are gone when its
 * side is the larger one.
 */
final class Node {
  private static final long BEAT_MICROS = 300_000;
  private static final long SILENCE_MICROS = 1_500_000;
  private static final long LOOK_MICROS = 500_000;
  private static final long RESTART_MICROS = 500_000;
  private static final long DEADLINE_MICROS = 6_000_000;
  private static final Duration PATIENT = Duration.ofMinutes(10);

  private static final io.mainstem.config.Mailbox CONFIG =
      Config.of(
              Map.of(
                  "mailbox.snapshotEntries", "3",
                  "mailbox.snapshotSeconds", "1",
                  "mailbox.cacheBytes", "1m"))
          .mailbox();
  private static final Tuning TUNING =
      new Tuning(3, 1 << 20, 1_024, 64 << 20, 1_024, 1_024, 50, 1_000, 1_000, 5_000, 10);

  /** A ring is a function of its members, and the same few come again in every run. */
  private static final Map<Set<String>, Ring> RINGS = new ConcurrentHashMap<>();

  private static Ring ringOf(Set<String> members) {
    return Ring.of(members.stream().map(Member::new).toList(), Cell.PARTITIONS);
  }

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
  private final Cell cell;
  private final World world;
  private final Map<String, Long> heard = new TreeMap<>();
  private Ring ring = Ring.of(List.of(), Cell.PARTITIONS);
  private @Nullable LocalMailboxes mailboxes;
  private @Nullable CassandraOwnership ownership;
  private boolean looking;

  Node(Cell cell, String name) {
    this.cell = cell;
    this.world = cell.world;
    this.host = new World.Host(name);
  }

  // ---- life

  void start() {
    world.revive(host);
    mailboxes = null;
    looking = false;
    heard.clear();
    cell.nodes.forEach(other -> heard.put(other.host.name, world.now()));
    var replicas = cell.replicasFor(host);
    var turns = new HostTurns(world, host);
    var ownership =
        new CassandraOwnership(
            replicas, turns, TUNING, () -> host.name + "-" + world.random.nextLong());
    var store =
        new CassandraMailboxStore(
            replicas, turns, TUNING, Cell.PARTITIONS, ownership, StageMeter.NONE);
    this.ownership = ownership;
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
            CONFIG,
            host.name,
            Cell.PARTITIONS);
    world.after(host, 0, this::beat);
    world.after(host, 0, () -> join(parts));
    world.after(host, LOOK_MICROS, this::look);
  }

  private void startIfDown() {
    if (!host.isUp()) {
      start();
    }
  }

  private void join(HostParts parts) {
    LocalMailboxes.join(new SimulatedVertx(world, host).vertx(), parts, 1)
        .onSuccess(joined -> mailboxes = joined)
        .onFailure(cause -> world.after(host, LOOK_MICROS, () -> join(parts)));
  }

  // ---- membership

  private void beat() {
    for (Node other : cell.nodes) {
      if (other != this) {
        cell.network.carry(host.name, other.host, () -> other.heard.put(host.name, world.now()));
      }
    }
    world.after(host, BEAT_MICROS, this::beat);
  }

  private Set<String> seen() {
    var seen = new TreeSet<String>();
    heard.forEach(
        (name, at) -> {
          if (name.equals(host.name) || world.now() - at < SILENCE_MICROS) {
            seen.add(name);
          }
        });
    return seen;
  }

  /** Makes what it holds agree with the ring, one look at a time. */
  private void look() {
    world.after(host, LOOK_MICROS, this::look);
    Set<String> seen = seen();
    ring = RINGS.computeIfAbsent(seen, Node::ringOf);
    LocalMailboxes mailboxes = this.mailboxes;
    CassandraOwnership ownership = this.ownership;
    if (looking || mailboxes == null || ownership == null) {
      return;
    }
    looking = true;
    Set<Integer> mine = ring.partitionsOf(host.name);
    var surplus = new TreeSet<>(mailboxes.held());
    surplus.removeAll(mine);
    if (!surplus.isEmpty()) {
      world.note("%s gives %s", host.name, surplus);
      mailboxes.give(surplus, PATIENT).onComplete(given -> {});
    }
    ownership
        .incarnations()
        .compose(
            all -> {
              boolean fenced =
                  all.stream().anyMatch(i -> i.id() == mailboxes.incarnation() && i.fenced());
              if (fenced) {
                return Future.failedFuture(new StaleOwner("fenced"));
              }
              return fenceThoseWhoAreGone(ownership, all, seen)
                  .compose(done -> mailboxes.take(mine))
                  .<Void>mapEmpty();
            })
        .recover(
            cause -> {
              if (cause instanceof StaleOwner) {
                // As a process that ends, and is started again.
                world.kill(host);
                world.after(RESTART_MICROS, this::startIfDown);
              }
              return Future.failedFuture(cause);
            })
        .onComplete(done -> looking = false);
  }

  private Future<Void> fenceThoseWhoAreGone(
      CassandraOwnership ownership, List<Incarnation> all, Set<String> seen) {
    Set<String> registered =
        all.stream().map(Incarnation::node).collect(Collectors.toCollection(TreeSet::new));
    if (!Majority.mayFence(registered, seen)) {
      return Future.succeededFuture();
    }
    List<Future<Void>> fences =
        all.stream()
            .filter(one -> !one.fenced() && !seen.contains(one.node()))
            .map(one -> ownership.fence(one.id()))
            .toList();
    return Future.join(fences).mapEmpty();
  }

  // ---- routing

  /** Asks the owner as this node knows him, here or by one message to another node. */
  <R> void ask(
      UserId user, Function<LocalMailboxes, Future<R>> question, Consumer<Answer<R>> answer) {
    String owner = ring.ownerOf(Partition.of(user, Cell.PARTITIONS));
    var once = new Once<>(answer);
    world.after(
        host, DEADLINE_MICROS, () -> once.accept(Answer.none("the owner did not answer in time")));
    if (owner == null || owner.equals(host.name) || holds(user)) {
      askHere(question, once);
      return;
    }
    Node other = cell.node(owner);
    int life = world.lifeOf(host);
    cell.network.carry(
        host.name,
        other.host,
        () ->
            other.askHere(
                question,
                reply ->
                    cell.network.carry(other.host.name, host, life, () -> once.accept(reply))));
  }

  private boolean holds(UserId user) {
    LocalMailboxes here = mailboxes;
    return here != null && here.held().contains(Partition.of(user, Cell.PARTITIONS));
  }

  private <R> void askHere(
      Function<LocalMailboxes, Future<R>> question, Consumer<Answer<R>> answer) {
    LocalMailboxes mailboxes = this.mailboxes;
    if (mailboxes == null) {
      answer.accept(Answer.none("the node is not ready"));
      return;
    }
    long incarnation = mailboxes.incarnation();
    Future<R> reply = question.apply(mailboxes);
    cell.history.opened(host, reply);
    reply.onComplete(
        done -> {
          if (done.cause() instanceof Damaged damage) {
            world.fail(host.name + " believes in damage: " + damage.getMessage());
          }
          answer.accept(new Answer<>(reply, incarnation));
        });
  }

  /**
   * @param incarnation that answered; 0 when nobody did
   */
  record Answer<R>(Future<R> reply, long incarnation) {
    static <R> Answer<R> none(String why) {
      return new Answer<>(Future.failedFuture(why), 0);
    }
  }

  /** Takes the first answer. */
  private static final class Once<T> implements Consumer<T> {
    private final Consumer<T> consumer;
    private boolean done;

    Once(Consumer<T> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void accept(T value) {
      if (!done) {
        done = true;
        consumer.accept(value);
      }
    }
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
