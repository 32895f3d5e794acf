package io.mainstem.store.cassandra;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/** Turns on one context of an event loop, which others may share. */
final class ContextTurns implements Turns {
  private final Context context;

  ContextTurns(Context context) {
    this.context = context;
  }

  @Override
  public void run(Runnable task) {
    if (Vertx.currentContext() == context) {
      task.run();
    } else {
      context.runOnContext(ignored -> task.run());
    }
  }

  @Override
  public void after(long millis, Runnable task) {
    context.owner().setTimer(Math.max(1, millis), id -> run(task));
  }

  @Override
  public long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
