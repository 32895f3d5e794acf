package io.mainstem.bench;

import com.datastax.oss.driver.api.core.CqlSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Does with a Cassandra what its operator does: nodetool, cqlsh, a lost disk. */
public final class CassandraOperator {
  private final CassandraNodes nodes;

  public CassandraOperator(CassandraNodes nodes) {
    this.nodes = nodes;
  }

  /** Runs {@code nodetool} against a node; what it said. */
  public String nodetool(int node, String... arguments) throws IOException, InterruptedException {
    Path java = Objects.requireNonNull(CassandraNodes.java(), "no Java for Cassandra");
    var command =
        new ArrayList<>(
            List.of(
                java.resolve("bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                // It keeps a history of what was asked in the home of its user.
                "-Duser.home=" + nodes.home(node)));
    command.addAll(CassandraNodes.opened());
    command.addAll(
        List.of(
            "-cp",
            CassandraNodes.classPath(),
            "org.apache.cassandra.tools.NodeTool",
            "-h",
            "127.0.0.1",
            "-p",
            String.valueOf(nodes.jmxPort(node))));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(
          "nodetool " + String.join(" ", arguments) + " ended with " + code + ": " + said);
    }
    return said;
  }

  /**
   * Copies the snapshot of this name from where a node keeps its tables: {@code
   * KEYSPACE/TABLE-ID/snapshots/NAME} becomes {@code KEYSPACE/TABLE}.
   */
  public void copySnapshot(int node, String name, Path backup) throws IOException {
    try (Stream<Path> all = Files.walk(nodes.home(node).resolve("data"), 4)) {
      for (Path snapshot : all.filter(path -> path.endsWith(Path.of("snapshots", name))).toList()) {
        Path table = snapshot.getParent().getParent();
        String withId = table.getFileName().toString();
        Path to =
            backup
                .resolve(table.getParent().getFileName())
                .resolve(withId.substring(0, withId.lastIndexOf('-')));
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(snapshot)) {
          for (Path file : files.toList()) {
            Files.copy(file, to.resolve(file.getFileName()));
          }
        }
      }
    }
  }

  /** Kills a node and removes all that it had, as a lost disk does. */
  public void lose(int node) throws IOException {
    nodes.kill(node);
    Lab.delete(nodes.home(node));
  }

  /** What cqlsh would say. */
  public CqlSession cqlsh(int node) {
    return nodes.session(node);
  }
}
