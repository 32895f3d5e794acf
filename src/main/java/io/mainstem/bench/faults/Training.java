package io.mainstem.bench.faults;

import io.mainstem.bench.Lab;
import io.mainstem.bench.NodeProcess;
import io.mainstem.bench.Ports;
import io.mainstem.bench.ServerProcess;
import io.mainstem.bench.cluster.Cluster;
import io.mainstem.bench.cluster.Tools;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lets people use a server for a while, so that those after it start warm: at its end Java writes
 * down which classes it loaded and which methods were hot (an AOT cache: JEP 483, 514, 515).
 *
 * <p>A cache fits the JAR and the Java that it was made with; another Java says so and goes on
 * without it.
 */
public final class Training {
  private static final int LEAST_JAVA = 25;
  private static final int PEOPLE = 10;
  private static final int PER_SECOND = 150;
  private static final int NODES = 2;
  private static final Duration SETTLED = Duration.ofMinutes(2);

  /** How long people write, when nobody says otherwise. */
  public static final Duration USUAL = Duration.ofSeconds(20);

  private final Vertx vertx;
  private final Duration length;

  public Training(Vertx vertx, Duration length) {
    this.vertx = vertx;
    this.length = length;
  }

  /** Why no cache can be made here, in words; null when one can. */
  public static @Nullable String missing() {
    if (Runtime.version().feature() < LEAST_JAVA) {
      return "Java %d or newer makes such a cache; this is Java %d."
          .formatted(LEAST_JAVA, Runtime.version().feature());
    }
    return ServerProcess.jar() == null ? "A cache is made for a JAR, and none is run." : null;
  }

  /**
   * Makes the cache of a node that is alone.
   *
   * @param how with what the node is started
   * @param cache is replaced
   */
  public void ofOneNode(Path room, ServerProcess.Start how, Path cache)
      throws IOException, InterruptedException {
    Path made = room.resolve("made.aot");
    try (var rig = OneNode.start(room, how.java(writing(made)))) {
      use(rig);
      end(rig.nodes());
    }
    keep(made, cache);
  }

  /**
   * The cache of a node of a cell, beside the JAR; made anew when that is newer. What it takes is a
   * cell of two nodes, for a minute.
   */
  private Path ofACell(Path room, Consumer<String> progress)
      throws IOException, InterruptedException {
    Path jar = Path.of(String.valueOf(ServerProcess.jar()));
    Path cache = jar.resolveSibling("mainstem-cell.aot");
    if (Files.exists(cache)
        && Files.getLastModifiedTime(cache).compareTo(Files.getLastModifiedTime(jar)) > 0) {
      return cache;
    }
    progress.accept("nodes of a cell are used for a while, so that those after them start warm");
    // Each node writes its own.
    var how = Lab.QUICK_LOGIN.java(writing(room.resolve("made-%p.aot")));
    var layout = Cluster.Layout.ofOneCell(NODES, Ports.hundred(), how);
    Files.createDirectories(room);
    try (Cluster cluster = Cluster.start(room.resolve("cluster"), layout, Tools.HERE, line -> {})) {
      var rig = new ClusterRig(cluster, cluster.cells().iterator().next());
      rig.awaitBalance();
      use(rig);
      end(rig.nodes());
    }
    keep(largest(room), cache);
    return cache;
  }

  /** How the nodes of a cell are started, warm where that is possible; what is not is told. */
  public static ServerProcess.Start warm(Vertx vertx, Path room, Consumer<String> progress)
      throws IOException, InterruptedException {
    String missing = missing();
    if (missing != null) {
      progress.accept("nodes start cold: " + missing);
      return Lab.QUICK_LOGIN;
    }
    Path cache = new Training(vertx, USUAL).ofACell(room.resolve("training"), progress);
    return Lab.QUICK_LOGIN.java(using(cache));
  }

  /** What a Java is told to use a cache. */
  public static String using(Path cache) {
    return "-XX:AOTCache=" + cache;
  }

  private static String writing(Path cache) {
    return "-XX:AOTCacheOutput=" + cache;
  }

  private void use(Rig rig) throws IOException, InterruptedException {
    List<String> names = FaultRun.addPeople(rig, "warm", PEOPLE);
    try (var load = new Load(vertx, rig.doors(), rig.doors(), "warm", PER_SECOND)) {
      load.come(names, List.of(), FaultRun.PASSWORD);
      load.write();
      Thread.sleep(length.toMillis());
      load.rest();
      if (!load.until(SETTLED, load.history()::isSettled)) {
        throw new IOException(
            "the server did not answer: " + load.onLoop(load.history()::unsettled));
      }
    }
  }

  /** By a signal, as Java writes its cache only then; that takes some seconds. */
  private static void end(List<NodeProcess> nodes) throws IOException, InterruptedException {
    for (NodeProcess node : nodes) {
      int code = node.stop();
      if (code != 0) {
        throw new IOException("node " + node.name() + " ended with " + code);
      }
    }
  }

  private static Path largest(Path room) throws IOException {
    try (Stream<Path> files = Files.list(room)) {
      return files
          .filter(file -> file.toString().endsWith(".aot"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow(() -> new IOException("Java wrote no cache in " + room));
    }
  }

  private static void keep(Path made, Path cache) throws IOException {
    if (!Files.exists(made)) {
      throw new IOException("Java wrote no cache");
    }
    Path at = cache.toAbsolutePath();
    // In one step: whoever starts meanwhile uses the old one or this one.
    Path half = at.resolveSibling(at.getFileName() + ".new");
    Files.copy(made, half, StandardCopyOption.REPLACE_EXISTING);
    Files.move(half, at, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.delete(made);
  }
}
