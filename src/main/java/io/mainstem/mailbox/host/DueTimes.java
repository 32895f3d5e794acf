package io.mainstem.mailbox.host;

import io.mainstem.message.UserId;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * When a mailbox is next to be told that time has passed. Kept apart from the images, so that it
 * outlives them. Confined to the loop's context.
 */
final class DueTimes {
  private static final long LONGEST_TIMER_MILLIS = 3_600_000;

  private final HostLoop loop;
  private final Map<UserId, Long> times = new HashMap<>();
  private final TreeMap<Long, java.util.Set<UserId>> users = new TreeMap<>();
  private long timer = -1;
  private long armedFor = Long.MAX_VALUE;

  DueTimes(HostLoop loop) {
    this.loop = loop;
  }

  /** Sets the user's next time, milliseconds since 1970; {@link Long#MAX_VALUE} for never. */
  void set(UserId user, long atMillis) {
    Long before = atMillis == Long.MAX_VALUE ? times.remove(user) : times.put(user, atMillis);
    if (before != null) {
      if (before == atMillis) {
        return;
      }
      users.computeIfPresent(before, (at, all) -> all.remove(user) && all.isEmpty() ? null : all);
    }
    if (atMillis != Long.MAX_VALUE) {
      users.computeIfAbsent(atMillis, at -> new java.util.LinkedHashSet<>()).add(user);
      arm();
    }
  }

  /** The user's next time; {@link Long#MAX_VALUE} for never. */
  long of(UserId user) {
    return times.getOrDefault(user, Long.MAX_VALUE);
  }

  void stop() {
    if (timer >= 0) {
      loop.context().owner().cancelTimer(timer);
      timer = -1;
    }
    times.clear();
    users.clear();
  }

  private void arm() {
    if (users.isEmpty() || users.firstKey() >= armedFor) {
      return;
    }
    if (timer >= 0) {
      loop.context().owner().cancelTimer(timer);
    }
    armedFor = users.firstKey();
    long delay = Math.clamp(armedFor - loop.parts().clock().millis(), 1, LONGEST_TIMER_MILLIS);
    timer = loop.context().owner().setTimer(delay, id -> loop.execute(this::onTime));
  }

  private void onTime() {
    timer = -1;
    armedFor = Long.MAX_VALUE;
    long now = loop.parts().clock().millis();
    while (!users.isEmpty() && users.firstKey() <= now) {
      for (UserId user : users.pollFirstEntry().getValue()) {
        times.remove(user);
        loop.resident(user).chores().sayDue();
      }
    }
    arm();
  }
}
