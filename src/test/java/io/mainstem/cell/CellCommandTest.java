package io.mainstem.cell;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.config.Config;
import io.mainstem.ops.AdminServer;
import io.mainstem.ops.CellRoutes;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator types at one of the nodes of a cell. */
@Timeout(300)
class CellCommandTest {
  @TempDir private Path data;
  private final Vertx vertx = Vertx.vertx();
  private CellFixture cell;
  private AdminServer admin;
  private Typed mainstem;

  @BeforeEach
  void start() throws Exception {
    cell = new CellFixture(data.resolve("store")).with("a", "b");
    mainstem = new Typed(data.resolve("node"));
    var routes = new CellRoutes(cell.nodes.get("a").cell);
    admin =
        CellFixture.get(
            AdminServer.start(
                vertx, Config.defaults().admin(), mainstem.data(), List.of(routes::mount)));
    mainstem.ready(admin.address());
  }

  @AfterEach
  void stop() {
    CellFixture.get(admin.stop());
    CellFixture.get(vertx.close());
    cell.close();
  }

  @Test
  void showTellsWhatEachNodeHolds() {
    String shown = mainstem.says(0, "cell", "show");
    assertTrue(shown.startsWith("cell local, 64 partitions, seen by node a\n"), shown);
    assertTrue(shown.contains("NODE"), shown);
    assertTrue(shown.matches("(?s).*\\na +serving +\\d+ .*\\nb +serving +\\d+ .*"), shown);
  }

  @Test
  void aNodeIsDrainedAndServesAgain() {
    assertEquals(
        "Node b is draining\nNode b holds nothing\n",
        mainstem.says(0, "cell", "drain", "b", "--wait", "120"));
    await()
        .atMost(CellFixture.LONG)
        .until(() -> cell.nodes.get("a").cell.local().held().size() == CellFixture.PARTITIONS);
    assertEquals(
        "Node b is serving\nNode b holds its share\n",
        mainstem.says(0, "cell", "serve", "b", "--wait", "120"));
  }

  @Test
  void rebalancePutsEveryDrainedNodeBack() {
    mainstem.says(0, "cell", "drain", "a", "--wait", "120");
    assertEquals(
        "Node a is serving\nEach node holds its share\n",
        mainstem.says(0, "cell", "rebalance", "--wait", "120"));
    assertEquals("Each node holds its share\n", mainstem.says(0, "cell", "rebalance"));
  }

  @Test
  void aNodeThatNeverComesBackIsForgotten() throws Exception {
    // Of two the one with the smaller name may go on alone: it is b that would wait for a.
    var atB = new Typed(data.resolve("beside-b"));
    var b = cell.nodes.get("b").cell;
    var routes = new CellRoutes(b);
    var server =
        CellFixture.get(
            AdminServer.start(
                vertx, Config.defaults().admin(), atB.data(), List.of(routes::mount)));
    atB.ready(server.address());
    assertEquals(
        "mainstem: Node a is heard of: stop it first; what it holds goes to the others.\n",
        atB.says(1, "cell", "forget", "a"));
    cell.kill("a");
    await()
        .atMost(CellFixture.LONG)
        .until(() -> atB.says(0, "cell", "show").matches("(?s).*\\na +missing +\\d+\\n"));
    assertTrue(b.local().held().size() < CellFixture.PARTITIONS);
    String said = atB.says(0, "cell", "forget", "a");
    assertTrue(said.matches("Node a is of the cell no more \\(incarnation \\d+\\)\\n"), said);
    await().atMost(CellFixture.LONG).until(() -> b.local().held().size() == CellFixture.PARTITIONS);
    assertFalse(atB.says(0, "cell", "show").contains("missing"));
    CellFixture.get(server.stop());
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertEquals(
        "mainstem: There is no node of this name in the cell.\n",
        mainstem.says(1, "cell", "drain", "nobody"));
    mainstem.says(0, "cell", "drain", "b", "--wait", "120");
    assertEquals(
        "mainstem: No other node serves; add one first, or stop this one.\n",
        mainstem.says(1, "cell", "drain", "a"));
    assertTrue(mainstem.says(2, "cell", "drain").contains("Missing required parameter: 'NODE'"));
  }

  @Test
  void aNodeThatIsAloneSaysSo() throws Exception {
    var alone = new Typed(data.resolve("alone"));
    var routes = new CellRoutes(null);
    var server =
        CellFixture.get(
            AdminServer.start(
                vertx, Config.defaults().admin(), alone.data(), List.of(routes::mount)));
    alone.ready(server.address());
    assertEquals(
        "mainstem: This node is in no cell (cell.enabled).\n", alone.says(1, "cell", "show"));
    CellFixture.get(server.stop());
  }
}
