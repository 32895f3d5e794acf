package io.mainstem.store.cassandra;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.function.Consumer;

/**
 * Where and when the protocol runs: its tasks one at a time, and its time. On a server an event
 * loop; in a simulation the simulated world.
 */
public interface Turns {
  /** Runs the task soon, or at once when the caller is in a turn already; never two together. */
  void run(Runnable task);

  /** Runs the task in a turn after this time. */
  void after(long millis, Runnable task);

  /** Time that only goes forward; its zero means nothing. */
  long nowMillis();

  /** Handles the result in a turn. */
  default <T> void on(Future<T> future, Consumer<AsyncResult<T>> handler) {
    future.onComplete(result -> run(() -> handler.accept(result)));
  }
}
