package io.mainstem.bench;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * A load is confined to an event loop; a thread of its own says what is done to it there, and waits
 * for what comes of it.
 */
public record EventLoop(Context context) {
  private static final Duration LOOK = Duration.ofMinutes(1);
  private static final int POLL_MILLIS = 50;

  /** Looks at the load. */
  @CanIgnoreReturnValue
  public <T> T ask(Callable<T> look) throws InterruptedException {
    Promise<T> seen = Promise.promise();
    context.runOnContext(
        v -> {
          try {
            seen.complete(look.call());
          } catch (Exception e) {
            seen.fail(e);
          }
        });
    return await(seen.future(), LOOK);
  }

  /** Waits for a condition of the load; whether it came true. */
  @CanIgnoreReturnValue
  public boolean until(Duration bound, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + bound.toNanos();
    while (!ask(condition::getAsBoolean)) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(POLL_MILLIS);
    }
    return true;
  }

  /** What fails, or does not come in time, ends the load. */
  @CanIgnoreReturnValue
  public static <T> T await(Future<T> future, Duration bound) throws InterruptedException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(bound.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the load cannot go on: " + e, e);
    }
  }
}
