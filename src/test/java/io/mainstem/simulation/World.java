package io.mainstem.simulation;

import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Virtual time, chance, and all that is still to happen. One thread; one order for one seed. */
public final class World {
  /** What time it is when a world begins, milliseconds since 1970. */
  private static final long GENESIS_MILLIS = 1_750_000_000_000L;

  private static final long PAUSE_LEAST_MICROS = 1_000_000;
  private static final long PAUSE_MOST_MICROS = 6_000_000;

  /** Something that can freeze and die. */
  static final class Host {
    final String name;

    /** Counts its lives: what was meant for an earlier one never happens. */
    private int life;

    private long frozenUntil;
    private boolean up = true;

    Host(String name) {
      this.name = name;
    }

    boolean isUp() {
      return up;
    }
  }

  private record Event(long at, long order, @Nullable Host host, int life, Runnable task)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  /** The world that this thread is letting happen. */
  private static final ThreadLocal<World> CURRENT = new ThreadLocal<>();

  final SplittableRandom random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final @Nullable StringBuilder trace;
  private long now;
  private long order;
  private @Nullable Host running;
  private @Nullable String failure;
  private @Nullable Object scene;
  private double pauses;

  World(long seed, boolean traced) {
    this.random = new SplittableRandom(seed);
    this.trace = traced ? new StringBuilder() : null;
  }

  static @Nullable World current() {
    return CURRENT.get();
  }

  /** The name of the host whose turn it is; empty when it is nobody's. */
  public static String runningName() {
    World world = CURRENT.get();
    return world == null || world.running == null ? "" : world.running.name;
  }

  /** In place of {@link System#nanoTime} in classes that were loaded for the simulation. */
  public static long nanoTime() {
    World world = CURRENT.get();
    return world == null ? 0 : world.now * 1000;
  }

  /** Microseconds since the beginning. */
  long now() {
    return now;
  }

  long nowMillis() {
    return now / 1000;
  }

  /** What a clock on a wall shows. */
  long wallMillis() {
    return GENESIS_MILLIS + nowMillis();
  }

  /** Whose turn it is; null for the world's own. */
  @Nullable Host running() {
    return running;
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** From {@code least} to {@code most}, both included. */
  long between(long least, long most) {
    return random.nextLong(least, most + 1);
  }

  /** Happens after so many microseconds, whatever becomes of any host. */
  void after(long micros, Runnable task) {
    events.add(new Event(now + micros, order++, null, 0, task));
  }

  /**
   * Happens on this host after so many microseconds, later when it is frozen then, never when it
   * dies before.
   */
  void after(Host host, long micros, Runnable task) {
    events.add(new Event(now + micros, order++, host, host.life, task));
  }

  /** As the one above, for one life of the host: what comes in a later one finds nobody. */
  void after(Host host, int life, long micros, Runnable task) {
    events.add(new Event(now + micros, order++, host, life, task));
  }

  /** Stops a host in the middle of whatever it does; what comes to it meanwhile waits. */
  void freeze(Host host, long micros) {
    host.frozenUntil = Math.max(host.frozenUntil, now + micros);
    note("%s freezes until %d", host.name, host.frozenUntil / 1000);
  }

  /** In the middle of something, a host may freeze just then. */
  void mayPause(Host host) {
    if (chance(pauses)) {
      freeze(host, between(PAUSE_LEAST_MICROS, PAUSE_MOST_MICROS));
    }
  }

  void setPauses(double probability) {
    pauses = probability;
  }

  void kill(Host host) {
    host.life++;
    host.up = false;
    note("%s dies", host.name);
  }

  void revive(Host host) {
    host.life++;
    host.up = true;
    host.frozenUntil = 0;
    note("%s starts", host.name);
  }

  int lifeOf(Host host) {
    return host.life;
  }

  /** Lets things happen until this time, or until nothing is left, or something has failed. */
  void runUntil(long micros) {
    CURRENT.set(this);
    try {
      happen(micros);
    } finally {
      CURRENT.remove();
    }
  }

  private void happen(long micros) {
    for (Event next = events.peek();
        next != null && next.at() <= micros && failure == null;
        next = events.peek()) {
      events.remove();
      now = next.at();
      Host host = next.host();
      if (host == null) {
        next.task().run();
      } else if (host.life == next.life() && host.up) {
        if (host.frozenUntil > now) {
          // Its place in the order stays, so that nothing overtakes.
          events.add(new Event(host.frozenUntil, next.order(), host, next.life(), next.task()));
        } else {
          running = host;
          try {
            next.task().run();
          } finally {
            running = null;
          }
        }
      }
    }
    now = Math.max(now, micros);
  }

  /** What this world is about. */
  void setScene(Object all) {
    scene = all;
  }

  Object scene() {
    return Objects.requireNonNull(scene);
  }

  /** Something has happened that must not; the first counts. */
  void fail(String what) {
    if (failure == null) {
      failure = what;
    }
  }

  /** What has happened that must not, or null. */
  @Nullable String failure() {
    return failure;
  }

  boolean isTraced() {
    return trace != null;
  }

  void note(String text, @Nullable Object... parts) {
    if (trace != null) {
      trace.append(nowMillis()).append(' ').append(String.format(text, parts)).append('\n');
    }
  }

  String trace() {
    return trace == null ? "" : trace.toString();
  }
}
