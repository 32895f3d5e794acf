package io.mainstem.simulation;

import io.mainstem.cell.CellRouter;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.UserId;
import io.mainstem.simulation.History.Arrived;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * Somebody's device: watches a mailbox at some node, reads at its own pace, and goes on by its
 * cursor at another node now and then, or when that one tells nothing more. Sometimes it is a new
 * device, that is told everything from the beginning.
 */
final class Device {
  private static final Cursor BEGINNING = new Cursor(1, 0);
  private static final int WINDOW = 4;
  private static final long STAYS_LEAST_MICROS = 500_000;
  private static final long STAYS_MOST_MICROS = 8_000_000;
  private static final long PAUSE_MICROS = 400_000;
  private static final long SLOW_MICROS = 300_000;

  private final SimulatedCell cell;
  private final World world;
  private final String name;
  private final UserId user;
  private final List<Arrived> told = new ArrayList<>();
  private Cursor cursor = BEGINNING;

  /** Counts its connections: what comes over an earlier one is nobody's any more. */
  private int connection;

  private @Nullable Watching watching;

  Device(SimulatedCell cell, String name, UserId user) {
    this.cell = cell;
    this.world = cell.world;
    this.name = name;
    this.user = user;
  }

  UserId user() {
    return user;
  }

  /** What it was told, from the beginning. */
  List<Arrived> told() {
    return told;
  }

  @Override
  public String toString() {
    return name + " of " + user;
  }

  void connect() {
    int mine = ++connection;
    if (watching != null) {
      watching.leave();
      watching = null;
    }
    if (!cell.quiet && world.chance(0.1)) {
      told.clear();
      cursor = BEGINNING;
    }
    world.after(
        world.between(STAYS_LEAST_MICROS, STAYS_MOST_MICROS),
        () -> {
          if (mine == connection) {
            connect();
          }
        });
    Node node = cell.nodes.get(world.random.nextInt(cell.nodes.size()));
    cell.network.carry(
        name,
        node.host,
        () -> {
          CellRouter router = node.router();
          if (router != null && mine == connection) {
            world.note("%s watches at %s from %s", this, node.host.name, cursor);
            watching = new Watching(mine, node.host);
            router.watch(user, cursor).subscribe(watching);
          }
        });
  }

  /** One connection. */
  private final class Watching extends BaseSubscriber<Watched> {
    private final int mine;
    private final World.Host host;
    private final int life;
    private boolean caughtUp;
    private boolean knowsStale;

    Watching(int mine, World.Host host) {
      this.mine = mine;
      this.host = host;
      this.life = world.lifeOf(host);
    }

    private boolean stands() {
      return mine == connection && host.isUp() && world.lifeOf(host) == life;
    }

    void leave() {
      if (host.isUp() && world.lifeOf(host) == life) {
        cancel();
      }
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      subscription.request(WINDOW);
    }

    @Override
    protected void hookOnNext(Watched watched) {
      if (!stands()) {
        return;
      }
      onTold(watched);
      world.after(
          world.chance(0.5) ? 0 : world.between(0, SLOW_MICROS),
          () -> {
            if (stands()) {
              request(1);
            }
          });
    }

    private void onTold(Watched watched) {
      switch (watched) {
        case Watched.Entry entry -> {
          Cursor next = entry.frame().cursor();
          if (next.seq() <= cursor.seq()) {
            world.fail("%s is told %s after %s".formatted(Device.this, next, cursor));
          }
          cursor = next;
          told.addAll(History.arrived(entry.frame()));
        }
        case Watched.CaughtUp end -> {
          if (caughtUp || end.cursor().seq() < cursor.seq()) {
            world.fail("%s is told %s after %s".formatted(Device.this, end, cursor));
          }
          caughtUp = true;
          knowsStale = end.stale();
          cursor = end.cursor();
        }
        case Watched.Reset reset ->
            world.fail(
                "%s is told to start anew at %s, though it was told %s"
                    .formatted(Device.this, reset.cursor(), cursor));
        case Watched.Ephemeral ephemeral -> {}
        case Watched.Stale stale -> onStale(stale.now());
        case Watched.Reconnect gone -> again();
      }
    }

    /** Said after the beginning, and only when it changes. */
    private void onStale(boolean now) {
      if (!caughtUp || knowsStale == now) {
        world.fail(
            "%s is told %s for the second time".formatted(Device.this, now ? "stale" : "fresh"));
      }
      knowsStale = now;
    }

    @Override
    protected void hookOnError(Throwable cause) {
      world.note("%s has lost its watch: %s", Device.this, cause);
      again();
    }

    private void again() {
      world.after(
          world.between(0, PAUSE_MICROS),
          () -> {
            if (mine == connection) {
              connect();
            }
          });
    }
  }
}
