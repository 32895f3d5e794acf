package io.mainstem.app.cli;

import io.mainstem.app.AfterRestore;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mainstem cell …}: the cells of the directory, and the nodes of the running one's. */
@Command(
    name = "cell",
    description =
        "The cells that share a directory of users, and the nodes of the one that the running"
            + " server belongs to.",
    subcommands = {
      CellCommand.ListAll.class,
      CellCommand.Show.class,
      CellCommand.Drain.class,
      CellCommand.Serve.class,
      CellCommand.Rebalance.class,
      CellCommand.Enable.class,
      CellCommand.Disable.class,
      CellCommand.Forget.class,
      CellCommand.MoveUser.class,
      CellCommand.Mend.class,
      CellCommand.Restored.class
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class CellCommand {
  private CellCommand() {}

  /** How long a command waits until it is done. */
  static final class Patience {
    @Option(
        names = "--wait",
        paramLabel = "SECONDS",
        description = "How long to wait until it is done (default: ${DEFAULT-VALUE}).",
        defaultValue = "60")
    int seconds;

    Duration atMost() {
      return Duration.ofSeconds(seconds);
    }
  }

  private static JsonObject node(JsonObject cell, String name) {
    return AdminApi.objects(cell, "nodes").stream()
        .filter(node -> name.equals(node.getString("name")))
        .findFirst()
        .orElseThrow(() -> new AdminFailure("The node " + name + " is not in the cell any more"));
  }

  private static boolean holdsItsShare(JsonObject node) {
    return node.getInteger("held").equals(node.getInteger("share"));
  }

  private static void tell(JsonObject node) {
    System.out.println("Node " + node.getString("name") + " is " + node.getString("state"));
  }

  @Command(
      name = "list",
      description = "Lists the cells of the directory.",
      mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    @Mixin Settings settings = new Settings();

    @Override
    public Integer call() throws Exception {
      var cells = AdminApi.of(settings).cells();
      System.out.printf("%-16s %-9s %-12s %s%n", "CELL", "USERS", "FROM HERE", "NODES");
      cells.forEach(ListAll::print);
      return 0;
    }

    private static void print(JsonObject cell) {
      System.out.printf(
          "%-16s %-9s %-12s %s%n",
          cell.getString("name"),
          cell.getBoolean("enabled") ? "may come" : "stay",
          cell.getBoolean("own")
              ? "this one"
              : cell.getBoolean("reached") ? "reached" : "not reached",
          AdminApi.objects(cell, "nodes").stream()
              .map(
                  node ->
                      node.getString("name")
                          + "="
                          + node.getString("address")
                          + (node.getBoolean("serving") ? "" : " (not serving)"))
              .collect(Collectors.joining(" ")));
    }
  }

  @Command(
      name = "show",
      description = "Shows the nodes, and how much each should hold and holds.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin Settings settings = new Settings();

    @Override
    public Integer call() throws Exception {
      JsonObject cell = AdminApi.of(settings).cell();
      System.out.printf(
          "cell %s, %d partitions, seen by node %s%n",
          cell.getString("cell"), cell.getInteger("partitions"), cell.getString("node"));
      System.out.printf(
          "%-16s %-9s %6s %6s %7s %6s %12s  %-21s %s%n",
          "NODE", "STATE", "SHARE", "HELD", "TOKENS", "LEVEL", "INCARNATION", "ADDRESS", "VERSION");
      AdminApi.objects(cell, "nodes").forEach(Show::print);
      AdminApi.objects(cell, "missing").forEach(Show::printMissing);
      return 0;
    }

    private static void printMissing(JsonObject node) {
      System.out.printf(
          "%-16s %-9s %36d%n", node.getString("name"), "missing", node.getLong("incarnation"));
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
      AdminApi admin = AdminApi.of(settings);
      tell(admin.drain(node));
      boolean done =
          AdminApi.until(
              admin::cell, patience.atMost(), cell -> node(cell, node).getInteger("held") == 0);
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
      AdminApi admin = AdminApi.of(settings);
      tell(admin.serve(node));
      boolean done =
          AdminApi.until(
              admin::cell,
              patience.atMost(),
              cell -> {
                JsonObject now = node(cell, node);
                return now.getInteger("share") > 0 && holdsItsShare(now);
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
      AdminApi admin = AdminApi.of(settings);
      for (JsonObject node : AdminApi.objects(admin.cell(), "nodes")) {
        if (node.getString("state").equals("draining")) {
          tell(admin.serve(node.getString("name")));
        }
      }
      boolean done =
          AdminApi.until(
              admin::cell,
              patience.atMost(),
              cell ->
                  AdminApi.objects(cell, "nodes").stream().allMatch(CellCommand::holdsItsShare));
      System.out.println(
          done ? "Each node holds its share" : "Some nodes do not hold their share yet");
      return done ? 0 : 1;
    }
  }

  @Command(
      name = "enable",
      description = "Lets new accounts and users of other cells come to a cell.",
      mixinStandardHelpOptions = true)
  static final class Enable implements Callable<Integer> {
    @Mixin Settings settings = new Settings();

    @Parameters(paramLabel = "CELL", description = "The cell's name, as list has it.")
    String cell = "";

    @Override
    public Integer call() throws Exception {
      JsonObject done = AdminApi.of(settings).enableCell(cell, true);
      System.out.println("Users may come to cell " + done.getString("name"));
      return 0;
    }
  }

  @Command(
      name = "disable",
      description =
          "Lets nobody come to a cell: accounts that are made at its nodes live in others. Its own"
              + " users are served as before.",
      mixinStandardHelpOptions = true)
  static final class Disable implements Callable<Integer> {
    @Mixin Settings settings = new Settings();

    @Parameters(paramLabel = "CELL", description = "The cell's name, as list has it.")
    String cell = "";

    @Override
    public Integer call() throws Exception {
      JsonObject done = AdminApi.of(settings).enableCell(cell, false);
      System.out.println("Nobody comes to cell " + done.getString("name") + " any more");
      return 0;
    }
  }

  @Command(
      name = "forget",
      description =
          "Takes a node out of its cell, or a cell out of the directory, that never comes back."
              + " Refused while it is heard of, and for a cell in which users live.",
      mixinStandardHelpOptions = true)
  static final class Forget implements Callable<Integer> {
    @Mixin Settings settings = new Settings();

    @Parameters(
        paramLabel = "NAME",
        description = "A node of this cell, as show has it, or else a cell, as list has it.")
    String name = "";

    @Option(names = "--cell", description = "The name is a cell's, though a node has it too.")
    boolean isCell;

    @Override
    public Integer call() throws Exception {
      AdminApi admin = AdminApi.of(settings);
      if (!isCell && isNode(admin.cell())) {
        JsonObject node = admin.forgetNode(name);
        System.out.println(
            "Node %s is of the cell no more (incarnation %d)"
                .formatted(name, node.getLong("incarnation")));
      } else {
        JsonObject cell = admin.forgetCell(name);
        System.out.println("Cell " + cell.getString("name") + " is in the directory no more");
      }
      return 0;
    }

    private boolean isNode(JsonObject cell) {
      return Stream.of("nodes", "missing")
          .flatMap(kind -> AdminApi.objects(cell, kind).stream())
          .anyMatch(node -> name.equals(node.getString("name")));
    }
  }

  @Command(
      name = "mend",
      description =
          "Makes a mailbox whole that is refused because its log has lost entries: what stands"
              + " before the first gap is the mailbox from then on, what stands behind it is set"
              + " aside. Refused while the log is whole.",
      mixinStandardHelpOptions = true)
  static final class Mend implements Callable<Integer> {
    private static final Duration LONG = Duration.ofHours(12);

    @Mixin Settings settings = new Settings();

    @Parameters(paramLabel = "NAME", description = "Name or address.")
    String name = "";

    @Option(names = "--dry-run", description = "Only tells what is wrong and what would be cut.")
    boolean dryRun;

    @Override
    public Integer call() throws Exception {
      AdminApi admin = AdminApi.of(settings);
      admin.mend(name, dryRun);
      boolean over =
          AdminApi.until(
              () -> admin.mending(name), LONG, now -> !now.getString("state").equals("working"));
      JsonObject report = admin.mending(name);
      JsonObject finding = report.getJsonObject("finding");
      if (finding != null) {
        tell(finding, dryRun);
      }
      if (report.getString("failure") != null) {
        System.out.println(report.getString("failure"));
      }
      if (report.getInteger("generation") != null) {
        System.out.println(
            "%s is whole again, as generation %d".formatted(name, report.getInteger("generation")));
      }
      return over && report.getString("failure") == null ? 0 : 1;
    }

    private static void tell(JsonObject finding, boolean dryRun) {
      String damage = finding.getString("damage");
      if (damage == null) {
        System.out.println("The log is whole, up to number " + finding.getLong("keptUpTo"));
        return;
      }
      System.out.println(damage);
      System.out.println(
          "%s kept: up to number %d%s"
              .formatted(
                  dryRun ? "Would be" : "Was",
                  finding.getLong("keptUpTo"),
                  at(finding.getString("keptUntil"))));
      System.out.println(
          "%s set aside, in generation %d: %d entries%s"
              .formatted(
                  dryRun ? "Would be" : "Was",
                  finding.getInteger("generation"),
                  finding.getLong("behind"),
                  at(finding.getString("behindUntil"))));
    }

    private static String at(@Nullable String time) {
      return time == null ? "" : ", the last one written at " + time;
    }
  }

  @Command(
      name = "restored",
      description =
          "To be said once, while no node runs, after the store was restored from a backup, or"
              + " before a cell is served in another data center than the one that was lost: each"
              + " mailbox is renewed when it is next opened, so that no device or mail program"
              + " takes what is new for what it remembers.",
      mixinStandardHelpOptions = true)
  static final class Restored implements Callable<Integer> {
    @Mixin Settings settings = new Settings();

    @Override
    public Integer call() throws Exception {
      System.out.println(AfterRestore.run(settings.load()));
      return 0;
    }
  }

  @Command(
      name = "move-user",
      description =
          "Moves a user's mailbox to another cell while he works. The command may be given again,"
              + " and may end before the move does.",
      mixinStandardHelpOptions = true)
  static final class MoveUser implements Callable<Integer> {
    @Mixin Settings settings = new Settings();
    @Mixin Patience patience = new Patience();
    @Spec @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "Name or address.")
    String name = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "CELL",
        description = "Where he is to live, as list has it.")
    @Nullable String cell;

    @Option(
        names = "--give-up",
        description = "Ends a move that is under way; he stays where he is.")
    boolean giveUp;

    @Override
    public Integer call() throws Exception {
      String target = cell;
      if (giveUp == (target != null)) {
        throw new ParameterException(
            java.util.Objects.requireNonNull(spec).commandLine(),
            "Name a cell to go to, or --give-up");
      }
      AdminApi admin = AdminApi.of(settings);
      return target == null ? giveUp(admin) : move(admin, target);
    }

    private int giveUp(AdminApi admin) throws IOException, InterruptedException {
      JsonObject user = admin.giveUpMove(name);
      System.out.println(
          "%s lives in cell %s".formatted(user.getString("address"), user.getString("cell")));
      return 0;
    }

    private int move(AdminApi admin, String target) throws IOException, InterruptedException {
      JsonObject user = admin.move(name, target);
      String address = user.getString("address");
      System.out.println(
          "%s is on his way from cell %s to cell %s"
              .formatted(address, user.getString("cell"), target));
      boolean over =
          AdminApi.until(
              () -> admin.user(name),
              patience.atMost(),
              now -> target.equals(now.getString("cell")) || now.getJsonObject("move") == null);
      JsonObject now = admin.user(name);
      boolean done = target.equals(now.getString("cell"));
      System.out.println(
          done
              ? "%s lives in cell %s".formatted(address, target)
              : over
                  ? "The move was given up; %s lives in cell %s"
                      .formatted(address, now.getString("cell"))
                  : "%s is still on his way".formatted(address));
      return done ? 0 : 1;
    }
  }
}
