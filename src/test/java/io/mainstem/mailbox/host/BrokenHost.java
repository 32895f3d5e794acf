package io.mainstem.mailbox.host;

import io.mainstem.store.Ownership;
import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.List;

/** What a host does that keeps one rule less. Called from classes that a test has changed. */
public final class BrokenHost {
  private BrokenHost() {}

  /** Answers before what the answer was computed from is settled. */
  static void now(Appends appends, Work<?> work, Runnable answer) {
    answer.run();
  }

  /** Takes all that is in the image for settled. */
  static long end(Resident resident) {
    return resident.end();
  }

  /** Goes on under an epoch whose release has begun. */
  static long keep(HeldPartitions partitions, int partition) {
    leaving(partitions).remove(partition);
    return partitions.epoch(partition);
  }

  static void stay(Resident resident) {}

  /** Knows of no cursor that it is behind. */
  static long endless(Resident resident) {
    return Long.MAX_VALUE;
  }

  /** Is always sure that it owns what it holds. */
  static long sure(Ownership ownership) {
    return 0;
  }

  /** Answers who waits for an append that is done, whatever is before it. */
  static boolean answerFirst(ArrayDeque<?> line, Object done) {
    var append = (Appends.InFlight) done;
    if ((boolean) get(Appends.InFlight.class, append, "done")) {
      var waiters = (List<?>) get(Appends.InFlight.class, append, "waiters");
      var all = List.copyOf(waiters);
      waiters.clear();
      all.forEach(waiter -> ((Runnable) get(waiter.getClass(), waiter, "answer")).run());
    }
    return line.contains(done);
  }

  @SuppressWarnings("unchecked")
  private static java.util.Set<Integer> leaving(HeldPartitions partitions) {
    return (java.util.Set<Integer>) get(HeldPartitions.class, partitions, "leaving");
  }

  private static Object get(Class<?> type, Object of, String name) {
    try {
      Field field = type.getDeclaredField(name);
      field.setAccessible(true);
      return field.get(of);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
