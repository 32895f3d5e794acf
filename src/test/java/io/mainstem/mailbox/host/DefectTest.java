package io.mainstem.mailbox.host;

import static io.mainstem.mailbox.host.HostFixture.ANN;
import static io.mainstem.mailbox.host.HostFixture.BOB;
import static io.mainstem.mailbox.host.HostFixture.failureOf;
import static io.mainstem.mailbox.host.HostFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.Partition;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Code here that is wrong costs its asker an answer, and nobody else anything. */
class DefectTest {
  private static final Duration SOON = Duration.ofMinutes(1);

  static List<Throwable> defects() {
    return List.of(
        new IllegalStateException("seeded"),
        new AssertionError("seeded"),
        new NoSuchMethodError("seeded"),
        new StackOverflowError("seeded"));
  }

  private static void rise(Throwable defect) {
    if (defect instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) defect;
  }

  @TempDir Path data;

  /** Not a refusal, and no error: what gateways report under an id. */
  private static void assertOurs(Throwable thrown, @Nullable Throwable told) {
    Throwable first = assertInstanceOf(RuntimeException.class, told);
    assertEquals(thrown, first instanceof Defect ? first.getCause() : first);
  }

  private static Throwable root(@Nullable Throwable told) {
    Throwable deepest = told;
    while (deepest != null && deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return assertInstanceOf(Throwable.class, deepest);
  }

  /** Somebody else on ANN's loop, in another partition. */
  private static UserId neighbour() {
    return IntStream.range(0, 1000)
        .mapToObj(i -> new UserId("neighbour" + i))
        .filter(user -> Partition.of(user) != Partition.of(ANN))
        .filter(user -> Partition.of(user) % 2 == Partition.of(ANN) % 2)
        .findFirst()
        .orElseThrow();
  }

  /** Each row follows the one before it. */
  private static void assertWhole(HostFixture host) {
    long end = 0;
    for (MailboxStore.Row row : host.log(ANN)) {
      assertEquals(end + 1, row.seq());
      end = row.last();
    }
  }

  @ParameterizedTest
  @MethodSource("defects")
  void whoAsksIsAnsweredAtOnceAndTheMailboxGoesOn(Throwable defect) {
    try (var host = HostFixture.open(data)) {
      UserId other = neighbour();
      Reply.Sent first = host.sent(ANN, BOB, "one");
      host.sent(other, BOB, "hello");
      var watcher = new Collector(host.mailboxes.watch(ANN, first.cursor()), Long.MAX_VALUE);
      // What is said before and behind it has its place in the line.
      host.store.hold();
      var before = host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "two"));
      Awaitility.await().atMost(SOON).until(() -> host.store.heldCount() == 1);
      host.whileDeciding = () -> rise(defect);
      var failed = host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "never"));
      assertOurs(defect, failureOf(failed));
      assertFalse(before.isComplete(), "it has waited for nothing");
      host.whileDeciding = () -> {};
      host.store.release();
      get(before);
      Reply.Sent third = host.sent(ANN, BOB, "three");
      assertEquals(first.cursor().seq() + 2, third.cursor().seq());
      assertEquals(List.of("one", "two", "three"), host.texts(ANN, third.thread()));
      host.sent(other, BOB, "and again");
      Awaitility.await().atMost(SOON).until(() -> host.mailboxes.queueDepth() == 0);
      Awaitility.await().atMost(SOON).until(() -> watcher.last() == third.cursor().seq());
      assertFalse(watcher.isComplete(), "nobody has to go elsewhere");
      assertWhole(host);
    }
  }

  @ParameterizedTest
  @MethodSource("defects")
  void anEntryThatWasAppliedInPartIsForgotten(Throwable defect) {
    ThreadId thread;
    try (var host = HostFixture.open(data)) {
      Reply.Sent first = host.sent(ANN, BOB, "one");
      thread = first.thread();
      UserId other = neighbour();
      host.sent(other, BOB, "hello");
      var watcher = new Collector(host.mailboxes.watch(ANN, first.cursor()), Long.MAX_VALUE);
      Awaitility.await().atMost(SOON).until(() -> watcher.caughtUp() != null);
      host.store.fate =
          row -> {
            rise(defect);
            return null;
          };
      Throwable told = failureOf(host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "never")));
      assertEquals(defect, root(told));
      assertTrue(Defect.isMidway(assertInstanceOf(Defect.class, told)));
      host.store.fate = row -> null;
      // The mailbox comes back from its log, under another epoch.
      Awaitility.await()
          .atMost(SOON)
          .until(
              () ->
                  failureOf(host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "two"))) == null);
      assertEquals(List.of("one", "two"), host.texts(ANN, thread));
      Awaitility.await().atMost(SOON).until(watcher::isComplete);
      List<Watched> all = watcher.all();
      assertInstanceOf(Watched.Reconnect.class, all.get(all.size() - 1));
      assertEquals(0, watcher.last(), "of what was undone nobody was told");
      assertEquals(2, host.log(ANN).stream().filter(MailboxStore.Row::isFence).count());
      assertWhole(host);
      host.sent(other, BOB, "and again");
      Awaitility.await().atMost(SOON).until(() -> host.mailboxes.queueDepth() == 0);
    }
    try (var host = HostFixture.open(data)) {
      assertEquals(List.of("one", "two"), host.texts(ANN, thread));
    }
  }

  @Test
  void whatIsUnderWayMeanwhileIsInTheLogOnceOrNotAtAll() {
    try (var host = HostFixture.open(data)) {
      Reply.Sent first = host.sent(ANN, BOB, "one");
      var rows = new AtomicInteger();
      host.store.fate =
          row -> {
            if (rows.incrementAndGet() == 5) {
              throw new StackOverflowError("seeded");
            }
            return null;
          };
      var commands =
          IntStream.range(0, 10).mapToObj(i -> HostFixture.send(ANN, BOB, "m" + i)).toList();
      var asked = new ArrayList<Future<Reply.Sent>>();
      commands.forEach(command -> asked.add(host.mailboxes.submit(ANN, command)));
      asked.forEach(HostFixture::failureOf);
      // Whoever asks again under the same id is answered, and nothing is there twice.
      for (var command : commands) {
        Awaitility.await()
            .atMost(SOON)
            .until(() -> failureOf(host.mailboxes.submit(ANN, command)) == null);
      }
      List<String> texts = host.texts(ANN, first.thread());
      assertEquals(11, texts.size());
      assertEquals(11, new HashSet<>(texts).size());
      assertWhole(host);
    }
  }

  @Test
  void aFenceThatCannotBeWrittenIsTriedAgainUnderAnotherEpoch() {
    try (var host = HostFixture.open(data)) {
      host.store.fate =
          row -> {
            throw new NoSuchMethodError("seeded");
          };
      Throwable told = failureOf(host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "never")));
      assertInstanceOf(NoSuchMethodError.class, root(told));
      host.store.fate = row -> null;
      Awaitility.await()
          .atMost(SOON)
          .until(
              () ->
                  failureOf(host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "one"))) == null);
      assertWhole(host);
    }
  }

  @Test
  void whatTheMachineThrowsGoesOnToWhoeverLooksAfterTheProcess() {
    try (var host = HostFixture.open(data)) {
      var reached = new ConcurrentLinkedQueue<Throwable>();
      host.vertx.exceptionHandler(reached::add);
      host.sent(ANN, BOB, "one");
      var error = new OutOfMemoryError("seeded");
      host.whileDeciding =
          () -> {
            throw error;
          };
      assertOurs(error, failureOf(host.mailboxes.submit(ANN, HostFixture.send(ANN, BOB, "never"))));
      Awaitility.await().atMost(SOON).until(() -> !reached.isEmpty());
      assertEquals(List.of(error), List.copyOf(reached));
      host.whileDeciding = () -> {};
      Reply.Sent second = host.sent(ANN, BOB, "two");
      assertEquals(List.of("one", "two"), host.texts(ANN, second.thread()));
      assertNotNull(get(host.mailboxes.query(ANN, new Query.Head())));
    }
  }
}
