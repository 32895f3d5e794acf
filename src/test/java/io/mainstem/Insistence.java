package io.mainstem;

import io.mainstem.message.Rejected;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/**
 * Asks again while the answer is to ask again, as clients do: a machine that stood still for a
 * moment has lost its streams to another cell, and what is asked of that is refused meanwhile.
 */
public final class Insistence {
  private Insistence() {}

  /**
   * @param question throws what it fails with as the cause of an {@link AssertionError}
   */
  public static <T> T insist(Duration atMost, Supplier<T> question) {
    var answer = new AtomicReference<T>();
    Awaitility.await()
        .dontCatchUncaughtExceptions()
        .atMost(atMost)
        .until(
            () -> {
              try {
                answer.set(question.get());
                return true;
              } catch (AssertionError e) {
                if (e.getCause() instanceof Rejected refused
                    && refused.rule() == Rejected.Rule.BUSY) {
                  return false;
                }
                throw e;
              }
            });
    return answer.get();
  }
}
