package io.mainstem.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.store.FeatureLevel;
import io.mainstem.store.cassandra.Replicas.Incarnation;
import io.mainstem.store.cassandra.Replicas.Registry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How sure a node is of what it owns, by the clock, while its store answers or does not. */
class StalenessTest {
  private static final long BOUND = Tuning.DEFAULT.staleMillis();
  private static final long BEAT = Tuning.DEFAULT.beatMillis();

  /** Time that goes on when the test says so. */
  private static final class Clock implements Turns {
    private record Task(long at, int order, Runnable run) {}

    private final PriorityQueue<Task> tasks =
        new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingInt(Task::order));
    private int order;
    private long now;

    @Override
    public void run(Runnable task) {
      task.run();
    }

    @Override
    public void after(long millis, Runnable task) {
      tasks.add(new Task(now + millis, order++, task));
    }

    @Override
    public long nowMillis() {
      return now;
    }

    void goOn(long millis) {
      long until = now + millis;
      while (!tasks.isEmpty() && tasks.peek().at() <= until) {
        Task next = tasks.remove();
        now = next.at();
        next.run().run();
      }
      now = until;
    }

    /** As for a process that was stopped: what was due is done when it goes on. */
    void leap(long millis) {
      now += millis;
    }
  }

  private final Clock clock = new Clock();
  private final List<Incarnation> incarnations = new ArrayList<>();
  private final List<Promise<Boolean>> unanswered = new ArrayList<>();
  private final List<Boolean> told = new ArrayList<>();
  private boolean silent;

  private final CassandraOwnership ownership =
      new CassandraOwnership(
          ScriptedReplicas.answering(
              Map.of(
                  "registry",
                  asked ->
                      Future.succeededFuture(
                          new Registry(
                              incarnations.size(), FeatureLevel.FIRST, List.copyOf(incarnations))),
                  "register",
                  asked -> register((Incarnation) asked[1]),
                  "stands",
                  asked -> stands())),
          clock,
          Tuning.DEFAULT,
          () -> "nonce " + incarnations.size());

  private Future<Boolean> register(Incarnation fresh) {
    incarnations.add(fresh);
    return Future.succeededFuture(true);
  }

  private Future<Boolean> stands() {
    if (!silent) {
      return Future.succeededFuture(true);
    }
    Promise<Boolean> answer = Promise.promise();
    unanswered.add(answer);
    return answer.future();
  }

  private void join() {
    ownership.onStale(told::add);
    assertTrue(ownership.join("n", FeatureLevel.OWN).succeeded());
  }

  private void answer(boolean stands) {
    silent = false;
    var all = List.copyOf(unanswered);
    unanswered.clear();
    all.forEach(one -> one.complete(stands));
  }

  @Test
  void aNodeWhoseStoreAnswersIsSure() {
    join();
    for (int i = 0; i < 100; i++) {
      clock.goOn(BEAT - 1);
      assertEquals(0, ownership.staleMillis());
    }
    assertEquals(List.of(), told);
  }

  @Test
  void itIsToldOnceWhenTheLastGoodReadIsTooLongAgoAndOnceWhenThereIsANewOne() {
    join();
    // Beats are made at 0, 1000, 2000, …: the last good read begins at 2000.
    clock.goOn(2 * BEAT);
    silent = true;
    clock.goOn(BOUND);
    assertEquals(0, ownership.staleMillis(), "as long ago as the bound is not longer");
    assertEquals(List.of(), told);
    clock.goOn(1);
    assertEquals(BOUND + 1, ownership.staleMillis());
    assertEquals(List.of(true), told, "at once, not at the next beat");
    clock.goOn(10 * BOUND);
    assertEquals(11 * BOUND + 1, ownership.staleMillis());
    assertEquals(List.of(true), told);
    // What was asked long ago tells of long ago; it is asked anew at the next beat.
    answer(true);
    assertTrue(ownership.staleMillis() > 0);
    clock.goOn(BEAT);
    assertEquals(0, ownership.staleMillis());
    assertEquals(List.of(true, false), told);
    clock.goOn(10 * BOUND);
    assertEquals(List.of(true, false), told);
  }

  @Test
  void aProcessThatWasStoppedIsNotSureWhenItGoesOn() {
    join();
    clock.goOn(2 * BEAT);
    silent = true;
    clock.leap(BOUND + 5);
    assertEquals(BOUND + 5, ownership.staleMillis(), "before anything that was due was done");
    clock.goOn(1);
    assertEquals(List.of(true), told);
  }

  @Test
  void aNewIncarnationIsSure() {
    join();
    clock.goOn(BEAT);
    silent = true;
    clock.goOn(2 * BOUND);
    assertEquals(List.of(true), told);
    answer(false);
    assertEquals(List.of(true), told, "it owns nothing now, and answers nothing");
    assertTrue(ownership.join("n", FeatureLevel.OWN).succeeded());
    assertEquals(0, ownership.staleMillis());
    assertEquals(List.of(true, false), told);
    assertEquals(Set.of(1L, 2L), Set.of(incarnations.get(0).id(), incarnations.get(1).id()));
  }
}
