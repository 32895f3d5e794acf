package io.mainstem.bench.faults;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.mainstem.bench.Lab;
import io.mainstem.bench.Ports;
import io.mainstem.bench.ServerProcess;
import io.mainstem.bench.cluster.Cluster;
import io.mainstem.bench.cluster.Tools;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mainstem faults}: strikes servers of its own while people use them, and judges. */
@Command(
    name = "faults",
    description =
        "Starts servers of its own, strikes them with faults while people write to one another,"
            + " and checks that nothing is lost, doubled, invented or out of order.",
    mixinStandardHelpOptions = true)
public final class FaultsCommand implements Callable<Integer> {
  private static final int LEAST_PER_SECOND = 500;
  private static final int MOST_NODES = 4;
  private static final String CELL = "a";
  private static final String OTHER_CELL = "b";

  @Spec @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "FAULT",
      description = "Which ones; all that the servers can take when none is named.")
  List<String> wanted = new ArrayList<>();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write one JSON object a fault to FILE, each on a line of its own.")
  @Nullable Path json;

  @Option(names = "--short", description = "Shorter faults, with less time before and after each.")
  boolean brief;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "550",
      description = "Messages a second that are written (default: ${DEFAULT-VALUE}).")
  int rate = 550;

  @Option(
      names = "--people",
      paramLabel = "N",
      defaultValue = "40",
      description = "How many people write, each with two devices (default: ${DEFAULT-VALUE}).")
  int people = 40;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description =
          "How long they write before a fault may strike (default: 10, or 4 with --short). Nodes"
              + " that were just started compile for minutes.")
  int warmUp;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Nodes of the cell; 1 is one node with its own store (default: ${DEFAULT-VALUE}).")
  int nodes = 3;

  @Option(
      names = "--room",
      paramLabel = "DIR",
      description =
          "Where the servers work; what they logged is kept there (default: a temporary directory"
              + " that is removed when all went well).")
  @Nullable Path room;

  @Option(
      names = "--cold",
      description =
          "Start the nodes of a cell without the AOT cache that is else made once, with Java 25 or"
              + " newer.")
  boolean cold;

  @Override
  public Integer call() throws Exception {
    List<Fault> chosen = chosen();
    hush();
    Path directory =
        room != null ? Files.createDirectories(room) : Files.createTempDirectory("mainstem-faults");
    if (json != null) {
      Files.writeString(json, "");
    }
    PrintStream out = System.out;
    String missing = nodes > 1 ? Cluster.missing(Tools.HERE) : null;
    if (missing != null || nodes > MOST_NODES) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          missing == null
              ? "At most " + MOST_NODES + " nodes."
              : "No cell can be started (--nodes 1 needs none): " + missing);
    }
    Vertx vertx = Vertx.vertx();
    boolean good;
    try {
      good =
          nodes > 1 ? inACell(directory, chosen, vertx, out) : alone(directory, chosen, vertx, out);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
    if (good && room == null) {
      Lab.delete(directory);
    } else if (!good) {
      out.println("What the servers logged is in " + directory);
    }
    return good ? 0 : 1;
  }

  /** That connections end is what is asked for here, and counted; nobody need read of each. */
  private static void hush() {
    ILoggerFactory loggers = LoggerFactory.getILoggerFactory();
    if (loggers instanceof LoggerContext logback) {
      logback.getLogger("io.vertx").setLevel(Level.OFF);
    }
  }

  private boolean alone(Path directory, List<Fault> chosen, Vertx vertx, PrintStream out)
      throws IOException, InterruptedException {
    try (Rig rig = OneNode.start(directory, Lab.QUICK_LOGIN)) {
      return strike(chosen, vertx, rig, out);
    }
  }

  private boolean inACell(Path directory, List<Fault> chosen, Vertx vertx, PrintStream out)
      throws IOException, InterruptedException {
    ServerProcess.Start how =
        cold ? Lab.QUICK_LOGIN : Training.warm(vertx, directory, out::println);
    var layout = layout(chosen, how);
    try (Cluster cluster =
        Cluster.start(directory.resolve("cluster"), layout, Tools.HERE, out::println)) {
      var rig = new ClusterRig(cluster, CELL);
      rig.awaitBalance();
      boolean good = false;
      try {
        good = strike(chosen, vertx, rig, out);
      } finally {
        if (!good || room != null) {
          cluster.keepLogs(directory);
        }
      }
      return good;
    }
  }

  /** Only what the faults need: every process more takes from the others. */
  private Cluster.Layout layout(List<Fault> chosen, ServerProcess.Start how) throws IOException {
    var stage = chosen.stream().map(Fault::stage).max(Comparator.naturalOrder()).orElseThrow();
    var cells = new LinkedHashMap<String, Integer>();
    cells.put(CELL, nodes);
    if (stage == Fault.Stage.TWO_CELLS) {
      cells.put(OTHER_CELL, 1);
    }
    return new Cluster.Layout(cells, Ports.hundred(), how, stage != Fault.Stage.CELL);
  }

  private boolean strike(List<Fault> chosen, Vertx vertx, Rig rig, PrintStream out)
      throws IOException, InterruptedException {
    out.println(
        rig.words() + ", " + Runtime.getRuntime().availableProcessors() + " processors here");
    var setting =
        (brief ? FaultRun.Setting.brief(people, rate) : FaultRun.Setting.full(people, rate))
            .warmedUp(Duration.ofSeconds(warmUp));
    boolean good = true;
    int number = 0;
    for (Fault fault : chosen) {
      Optional<String> lacking = fault.needs().lackedBy(rig);
      if (lacking.isPresent()) {
        out.printf("%-18s left out: it needs %s%n", fault.name(), lacking.get());
        continue;
      }
      FaultReport report = new FaultRun(vertx, rig, setting).strike(fault, "f" + number++);
      out.println(report.toText());
      if (report.perSecond() < LEAST_PER_SECOND) {
        out.printf(
            "    the load was below %d messages/s, so this says less than it should%n",
            LEAST_PER_SECOND);
      }
      good &= report.isGood();
      write(report);
    }
    return good;
  }

  private void write(FaultReport report) throws IOException {
    if (json != null) {
      Files.writeString(json, report.toJson() + "\n", StandardOpenOption.APPEND);
    }
  }

  private List<Fault> chosen() {
    var chosen = new ArrayList<Fault>();
    for (String name : wanted) {
      chosen.add(
          Fault.ALL.stream()
              .filter(f -> f.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new ParameterException(
                          Objects.requireNonNull(spec).commandLine(),
                          "no fault '"
                              + name
                              + "'; there are "
                              + Fault.ALL.stream().map(Fault::name).toList())));
    }
    if (!chosen.isEmpty()) {
      return chosen;
    }
    return Fault.ALL.stream().filter(f -> !brief || Fault.BRIEF.contains(f.name())).toList();
  }
}
