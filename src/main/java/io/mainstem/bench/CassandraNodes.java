package io.mainstem.bench;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Cassandra of one or more nodes for tests and benches, each a process of its own: node n
 * listens on 127.0.0.n. Its jars are no part of this program: they are those that Maven has listed
 * in target/cassandra-classpath. Its Java is an installed 17 or 11, because this Cassandra runs on
 * nothing newer.
 */
public final class CassandraNodes implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PLACE = "cassandra-rackdc.properties";
  private static final Path CLASS_PATH = Path.of("target", "cassandra-classpath");

  private static final List<String> OPENED =
      List.of(
          "java.base/java.lang.module",
          "java.base/jdk.internal.loader",
          "java.base/jdk.internal.ref",
          "java.base/jdk.internal.reflect",
          "java.base/jdk.internal.math",
          "java.base/jdk.internal.module",
          "java.base/jdk.internal.util.jar",
          "java.base/sun.nio.ch",
          "java.base/java.io",
          "java.base/java.lang",
          "java.base/java.lang.reflect",
          "java.base/java.nio",
          "java.base/java.util",
          "java.base/java.util.concurrent",
          "java.base/java.util.concurrent.atomic",
          "java.base/jdk.internal.misc",
          "java.management/com.sun.jmx.remote.internal.rmi",
          "java.rmi/sun.rmi.transport.tcp",
          "java.rmi/sun.rmi.server",
          "java.rmi/sun.rmi.registry",
          "java.sql/java.sql",
          "jdk.attach/sun.tools.attach",
          "jdk.compiler/com.sun.tools.javac.file",
          "jdk.management/com.sun.management.internal",
          "jdk.management.jfr/jdk.management.jfr",
          "jdk.unsupported/sun.misc",
          "java.management.rmi/javax.management.remote.rmi",
          "java.management.rmi/com.sun.jmx.remote.internal.rmi");

  /**
   * How a node is set up.
   *
   * @param nodes of the cluster; how many of them keep a row is the affair of a keyspace
   * @param heap of each, as Java takes it
   * @param commitlogSync lines of cassandra.yaml
   * @param dataCenters the data center of each node
   */
  public record Setup(
      int nodes,
      int nativePort,
      int storagePort,
      int jmxPort,
      String heap,
      String commitlogSync,
      List<String> dataCenters) {
    private static final int PORTS = 10;
    private static final int MOST_TRIED = 90;

    public static final String GROUP = "commitlog_sync: group\ncommitlog_sync_group_window: 2ms\n";

    /**
     * With the first free ports from here on: another run may not have ended, or not have cleaned
     * up.
     */
    public static Setup of(int nodes, int from) {
      return of(Collections.nCopies(nodes, "datacenter1"), from);
    }

    /** The same, with a node in each of these data centers. */
    public static Setup of(List<String> dataCenters, int from) {
      int nodes = dataCenters.size();
      int first = from;
      while (first < from + MOST_TRIED && !isFree(nodes, first)) {
        first += PORTS;
      }
      String heap = nodes == 1 ? "512m" : "384m";
      return new Setup(nodes, first, first + 1, first + 2, heap, GROUP, List.copyOf(dataCenters));
    }

    private static boolean isFree(int nodes, int first) {
      for (int node = 1; node <= nodes; node++) {
        for (int port = first; port <= first + 2 + node; port++) {
          String host = port > first + 1 ? "127.0.0.1" : "127.0.0." + node;
          try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
          } catch (IOException taken) {
            return false;
          }
        }
      }
      return true;
    }
  }

  private final Path work;
  private final Setup setup;
  private final Map<Integer, Process> processes = new TreeMap<>();

  public CassandraNodes(Path work, Setup setup) {
    this.work = work;
    this.setup = setup;
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
  }

  private String dataCenter(int node) {
    return setup.dataCenters().get(node - 1);
  }

  /** {@code host:port} of a node. */
  public String contactPoint(int node) {
    return "127.0.0." + node + ":" + setup.nativePort();
  }

  /** Starts all nodes, one after another, and waits until each knows all others. */
  public void start() {
    for (int node = 1; node <= setup.nodes(); node++) {
      start(node);
    }
    for (int node = 1; setup.nodes() > 1 && node <= setup.nodes(); node++) {
      awaitPeers(node);
    }
  }

  /** A node takes requests before it has heard where the others are. */
  private void awaitPeers(int node) {
    long end = System.nanoTime() + START.toNanos();
    try (CqlSession session = session(node)) {
      while (true) {
        long known =
            session
                .execute("SELECT data_center, host_id, schema_version FROM system.peers_v2")
                .all()
                .stream()
                .filter(peer -> !peer.isNull(0) && !peer.isNull(1) && !peer.isNull(2))
                .count();
        if (known == setup.nodes() - 1) {
          return;
        }
        if (System.nanoTime() > end) {
          throw new IllegalStateException(
              "node " + node + " knows only " + known + " others after " + START);
        }
        process(node).waitFor(100, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Cassandra started", e);
    }
  }

  /** A patient session with one node, for what an operator would say in cqlsh. */
  public CqlSession session(int node) {
    var patient =
        DriverConfigLoader.programmaticBuilder()
            .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, PATIENCE)
            .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, PATIENCE)
            .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, PATIENCE)
            .build();
    return CqlSession.builder()
        .addContactPoint(new InetSocketAddress("127.0.0." + node, setup.nativePort()))
        .withLocalDatacenter(dataCenter(node))
        .withConfigLoader(patient)
        .build();
  }

  /** Where a node has all that it keeps. */
  Path home(int node) {
    return work.resolve("node" + node);
  }

  /** Where a node is managed, on this machine's own address. */
  int jmxPort(int node) {
    return setup.jmxPort() + node;
  }

  /** Starts a node, with what it had when it ran before, and waits until it takes requests. */
  public void start(int node) {
    try {
      Path home = Files.createDirectories(home(node));
      Path yaml = home.resolve("cassandra.yaml");
      Files.writeString(yaml, yaml(node, home));
      Files.writeString(home.resolve(PLACE), "dc=%s%nrack=one%n".formatted(dataCenter(node)));
      Process process =
          new ProcessBuilder(command(node, home, yaml))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("out.log").toFile()))
              .start();
      processes.put(node, process);
      awaitPort(process, node, home);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process of a node, to stop or freeze it. */
  public Process process(int node) {
    return Objects.requireNonNull(processes.get(node), "the node does not run");
  }

  /** Stops a node in the middle of whatever it does, without closing anything: SIGSTOP. */
  public void freeze(int node) {
    signal(node, "-STOP");
  }

  /** Lets a frozen node go on. */
  public void thaw(int node) {
    signal(node, "-CONT");
  }

  private void signal(int node, String signal) {
    try {
      int code =
          new ProcessBuilder("kill", signal, Long.toString(process(node).pid())).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill " + signal + " ended with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Kills a node at once. */
  public void kill(int node) {
    Process process = processes.remove(node);
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  private void kill() {
    processes.values().forEach(Process::destroyForcibly);
  }

  @Override
  public void close() {
    kill();
    processes.values().forEach(process -> process.onExit().join());
    processes.clear();
    try (Stream<Path> files = Files.walk(work)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String yaml(int node, Path home) {
    String ip = "127.0.0." + node;
    BigInteger step = BigInteger.TWO.pow(64).divide(BigInteger.valueOf(setup.nodes()));
    BigInteger token =
        BigInteger.valueOf(Long.MIN_VALUE + 1).add(step.multiply(BigInteger.valueOf(node - 1)));
    return """
    cluster_name: mainstem
    num_tokens: 1
    initial_token: %s
    partitioner: org.apache.cassandra.dht.Murmur3Partitioner
    endpoint_snitch: GossipingPropertyFileSnitch
    seed_provider:
      - class_name: org.apache.cassandra.locator.SimpleSeedProvider
        parameters: [{seeds: "127.0.0.1"}]
    auto_bootstrap: false
    listen_address: %s
    rpc_address: %s
    native_transport_port: %d
    storage_port: %d
    data_file_directories: [%s/data]
    commitlog_directory: %s/commitlog
    saved_caches_directory: %s/saved
    hints_directory: %s/hints
    cdc_raw_directory: %s/cdc
    %scommitlog_segment_size: 8MiB
    commitlog_total_space: 256MiB
    commitlog_disk_access_mode: legacy
    memtable_heap_space: 64MiB
    memtable_offheap_space: 64MiB
    key_cache_size: 8MiB
    file_cache_size: 32MiB
    networking_cache_size: 32MiB
    prepared_statements_cache_size: 8MiB
    concurrent_compactors: 1
    concurrent_reads: 16
    concurrent_writes: 16
    auto_snapshot: false
    paxos_variant: v2
    paxos_contention_min_wait: 0
    read_request_timeout: 5s
    write_request_timeout: 5s
    cas_contention_timeout: 5s
    request_timeout: 10s
    """
        .formatted(
            token,
            ip,
            ip,
            setup.nativePort(),
            setup.storagePort(),
            home,
            home,
            home,
            home,
            home,
            setup.commitlogSync());
  }

  private List<String> command(int node, Path home, Path yaml) throws IOException {
    String jars = classPath();
    Path java = Objects.requireNonNull(java(), "no Java for Cassandra");
    var command =
        new ArrayList<>(
            List.of(
                java.resolve("bin/java").toString(),
                "-Xms" + setup.heap(),
                "-Xmx" + setup.heap(),
                "-XX:+UseSerialGC",
                "-Xss512k",
                "-XX:TieredStopAtLevel=1",
                "-XX:MaxDirectMemorySize=256m",
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dcassandra.config=" + yaml.toUri(),
                "-D" + PLACE + "=" + home.resolve(PLACE).toUri(),
                "-Dcassandra.storagedir=" + home,
                "-Dcassandra.skip_wait_for_gossip_to_settle=0",
                "-Dcassandra.ring_delay_ms=" + (setup.nodes() == 1 ? 100 : 10_000),
                "-Dcassandra.broadcast_interval_ms=100",
                "-Dcassandra.shutdown_announce_in_ms=0",
                "-Dcassandra.size_recorder_interval=0",
                "-Dcassandra.jmx.local.port=" + jmxPort(node),
                "-Dcassandra-foreground=yes",
                "-Djava.io.tmpdir=" + Files.createDirectories(home.resolve("tmp")),
                "-Djdk.attach.allowAttachSelf=true",
                "-javaagent:"
                    + Arrays.stream(jars.split(File.pathSeparator))
                        .filter(jar -> jar.contains("jamm"))
                        .findFirst()
                        .orElseThrow()));
    command.addAll(opened());
    command.addAll(List.of("-cp", jars, "org.apache.cassandra.service.CassandraDaemon"));
    return command;
  }

  /** What a Java of Cassandra must be allowed to reach. */
  static List<String> opened() {
    return OPENED.stream()
        .flatMap(
            opened ->
                Stream.of(
                    "--add-exports=" + opened + "=ALL-UNNAMED",
                    "--add-opens=" + opened + "=ALL-UNNAMED"))
        .toList();
  }

  static String classPath() throws IOException {
    return Files.readString(CLASS_PATH).strip();
  }

  /** What a Cassandra would need and is not here, in words; null when nothing is missing. */
  public static @Nullable String missing() {
    if (!Files.exists(CLASS_PATH)) {
      return "where Cassandra's jars lie is not known; run: mvn -Ptests"
          + " antrun:run@cassandra-classpath";
    }
    try {
      return java() == null
          ? "Cassandra needs an installed Java 17 or 11 beside the newer one, and none was found"
          : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The home of an installed Java 17 or 11, in the places where the scripts look. */
  static @Nullable Path java() throws IOException {
    String user = System.getProperty("user.home");
    var candidates = new ArrayList<Path>();
    System.getenv()
        .forEach(
            (name, value) -> {
              if (name.matches("JAVA[A-Z0-9_]*_HOME")) {
                candidates.add(Path.of(value));
              }
            });
    for (String parent :
        List.of(
            user + "/.jdks",
            user + "/.m2/jdks",
            user + "/.sdkman/candidates/java",
            "/usr/java",
            "/opt/java",
            "/usr/lib/jvm",
            "/Library/Java/JavaVirtualMachines")) {
      if (Files.isDirectory(Path.of(parent))) {
        try (Stream<Path> homes = Files.list(Path.of(parent))) {
          homes.forEach(
              home -> {
                candidates.add(home);
                candidates.add(home.resolve("Contents/Home"));
              });
        }
      }
    }
    for (String version : List.of("17", "11")) {
      for (Path home : candidates) {
        Path release = home.resolve("release");
        if (Files.isExecutable(home.resolve("bin/java"))
            && Files.exists(release)
            && Files.readString(release).contains("JAVA_VERSION=\"" + version)) {
          return home;
        }
      }
    }
    return null;
  }

  private void awaitPort(Process process, int node, Path home) throws IOException {
    long end = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < end) {
      if (!process.isAlive()) {
        throw new IllegalStateException(
            "Cassandra ended with " + process.exitValue() + "; see " + home.resolve("out.log"));
      }
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0." + node, setup.nativePort()), 200);
        return;
      } catch (IOException notYet) {
        try {
          process.waitFor(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted while Cassandra started", e);
        }
      }
    }
    throw new IllegalStateException("Cassandra did not open its port within " + START);
  }
}
