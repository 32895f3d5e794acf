package io.mainstem.cell.move;

import static io.mainstem.cell.move.TwoCells.get;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.cell.Typed;
import io.mainstem.cell.move.MoveMeter.Step;
import io.mainstem.config.Config;
import io.mainstem.mailbox.Query;
import io.mainstem.message.UserId;
import io.mainstem.ops.AdminServer;
import io.mainstem.ops.MoveRoutes;
import io.mainstem.ops.UserRoutes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator of several cells types at a node of one of them. */
@Timeout(300)
class MoveCommandTest {
  private static final Duration LONG = TwoCells.LONG;

  @TempDir private Path data;
  private TwoCells town;
  private AdminServer admin;
  private Typed mainstem;
  private UserId ann;

  @BeforeEach
  void start() throws Exception {
    town = new TwoCells(data.resolve("town"), TwoCells.settings(), true);
    ann = get(town.a.node.directory.createUser("ann", null, null)).id();
    mainstem = new Typed(data.resolve("node"));
    admin = listen(new MoveRoutes.Here("a", town.a.node.others()), mainstem);
    await().atMost(LONG).until(() -> town.a.node.others().isReached("b"));
  }

  private AdminServer listen(MoveRoutes.Here here, Typed beside) throws Exception {
    var node = town.a.node;
    var moves = new MoveRoutes(node.directory, node.everywhere(), here);
    var users = new UserRoutes(node.directory, Duration.ofDays(1));
    var server =
        get(
            AdminServer.start(
                town.vertx,
                Config.defaults().admin(),
                beside.data(),
                List.of(moves::mount, users::mount)));
    beside.ready(server.address());
    return server;
  }

  @AfterEach
  void stop() {
    get(admin.stop());
    town.close();
  }

  @Test
  void listTellsWhichCellsThereAreAndWhoIsInThem() {
    String listed = mainstem.says(0, "cell", "list");
    assertTrue(
        listed.matches("(?s)CELL .*\\na +may come +this one +a1=127.0.0.1:\\d+\\n.*"), listed);
    assertTrue(listed.matches("(?s).*\\nb +may come +reached +b1=127.0.0.1:\\d+\\n"), listed);
  }

  @Test
  void aUserIsMoved() {
    assertEquals(
        """
        ann@mainstem.test is on his way from cell a to cell b
        ann@mainstem.test lives in cell b
        """,
        mainstem.says(0, "cell", "move-user", "ann", "b", "--wait", "120"));
    assertEquals("b", town.account(ann).cell());
    assertEquals(
        2,
        TwoCells.insist(() -> town.a.node.everywhere().query(ann, new Query.Head())).generation());
    assertEquals(
        "mainstem: The user lives in cell b already.\n",
        mainstem.says(1, "cell", "move-user", "ann", "b"));
  }

  @Test
  void aMoveIsGivenUp() {
    town.watch =
        (node, user, step) -> {
          if (step == Step.COPYING) {
            throw new IllegalStateException("not now");
          }
        };
    String begun = mainstem.says(1, "cell", "move-user", "ann", "b", "--wait", "0");
    assertEquals("", begun, "it is no error of the server");
    assertNotNull(town.account(ann).move());
    assertEquals(
        "ann@mainstem.test lives in cell a\n",
        mainstem.says(0, "cell", "move-user", "ann", "--give-up"));
    assertEquals("a", town.account(ann).cell());
    assertEquals(
        "mainstem: The user is not on his way to another cell.\n",
        mainstem.says(1, "cell", "move-user", "ann", "--give-up"));
  }

  @Test
  void aCellThatNeverComesBackIsForgottenWhenNobodyLivesThere() {
    assertEquals(
        "mainstem: Cell b is heard of at this node: stop its nodes first.\n",
        mainstem.says(1, "cell", "forget", "--cell", "b"));
    UserId bob = get(town.b.node.directory.createUser("bob", null, null)).id();
    town.b.close();
    await().atMost(LONG).until(() -> !town.a.node.others().isReached("b"));
    assertEquals(
        "mainstem: Users may still come to cell b: mainstem cell disable b first.\n",
        mainstem.says(1, "cell", "forget", "--cell", "b"));
    mainstem.says(0, "cell", "disable", "b");
    assertEquals(
        "mainstem: Users live in cell b or are on their way there, bob@mainstem.test among them:"
            + " move them to another first.\n",
        mainstem.says(1, "cell", "forget", "--cell", "b"));
    var moves = town.a.node.directory.moves();
    get(moves.flip(bob, Objects.requireNonNull(get(moves.plan(bob, "a")).move()).generation()));
    assertEquals(
        "Cell b is in the directory no more\n", mainstem.says(0, "cell", "forget", "--cell", "b"));
    assertFalse(mainstem.says(0, "cell", "list").contains("b1="));
    await().atMost(LONG).until(() -> town.a.node.others().client("b") == null);
    assertEquals(
        "mainstem: There is no cell of this name.\n",
        mainstem.says(1, "cell", "forget", "--cell", "b"));
    assertEquals(
        "mainstem: Cell a is heard of at this node: stop its nodes first.\n",
        mainstem.says(1, "cell", "forget", "--cell", "a"));
  }

  @Test
  void nobodyComesToACellThatIsDisabled() {
    assertEquals("Nobody comes to cell b any more\n", mainstem.says(0, "cell", "disable", "b"));
    assertEquals(
        "mainstem: Cell b is disabled: nobody comes to it.\n",
        mainstem.says(1, "cell", "move-user", "ann", "b"));
    // Its nodes make accounts elsewhere.
    await()
        .atMost(LONG)
        .until(
            () -> {
              var card = town.b.node.directory.knownCells().known("b");
              return card != null && !card.enabled();
            });
    var bob = get(town.b.node.directory.createUser("bob", null, null));
    assertEquals("a", bob.cell());
    assertEquals("Users may come to cell b\n", mainstem.says(0, "cell", "enable", "b"));
    mainstem.says(0, "cell", "move-user", "ann", "b", "--wait", "120");
  }

  @Test
  void whatIsNotThereIsNamed() throws Exception {
    assertEquals(
        "mainstem: There is no cell of this name.\n",
        mainstem.says(1, "cell", "move-user", "ann", "c"));
    assertEquals(
        "mainstem: There is no cell of this name.\n", mainstem.says(1, "cell", "disable", "c"));
    assertEquals(
        "mainstem: There is no user with this name or address.\n",
        mainstem.says(1, "cell", "move-user", "nobody", "b"));
    assertTrue(
        mainstem
            .says(2, "cell", "move-user", "ann")
            .startsWith("Name a cell to go to, or --give-up\n"));
    var alone = new Typed(data.resolve("alone"));
    var server = listen(null, alone);
    for (var command :
        List.of(List.of("list"), List.of("enable", "b"), List.of("move-user", "ann", "b"))) {
      var line = new java.util.ArrayList<>(List.of("cell"));
      line.addAll(command);
      assertEquals(
          "mainstem: This node is in no cell (cell.enabled).\n",
          alone.says(1, line.toArray(String[]::new)));
    }
    get(server.stop());
  }
}
