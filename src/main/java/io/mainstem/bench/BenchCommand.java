package io.mainstem.bench;

import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mainstem bench}: runs scenarios and prints their figures. */
@Command(
    name = "bench",
    description =
        "Measures a server of its own, in a process of its own, with an empty data directory.",
    mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
  private static final List<Scenario> SCENARIOS =
      List.of(
          new StartScenario(),
          new SendScenario(),
          new IngestScenario(),
          new AppendScenario(),
          new OpenScenario(),
          new RebuildScenario(),
          new IdleScenario(),
          new SizeScenario(),
          new DirectoryScenario(),
          new ImapOpenScenario(),
          new ImapFetchScenario(),
          new ImapAppendScenario(),
          new ImapIdleScenario(),
          new ImapSilentScenario(),
          new ImapSearchScenario(),
          new ImportScenario());

  /** Those that need more than this program; they run only when they are named. */
  private static final List<Scenario> SPECIAL =
      List.of(new AppendCassandraScenario(), new ClusterScenario());

  @Spec @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "SCENARIO",
      description =
          "Which ones; all when none is named: send, ingest, append, open, idle, rebuild, size,"
              + " start, directory, imap-open, imap-fetch, imap-append, imap-idle, imap-silent,"
              + " imap-search, import. Only when they are named: append-cassandra, with a Cassandra"
              + " of its own, and cluster, with cells of one to four nodes over a Cassandra.")
  List<String> wanted = new ArrayList<>();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also append each figure to FILE, one JSON object a line.")
  @Nullable Path json;

  @Option(
      names = "--room",
      paramLabel = "DIR",
      description = "Where data directories are made and removed (default: a temporary directory).")
  @Nullable Path room;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description =
          "How long servers work before they are measured (default: 20, or 5 with --short). Several"
              + " nodes on one machine compile for minutes.")
  int warmUp;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "How often each is measured (default: 3, or 1 with --short).")
  int runs;

  @Option(
      names = "--short",
      description =
          "One run of a few seconds instead of three longer ones: shows that it works, not how"
              + " fast.")
  boolean brief;

  @Override
  public Integer call() throws Exception {
    var chosen = new ArrayList<Scenario>();
    for (String name : wanted) {
      chosen.add(
          Stream.concat(SCENARIOS.stream(), SPECIAL.stream())
              .filter(s -> s.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new ParameterException(
                          java.util.Objects.requireNonNull(spec).commandLine(),
                          "no scenario '" + name + "'; there are " + names())));
    }
    Path directory =
        room != null ? Files.createDirectories(room) : Files.createTempDirectory("mainstem-bench");
    PrintStream out = System.out;
    Vertx vertx = Vertx.vertx();
    try {
      var lab =
          new Lab(
              vertx,
              directory,
              new Figures(out, json),
              runs > 0 ? runs : brief ? 1 : 3,
              Duration.ofSeconds(warmUp > 0 ? warmUp : brief ? 5 : 20),
              Duration.ofSeconds(brief ? 3 : 10));
      out.printf(
          "%d processors, Java %s; %,.0f synced 4 KiB writes/s in %s%n",
          Runtime.getRuntime().availableProcessors(),
          Runtime.version(),
          lab.fsyncPerSecond(),
          directory);
      for (Scenario scenario : chosen.isEmpty() ? SCENARIOS : chosen) {
        out.println(scenario.name());
        scenario.run(lab);
      }
      return 0;
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
      if (room == null) {
        Lab.delete(directory);
      }
    }
  }

  private static List<String> names() {
    return Stream.concat(SCENARIOS.stream(), SPECIAL.stream()).map(Scenario::name).toList();
  }
}
