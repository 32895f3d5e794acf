package io.mainstem.cell;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what other nodes do, but not for ever. */
record Patience(Vertx vertx) {
  private static final long LOOK_MILLIS = 20;

  /** Completes when the condition is true, or the time is over. */
  Future<Void> until(BooleanSupplier condition, Duration atMost) {
    Promise<Void> done = Promise.promise();
    look(condition, System.nanoTime() + atMost.toNanos(), done);
    return done.future();
  }

  private void look(BooleanSupplier condition, long deadline, Promise<Void> done) {
    if (condition.getAsBoolean() || System.nanoTime() - deadline >= 0) {
      done.complete();
    } else {
      vertx.setTimer(LOOK_MILLIS, id -> look(condition, deadline, done));
    }
  }
}
