package io.mainstem.app.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mainstem cell …}: the nodes of the cell of the running node. */
@Command(
    name = "cell",
    description = "The nodes of the cell that the running server belongs to.",
    subcommands = {
      CellCommand.Show.class,
      CellCommand.Drain.class,
      CellCommand.Serve.class,
      CellCommand.Rebalance.class
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class CellCommand {
  private static final long LOOK_MILLIS = 200;

  private CellCommand() {}

  /** How long a command waits for the nodes to do it. */
  static final class Patience {
    @Option(
        names = "--wait",
        paramLabel = "SECONDS",
        description = "How long to wait until it is done (default: ${DEFAULT-VALUE}).",
        defaultValue = "60")
    int seconds;

    /** Looks until the cell is as it should be; false when the time is over. */
    boolean until(AdminClient admin, Predicate<JsonObject> done)
        throws IOException, InterruptedException {
      long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
      for (; ; ) {
        if (done.test(admin.get("/admin/cell"))) {
          return true;
        }
        if (System.nanoTime() >= end) {
          return false;
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  private static JsonObject node(JsonObject cell, String name) {
    for (Object each : cell.getJsonArray("nodes", new JsonArray())) {
      if (each instanceof JsonObject node && name.equals(node.getString("name"))) {
        return node;
      }
    }
    throw new AdminFailure("The node " + name + " is not in the cell any more");
  }

  private static boolean isBalanced(JsonObject cell) {
    return cell.getJsonArray("nodes").stream()
        .map(JsonObject.class::cast)
        .allMatch(node -> node.getInteger("held").equals(node.getInteger("share")));
  }

  private static void order(AdminClient admin, String node, String duty)
      throws IOException, InterruptedException {
    String path = "/admin/cell/nodes/" + URLEncoder.encode(node, StandardCharsets.UTF_8);
    JsonObject card = admin.post(path + "/" + duty, new JsonObject());
    System.out.println("Node " + card.getString("name") + " is " + card.getString("state"));
  }

  @Command(
      name = "show",
      description = "Shows the nodes, and how much each should hold and holds.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin Settings settings = new Settings();

    @Override
    public Integer call() throws Exception {
      JsonObject cell = AdminClient.of(settings.load().data()).get("/admin/cell");
      System.out.printf(
          "cell %s, %d partitions, seen by node %s%n",
          cell.getString("cell"), cell.getInteger("partitions"), cell.getString("node"));
      System.out.printf(
          "%-16s %-9s %6s %6s %7s %6s %12s  %-21s %s%n",
          "NODE", "STATE", "SHARE", "HELD", "TOKENS", "LEVEL", "INCARNATION", "ADDRESS", "VERSION");
      cell.getJsonArray("nodes").forEach(each -> print((JsonObject) each));
      return 0;
    }

    private static void print(JsonObject node) {
      System.out.printf(
          "%-16s %-9s %6d %6d %7d %6d %12d  %-21s %s%n",
          node.getString("name"),
          node.getString("state"),
          node.getInteger("share"),
          node.getInteger("held"),
          node.getInteger("tokens"),
          node.getInteger("level"),
          node.getLong("incarnation"),
          node.getString("address"),
          node.getString("version"));
    }
  }

  @Command(
      name = "drain",
      description =
          "Takes a node out of the ring: others take what it holds; it serves its clients through"
              + " them.",
      mixinStandardHelpOptions = true)
  static final class Drain implements Callable<Integer> {
    @Mixin Settings settings = new Settings();
    @Mixin Patience patience = new Patience();

    @Parameters(paramLabel = "NODE", description = "The node's name, as show has it.")
    String node = "";

    @Override
    public Integer call() throws Exception {
      AdminClient admin = AdminClient.of(settings.load().data());
      order(admin, node, "drain");
      boolean done = patience.until(admin, cell -> node(cell, node).getInteger("held") == 0);
      System.out.println(
          done ? "Node " + node + " holds nothing" : "Node " + node + " still holds some users");
      return done ? 0 : 1;
    }
  }

  @Command(
      name = "serve",
      description = "Puts a drained node back into the ring.",
      mixinStandardHelpOptions = true)
  static final class Serve implements Callable<Integer> {
    @Mixin Settings settings = new Settings();
    @Mixin Patience patience = new Patience();

    @Parameters(paramLabel = "NODE", description = "The node's name, as show has it.")
    String node = "";

    @Override
    public Integer call() throws Exception {
      AdminClient admin = AdminClient.of(settings.load().data());
      order(admin, node, "serve");
      boolean done =
          patience.until(
              admin,
              cell -> {
                JsonObject now = node(cell, node);
                return now.getInteger("share") > 0
                    && now.getInteger("held").equals(now.getInteger("share"));
              });
      System.out.println(
          done
              ? "Node " + node + " holds its share"
              : "Node " + node + " does not hold all of its share yet");
      return done ? 0 : 1;
    }
  }

  @Command(
      name = "rebalance",
      description =
          "Puts every drained node back into the ring, and waits until each holds its share.",
      mixinStandardHelpOptions = true)
  static final class Rebalance implements Callable<Integer> {
    @Mixin Settings settings = new Settings();
    @Mixin Patience patience = new Patience();

    @Override
    public Integer call() throws Exception {
      AdminClient admin = AdminClient.of(settings.load().data());
      for (Object each : admin.get("/admin/cell").getJsonArray("nodes")) {
        if (each instanceof JsonObject node && node.getString("state").equals("draining")) {
          order(admin, node.getString("name"), "serve");
        }
      }
      boolean done = patience.until(admin, CellCommand::isBalanced);
      System.out.println(
          done ? "Each node holds its share" : "Some nodes do not hold their share yet");
      return done ? 0 : 1;
    }
  }
}
