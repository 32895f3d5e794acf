package io.mainstem.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.mainstem.store.MailboxStore.StaleOwner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandingTest {
  /** What reads of the incarnation answer, one after another. */
  private final ArrayDeque<Future<Boolean>> reads = new ArrayDeque<>();

  private final List<String> answers = new ArrayList<>();
  private int fenced;

  private final Standing standing =
      new Standing(
          ScriptedReplicas.answering(Map.of("stands", asked -> reads.removeFirst())),
          new Turns() {
            @Override
            public void run(Runnable task) {
              task.run();
            }

            @Override
            public void after(long millis, Runnable task) {}

            @Override
            public long nowMillis() {
              return 0;
            }
          },
          Tuning.DEFAULT,
          1,
          () -> fenced++,
          () -> {});

  private void ask(String name) {
    standing
        .confirm()
        .onComplete(shown -> answers.add(name + (shown.succeeded() ? "" : " " + shown.cause())));
  }

  @Test
  void thoseWhoAskedFirstAreAnsweredFirstEvenIfTheNextReadIsAnsweredAtOnce() {
    Promise<Boolean> first = Promise.promise();
    reads.add(first.future());
    reads.add(Future.succeededFuture(true));
    ask("a");
    ask("b");
    ask("c");
    assertEquals(List.of(), answers, "no read that began before the question answers it");
    first.complete(true);
    assertEquals(List.of("a", "b", "c"), answers);
  }

  @Test
  void aReadThatBeganBeforeTheQuestionDoesNotAnswerIt() {
    Promise<Boolean> first = Promise.promise();
    Promise<Boolean> second = Promise.promise();
    reads.add(first.future());
    reads.add(second.future());
    ask("a");
    ask("b");
    first.complete(true);
    assertEquals(List.of("a"), answers);
    second.complete(true);
    assertEquals(List.of("a", "b"), answers);
  }

  @Test
  void aFenceIsToldOnceAndEndsAllQuestions() {
    Promise<Boolean> first = Promise.promise();
    reads.add(first.future());
    ask("a");
    ask("b");
    first.complete(false);
    standing.onFenceSeen();
    assertEquals(2, answers.size());
    answers.forEach(answer -> assertEquals(true, answer.contains("is fenced"), answer));
    assertEquals(1, fenced);
    assertInstanceOf(StaleOwner.class, standing.confirm().cause());
  }
}
