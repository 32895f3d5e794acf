package io.mainstem.cell;

import static io.mainstem.cell.CellFixture.get;
import static io.mainstem.cell.CellFixture.mail;
import static io.mainstem.cell.CellFixture.texts;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Watched;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.message.UserId;
import io.mainstem.store.Ownership;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A node that was fenced, in front of a store that takes its time. */
@Timeout(300)
class RejoinTest {
  @TempDir private Path data;

  /** Counts how often a node joins, and lets it wait for the outcome. */
  private static final class Slow {
    final AtomicInteger joins = new AtomicInteger();
    volatile Future<Void> open = Future.succeededFuture();

    Ownership of(Ownership real) {
      return (Ownership)
          Proxy.newProxyInstance(
              Ownership.class.getClassLoader(),
              new Class<?>[] {Ownership.class},
              (self, method, arguments) -> {
                if (method.getName().equals("join")) {
                  joins.incrementAndGet();
                  return open.compose(
                      opened -> real.join((String) arguments[0], (int) arguments[1]));
                }
                try {
                  return method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  @Test
  void aFencedNodeThatSeesNoMajoritySendsItsClientsAwayUntilItDoes() {
    try (var cell = new CellFixture(data).with("a", "b", "c")) {
      var c = cell.nodes.get("c");
      UserId user = cell.userOf("a");
      cell.register.confine("c", Set.of("c"));
      assertTrue(c.cell.isServing(), "nobody has fenced it");
      cell.register.confine("a", Set.of("a", "b"));
      cell.register.confine("b", Set.of("a", "b"));
      await().atMost(CellFixture.LONG).until(() -> !c.cell.isServing());
      Throwable refusal = CellTest.failure(c.router().submit(user, mail(user, "one")));
      assertTrue(refusal.getMessage().contains("cut off"), refusal::getMessage);
      assertEquals(
          new Watched.Reconnect(),
          c.router().watch(user, new Cursor(1, 0)).blockLast(CellFixture.LONG));
      cell.nodes.keySet().forEach(cell.register::undeafen);
      await().atMost(CellFixture.LONG).until(c.cell::isServing);
      cell.settle();
      get(c.router().submit(user, mail(user, "two")));
      assertEquals(List.of("two"), texts(c.router(), user));
    }
  }

  @Test
  void aFencedNodeJoinsOnceHoweverLongThatTakesAndSaysSoOnce() {
    try (var cell = new CellFixture(data)) {
      var slow = new Slow();
      cell.start("a");
      cell.ownershipOf = name -> slow.of(cell.ownership());
      cell.start("b");
      cell.settle();
      var b = cell.nodes.get("b");
      UserId user = cell.userOf("b");
      get(b.router().submit(user, mail(user, "one")));
      assertEquals(1, slow.joins.get());
      var said = new ListAppender<ILoggingEvent>();
      said.list = new CopyOnWriteArrayList<>();
      said.start();
      var log = (Logger) LoggerFactory.getLogger(LocalMailboxes.class.getPackageName());
      log.addAppender(said);
      Promise<Void> gate = Promise.promise();
      slow.open = gate.future();
      get(cell.ownership().fence(b.cell.local().incarnation()));
      // Whoever writes finds out. It may be refused meanwhile, and is repeated.
      var two = mail(user, "two");
      Future<?> early = b.router().submit(user, two);
      await().atMost(CellFixture.LONG).until(() -> slow.joins.get() == 2);
      // Longer than a node waits before it tries again what it could not take.
      await()
          .during(Duration.ofMillis(1_500))
          .atMost(CellFixture.LONG)
          .until(() -> slow.joins.get() == 2);
      gate.complete();
      cell.settle();
      await().atMost(CellFixture.LONG).until(early::isComplete);
      get(b.router().submit(user, two));
      assertEquals(List.of("one", "two"), texts(b.router(), user));
      assertEquals(2, slow.joins.get());
      log.detachAppender(said);
      assertEquals(
          List.of(
              "This node was fenced; it goes on as incarnation " + b.cell.local().incarnation()),
          said.list.stream()
              .map(ILoggingEvent::getFormattedMessage)
              .filter(line -> line.contains("fenced"))
              .toList());
    }
  }
}
