package io.mainstem.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.delivery.SteppedVertx;
import io.mainstem.message.Rejected;
import io.mainstem.store.DirectoryStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A directory whose store is frozen: it refuses nothing, and answers nothing. */
class SilentDirectoryTest {
  private static final Breaker.Settings SETTINGS = new Breaker.Settings(2_000, 3, 1_000);

  private final SteppedVertx time = new SteppedVertx();
  private final FrozenStore frozen = new FrozenStore();
  private final Breaker breaker = new Breaker(time.vertx(), frozen, SETTINGS);

  /** Answers what is asked when it is thawed, and until then nothing. */
  private static final class FrozenStore implements DirectoryStore {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean isFrozen;
    private int asked;

    void freeze() {
      isFrozen = true;
    }

    void thaw() {
      isFrozen = false;
      while (!waiting.isEmpty()) {
        waiting.remove().run();
      }
    }

    private <T extends @Nullable Object> Future<T> answer(T value) {
      asked++;
      Promise<T> promise = Promise.promise();
      if (isFrozen) {
        waiting.add(() -> promise.complete(value));
      } else {
        promise.complete(value);
      }
      return promise.future();
    }

    @Override
    public Future<@Nullable Row> get(Key key) {
      return this.<@Nullable Row>answer(
          key.group().equals("probe") ? null : new Row(key, 1, new byte[] {1}));
    }

    @Override
    public Future<Boolean> write(Key key, long expected, byte[] value) {
      return answer(true);
    }

    @Override
    public Future<Boolean> delete(Key key, long expected) {
      return answer(true);
    }

    @Override
    public Future<List<Row>> list(Table table, String group, @Nullable String after, int limit) {
      return answer(List.of());
    }

    @Override
    public Future<List<Row>> all(Table table, @Nullable Key after, int limit) {
      return answer(List.of());
    }
  }

  private static DirectoryStore.Key account(String user) {
    return new DirectoryStore.Key(DirectoryStore.Table.ACCOUNT, user, "");
  }

  private static void assertRefused(Future<?> asked) {
    assertTrue(asked.failed(), "refused, and at once");
    assertEquals(Rejected.Rule.BUSY, assertInstanceOf(Rejected.class, asked.cause()).rule());
  }

  private void fallSilent() {
    frozen.freeze();
    for (int i = 0; i < SETTINGS.silentAfter(); i++) {
      assertFalse(breaker.isSilent());
      Future<?> asked = breaker.get(account("u-" + i));
      time.pass(SETTINGS.answerMillis() - 1);
      assertFalse(asked.isComplete());
      time.pass(1);
      assertRefused(asked);
    }
    assertTrue(breaker.isSilent());
  }

  @Test
  void afterSomeReadsWithoutAnswerAllAreRefusedAtOnce() {
    fallSilent();
    int before = frozen.asked;
    assertRefused(breaker.get(account("u-9")));
    assertRefused(breaker.list(DirectoryStore.Table.SESSION, "u-9", null, 10));
    assertRefused(breaker.all(DirectoryStore.Table.CELL, null, 10));
    assertRefused(breaker.write(account("u-9"), 1, new byte[0]));
    assertRefused(breaker.delete(account("u-9"), 1));
    time.pass(60_000);
    assertEquals(before, frozen.asked, "one probe waits, and nothing else is asked");
  }

  @Test
  void whenItsProbeIsAnsweredAllIsAskedAgain() {
    fallSilent();
    time.pass(3_600_000);
    frozen.thaw();
    assertFalse(breaker.isSilent());
    assertTrue(breaker.get(account("u-9")).succeeded());
  }

  @Test
  void slowAnswersWithFastOnesBetweenThemAreNoSilence() {
    for (int i = 0; i < 10; i++) {
      frozen.freeze();
      Future<?> slow = breaker.get(account("u-1"));
      time.pass(SETTINGS.answerMillis());
      assertRefused(slow);
      frozen.thaw();
    }
    assertFalse(breaker.isSilent());
  }

  // ---- what is remembered

  private static final Duration FRESH = Duration.ofMinutes(1);
  private static final Duration STALE = Duration.ofHours(1);

  private final AtomicLong nanos = new AtomicLong();
  private final Remembered<String, String> remembered =
      new Remembered<>(100, new Remembered.Age(FRESH, STALE, breaker::isSilent), nanos::get);

  private final Supplier<Future<@Nullable String>> ask =
      () -> breaker.get(account("u-1")).map(row -> "row " + Objects.requireNonNull(row).version());

  private void pass(Duration some) {
    nanos.addAndGet(some.toNanos());
    time.pass(some.toMillis());
  }

  @Test
  void whoIsKnownIsServedOnAtOnceHoweverOldWithinTheBound() {
    assertEquals("row 1", remembered.get("a", ask).result());
    fallSilent();
    for (int i = 0; i < 6; i++) {
      pass(Duration.ofMinutes(9));
      assertEquals("row 1", remembered.get("a", ask).result());
      assertEquals("row 1", remembered.fresh("a", ask).result());
    }
    pass(Duration.ofMinutes(7));
    assertRefused(remembered.get("a", ask));
    frozen.thaw();
    assertEquals("row 1", remembered.get("a", ask).result());
  }

  @Test
  void whoIsNotKnownIsRefusedAtOnceAndFoundWhenItAnswers() {
    fallSilent();
    assertRefused(remembered.get("b", ask));
    frozen.thaw();
    assertEquals("row 1", remembered.get("b", ask).result());
  }

  @Test
  void beforeItIsKnownToBeSilentAnOldAnswerIsGivenAfterAMoment() throws Exception {
    assertEquals("row 1", remembered.get("a", ask).result());
    pass(FRESH.plusMillis(1));
    frozen.freeze();
    Vertx vertx = Vertx.vertx();
    try {
      Promise<@Nullable String> answered = Promise.promise();
      vertx.runOnContext(unused -> remembered.get("a", ask).onComplete(answered));
      // No virtual time has passed: the store's own time-out has not.
      assertEquals("row 1", answered.future().await(30, TimeUnit.SECONDS));
      assertFalse(breaker.isSilent());
    } finally {
      vertx.close().await(30, TimeUnit.SECONDS);
    }
  }
}
