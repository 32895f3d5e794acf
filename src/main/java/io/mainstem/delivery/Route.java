package io.mainstem.delivery;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way to recipients who are reached or not together: those of one node of this cell, or of
 * another cell. It has room of its own, so that what waits for one that is silent takes nobody
 * else's. Lanes that failed several times have let go of what they held, which stands in their
 * senders' logs, and ail: one of them tries at each tick, and each that succeeds wakes two more. So
 * a route that is gone costs a few tries a second, however many wait for it; one that is back has
 * all of them on their way within a few ticks; and those whose trouble is their recipient's own are
 * woken no more often than others succeed who were in trouble, too.
 *
 * <p>Thread-safe: lanes of many contexts share it.
 */
final class Route {
  /** So soon a lane tries after a sign that the route may be back, whatever it told before. */
  private static final long SOON_MILLIS = 20;

  private static final int WOKEN_BY_SUCCESS = 2;

  private final Vertx vertx;
  private final int capacity;
  private final long tickMillis;

  /** Lanes that failed and hold nothing, in the order in which they try. */
  private final Set<Lane> ailing = new LinkedHashSet<>();

  /** Lanes that hold nothing because there was no room. */
  private final Set<Lane> crowded = new LinkedHashSet<>();

  private int held;
  private long timer = -1;
  private long dueMillis;
  private boolean closed;

  /**
   * @param capacity messages that may wait in memory or be under way
   * @param tickMillis between two tries of lanes that ail
   */
  Route(Vertx vertx, int capacity, long tickMillis) {
    this.vertx = vertx;
    this.capacity = capacity;
    this.tickMillis = tickMillis;
  }

  /** Takes room for one message; false when there is none. */
  synchronized boolean enter() {
    if (held >= capacity) {
      return false;
    }
    held++;
    return true;
  }

  synchronized boolean hasRoom() {
    return held < capacity;
  }

  /** So many messages are no longer in memory. */
  void leave(int messages) {
    @Nullable Lane next;
    synchronized (this) {
      held -= messages;
      next = held < capacity ? first(crowded) : null;
    }
    if (next != null) {
      next.wake();
    }
  }

  synchronized int held() {
    return held;
  }

  /** Lanes that hold nothing here and have something to send. */
  synchronized int waiting() {
    return ailing.size() + crowded.size();
  }

  /** The lane failed, and tries when it is woken. */
  synchronized void onAiling(Lane lane) {
    ailing.add(lane);
    arm(tickMillis);
  }

  /** The lane found no room, and tries when it is woken. */
  synchronized void onCrowded(Lane lane) {
    crowded.add(lane);
    // Whoever holds the room wakes it; should the last of them have left just now, the tick does.
    arm(tickMillis);
  }

  /** A lane that was woken, or had waited for itself, has reached its recipient. */
  void onRecovered() {
    var next = new ArrayList<Lane>();
    synchronized (this) {
      for (int i = 0; i < WOKEN_BY_SUCCESS; i++) {
        Lane lane = first(ailing);
        if (lane != null) {
          next.add(lane);
        }
      }
    }
    next.forEach(Lane::wake);
  }

  /** There is a sign that the route is back: a lane that ails tries at once. */
  synchronized void lookAgain() {
    if (!ailing.isEmpty() && dueMillis > SOON_MILLIS && vertx.cancelTimer(timer)) {
      timer = -1;
      arm(SOON_MILLIS);
    }
  }

  /** It waits here no more. */
  synchronized void forget(Lane lane) {
    ailing.remove(lane);
    crowded.remove(lane);
  }

  private void arm(long millis) {
    if (timer < 0 && !closed) {
      dueMillis = millis;
      timer = vertx.setTimer(millis, id -> tick());
    }
  }

  private void tick() {
    var next = new ArrayList<Lane>();
    synchronized (this) {
      timer = -1;
      for (Set<Lane> lanes : List.of(ailing, crowded)) {
        Lane lane = lanes == crowded && held >= capacity ? null : first(lanes);
        if (lane != null) {
          next.add(lane);
        }
      }
      if (!ailing.isEmpty() || !crowded.isEmpty()) {
        arm(tickMillis);
      }
    }
    next.forEach(Lane::wake);
  }

  private static @Nullable Lane first(Set<Lane> lanes) {
    Iterator<Lane> all = lanes.iterator();
    if (!all.hasNext()) {
      return null;
    }
    Lane lane = all.next();
    all.remove();
    return lane;
  }

  synchronized void close() {
    closed = true;
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
  }
}
