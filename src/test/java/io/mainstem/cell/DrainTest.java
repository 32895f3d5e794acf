package io.mainstem.cell;

import static io.mainstem.cell.CellFixture.get;
import static io.mainstem.cell.CellFixture.mail;
import static io.mainstem.cell.CellFixture.texts;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class DrainTest {
  @TempDir private Path data;

  @Test
  void aDrainedNodeServesThroughTheOthersAndComesBack() {
    try (var cell = new CellFixture(data).with("a", "b", "c")) {
      UserId user = cell.userOf("b");
      var b = cell.nodes.get("b");
      get(b.router().submit(user, mail(user, "one")));
      get(b.cell.drain(CellFixture.LONG));
      assertEquals(0, b.cell.local().held().size());
      assertFalse(b.cell.isServing());
      get(b.router().submit(user, mail(user, "two")));
      get(b.cell.resume());
      cell.settle();
      assertTrue(b.cell.local().holds(user));
      assertEquals(List.of("one", "two"), texts(b.router(), user));
    }
  }

  @Test
  void anOperatorDrainsAnyNodeAtAnyNode() {
    try (var cell = new CellFixture(data).with("a", "b", "c")) {
      var a = cell.nodes.get("a").cell;
      var b = cell.nodes.get("b").cell;
      assertEquals(NodeCard.State.DRAINING, get(a.duty("b", false)).state());
      await().atMost(CellFixture.LONG).until(() -> b.local().held().isEmpty());
      // What a node holds is seen by the others.
      await().atMost(CellFixture.LONG).until(() -> cardAt(cell, "c", "b").held() == 0);
      assertEquals(NodeCard.State.SERVING, get(a.duty("b", true)).state());
      cell.settle();
      await()
          .atMost(CellFixture.LONG)
          .until(() -> cardAt(cell, "c", "b").held() == b.local().held().size());
      assertFalse(b.local().held().isEmpty());
    }
  }

  private static NodeCard cardAt(CellFixture cell, String at, String of) {
    return cell.nodes.get(at).cell.view().nodes().stream()
        .filter(node -> node.name().equals(of))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theLastNodeThatServesIsNotDrained() {
    try (var cell = new CellFixture(data).with("a", "b")) {
      var a = cell.nodes.get("a").cell;
      assertEquals(NodeCard.State.DRAINING, get(a.duty("b", false)).state());
      var last = assertInstanceOf(Rejected.class, CellTest.failure(a.duty("a", false)));
      assertEquals(Rejected.Rule.CONFLICT, last.rule());
      var stranger = assertInstanceOf(Rejected.class, CellTest.failure(a.duty("x", false)));
      assertEquals(Rejected.Rule.NOT_FOUND, stranger.rule());
    }
  }

  @Test
  void aNodeWhoseClockIsFarOffIsRefused() {
    try (var cell = new CellFixture(data).with("a")) {
      Vertx vertx = Vertx.vertx();
      var late =
          new Membership() {
            private final Membership real = cell.register.of("b");

            @Override
            public io.vertx.core.Future<Void> publish(NodeCard card) {
              return real.publish(card);
            }

            @Override
            public List<NodeCard> nodes() {
              return real.nodes();
            }

            @Override
            public void onChange(Runnable listener) {
              real.onChange(listener);
            }

            @Override
            public long aheadMillis() {
              return -120_000;
            }

            @Override
            public io.vertx.core.Future<Void> leave() {
              return real.leave();
            }
          };
      var refused =
          assertInstanceOf(
              Cell.CannotJoin.class,
              CellTest.failure(Cell.start(cell.parts("b", vertx, late, "one store"))));
      assertTrue(refused.getMessage().contains("120000 ms behind"), refused.getMessage());
      assertTrue(refused.getMessage().contains("NTP"), refused.getMessage());
      assertEquals(1, cell.nodes.get("a").cell.view().nodes().size());
      get(vertx.close());
    }
  }
}
