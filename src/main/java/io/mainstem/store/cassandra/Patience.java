package io.mainstem.store.cassandra;

import io.mainstem.store.cassandra.Replicas.NoAnswer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/** How a transaction or a serial read that has no answer is made again, in turns. */
final class Patience {
  private final Turns turns;
  private final Tuning tuning;

  Patience(Turns turns, Tuning tuning) {
    this.turns = turns;
    this.tuning = tuning;
  }

  /** Runs the task in a turn. */
  <T> Future<T> onTurn(Supplier<Future<T>> task) {
    Promise<T> done = Promise.promise();
    turns.run(
        () -> {
          try {
            task.get().onComplete(done);
          } catch (RuntimeException e) {
            done.fail(e);
          }
        });
    return done.future();
  }

  /** Tries again, a bounded number of times, what has no answer. */
  <T> Future<T> patiently(Supplier<Future<T>> task) {
    return patiently(task, 1);
  }

  private <T> Future<T> patiently(Supplier<Future<T>> task, int attempt) {
    return task.get()
        .recover(
            cause ->
                cause instanceof NoAnswer && attempt < tuning.attempts()
                    ? pause(attempt).compose(again -> patiently(task, attempt + 1))
                    : Future.failedFuture(cause));
  }

  /** After so many failures in a row. */
  Future<Void> pause(int failures) {
    Promise<Void> over = Promise.promise();
    turns.after(tuning.pauseMillis(failures), over::complete);
    return over.future();
  }
}
