package io.mainstem.bench.faults;

import io.mainstem.bench.Lab;
import io.mainstem.bench.ServerProcess;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mainstem warm}: makes the AOT cache with which a node starts warm. */
@Command(
    name = "warm",
    description = {
      "Lets people of its own use a server of its own for a while, and keeps in FILE what Java"
          + " learned: a node that is started with it is ready sooner and quick at once.",
      "  java -jar /opt/mainstem.jar warm /opt/mainstem.aot",
      "  java -XX:MaxGCPauseMillis=20 -XX:AOTCache=/opt/mainstem.aot -jar /opt/mainstem.jar serve",
      "Java 25 or newer, the same Java and the same JAR for both. Another one, another option that"
          + " opens modules or native access, ZGC, or a heap of 32 GB or more: Java says that it"
          + " cannot use the cache, and starts cold (docs/operations.md)."
    },
    mixinStandardHelpOptions = true)
public final class WarmCommand implements Callable<Integer> {
  private static final int LEAST_SECONDS = 1;
  private static final int MOST_SECONDS = 600;

  @Spec @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "Where the cache is kept; replaced.")
  @Nullable Path file;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "For how long it is used (1 to 600; default: 20).")
  int seconds = (int) Training.USUAL.toSeconds();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "A setting of the server (repeatable), so that it is used as yours are. It gets people"
              + " and messages: never give it a keyspace, a bucket or a cell that others use.")
  List<String> settings = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    String missing = Training.missing();
    if (missing != null) {
      System.err.println("No cache can be made: " + missing);
      return 1;
    }
    if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "--seconds is %d; it may be %d to %d".formatted(seconds, LEAST_SECONDS, MOST_SECONDS));
    }
    Path cache = Objects.requireNonNull(file);
    ServerProcess.Start how = Lab.QUICK_LOGIN;
    for (String setting : settings) {
      how = how.with("--set", setting);
    }
    Path room = Files.createTempDirectory("mainstem-warm");
    Vertx vertx = Vertx.vertx();
    try {
      new Training(vertx, Duration.ofSeconds(seconds)).ofOneNode(room, how, cache);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
      Lab.delete(room);
    }
    System.out.printf("%s (%,d MB). Start nodes with:%n", cache, Files.size(cache) >> 20);
    System.out.println(line(cache));
    return 0;
  }

  /** How people start a node with a cache. */
  private static String line(Path cache) {
    List<String> program = ServerProcess.program(List.of(Training.using(cache.toAbsolutePath())));
    return "java " + String.join(" ", program) + " serve";
  }
}
