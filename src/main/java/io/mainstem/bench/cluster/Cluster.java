package io.mainstem.bench.cluster;

import io.mainstem.bench.CassandraNodes;
import io.mainstem.bench.Lab;
import io.mainstem.bench.NodeProcess;
import io.mainstem.bench.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All processes of some cells behind one directory, on this machine. Not thread-safe. */
public final class Cluster implements AutoCloseable {
  private static final int PORTS_OF_A_TOOL = 10;
  private static final int FIRST_NODE = 50;
  private static final int FIRST_INNER = 21;
  private static final List<String> DATA_CENTERS = List.of("east", "west");

  /**
   * What there is.
   *
   * @param cells how many nodes each has, by its name; the first cell is at home in the data center
   *     east, the others in west
   * @param firstPort of some hundred that nobody else uses
   * @param how what all nodes are told beside what makes them a cluster
   * @param directoryApart whether the directory has a Cassandra of its own, or a keyspace in that
   *     of the first cell
   */
  public record Layout(
      LinkedHashMap<String, Integer> cells,
      int firstPort,
      ServerProcess.Start how,
      boolean directoryApart) {
    public Layout(LinkedHashMap<String, Integer> cells, int firstPort, ServerProcess.Start how) {
      this(cells, firstPort, how, true);
    }

    /** One cell with no more than it needs. */
    public static Layout ofOneCell(int nodes, int firstPort, ServerProcess.Start how) {
      var cells = new LinkedHashMap<String, Integer>();
      cells.put("a", nodes);
      return new Layout(cells, firstPort, how, false);
    }

    /** Three nodes of cell a, one of cell b. */
    public static Layout of(int firstPort, ServerProcess.Start how) {
      var cells = new LinkedHashMap<String, Integer>();
      cells.put("a", 3);
      cells.put("b", 1);
      return new Layout(cells, firstPort, how);
    }
  }

  private final Path room;
  private final Layout layout;
  private final Consumer<String> progress;
  private final Map<String, CassandraNodes> cassandras = new LinkedHashMap<>();
  private final Map<String, String> contactPoints = new LinkedHashMap<>();
  private final Map<String, ToolProcess> redis = new LinkedHashMap<>();
  private final ToolProcess objects;
  private final Map<String, List<NodeProcess>> nodes = new LinkedHashMap<>();

  private Cluster(Path room, Layout layout, Tools tools, Consumer<String> progress)
      throws IOException {
    this.room = room.toAbsolutePath();
    this.layout = layout;
    this.progress = progress;
    int port = layout.firstPort();
    Stream<String> apart = layout.directoryApart() ? Stream.of("") : Stream.of();
    for (String cell : Stream.concat(layout.cells().keySet().stream(), apart).toList()) {
      var cassandra =
          new CassandraNodes(
              this.room.resolve(cell.isEmpty() ? "cassandra" : "cassandra-" + cell),
              CassandraNodes.Setup.of(1, port));
      cassandras.put(cell, cassandra);
      contactPoints.put(cell, cassandra.contactPoint(1));
      port += PORTS_OF_A_TOOL;
    }
    if (!layout.directoryApart()) {
      contactPoints.put("", contactPoint(layout.cells().firstEntry().getKey()));
    }
    for (String dataCenter : DATA_CENTERS) {
      redis.put(dataCenter, Redis.at(port++, this.room, tools));
    }
    objects = ObjectStore.at(port, this.room, tools);
    int number = 0;
    for (var cell : layout.cells().entrySet()) {
      var ofCell = new ArrayList<NodeProcess>();
      for (int i = 1; i <= cell.getValue(); i++) {
        ofCell.add(node(cell.getKey(), i, number++));
      }
      nodes.put(cell.getKey(), List.copyOf(ofCell));
    }
  }

  /** What this machine lacks for it, in words; null when nothing is missing. */
  public static @Nullable String missing(Tools tools) {
    String cassandra = CassandraNodes.missing();
    return cassandra != null ? cassandra : tools.missing();
  }

  /**
   * Starts everything, the stores first, and waits until every node is ready.
   *
   * @param room a directory of its own, on a disk
   * @param progress told what is there
   */
  public static Cluster start(Path room, Layout layout, Tools tools, Consumer<String> progress)
      throws IOException, InterruptedException {
    Files.createDirectories(room);
    var cluster = new Cluster(room, layout, tools, progress);
    try {
      cluster.startAll();
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void startAll() throws IOException, InterruptedException {
    for (var each : redis.entrySet()) {
      each.getValue().start();
      progress.accept("redis " + each.getKey() + " 127.0.0.1:" + each.getValue().port());
    }
    objects.start();
    progress.accept("objects http://127.0.0.1:" + objects.port() + "/" + ObjectStore.BUCKET);
    for (var each : cassandras.entrySet()) {
      each.getValue().start();
      progress.accept(
          "cassandra "
              + (each.getKey().isEmpty() ? "of the directory" : "of cell " + each.getKey())
              + " "
              + contactPoints.get(each.getKey()));
    }
    // The first of a cell makes its schema; the others come all at once.
    start(nodes.values().stream().map(List::getFirst).toList());
    start(nodes.values().stream().flatMap(each -> each.stream().skip(1)).toList());
    for (NodeProcess node : nodes()) {
      progress.accept("node " + node.name() + addressesOf(node.server()));
    }
  }

  private static void start(List<NodeProcess> nodes) throws IOException, InterruptedException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var started = new ArrayList<Future<?>>();
      for (NodeProcess node : nodes) {
        started.add(
            threads.submit(
                () -> {
                  node.start();
                  return null;
                }));
      }
      for (Future<?> each : started) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a node did not start: " + e.getMessage(), e);
    }
  }

  private static String addressesOf(ServerProcess server) {
    var text = new StringBuilder();
    for (String gateway : List.of("http", "smtp", "submission", "imap", "admin")) {
      server
          .find(gateway)
          .ifPresent(at -> text.append(" %s=%s:%d".formatted(gateway, at.host(), at.port())));
    }
    return text.toString();
  }

  private NodeProcess node(String cell, int numberInCell, int number) {
    String name = cell + numberInCell;
    int port = layout.firstPort() + FIRST_NODE + PORTS_OF_A_TOOL * number;
    String inner = innerAddress(number);
    var settings = new LinkedHashMap<String, String>();
    int offset = 1;
    for (String key :
        List.of(
            "smtp.port",
            "submission.port",
            "imap.port",
            "admin.port",
            "cell.members.port",
            "cell.wire.port")) {
      settings.put(key, String.valueOf(port + offset++));
    }
    settings.put("store.kind", "cassandra");
    settings.put("store.cassandra.contactPoints", contactPoint(cell));
    settings.put("store.cassandra.keyspace", "mainstem_" + cell);
    settings.put("store.cassandra.replication", "datacenter1:1");
    settings.put("store.cassandra.directory.contactPoints", contactPoint(""));
    settings.put("store.cassandra.directory.replication", "datacenter1:1");
    // Cells of one directory share one object store.
    settings.put("blob.kind", "s3");
    settings.put("blob.s3.endpoint", "http://127.0.0.1:" + objects.port());
    settings.put("blob.s3.bucket", ObjectStore.BUCKET);
    settings.put("blob.s3.accessKey", ObjectStore.ACCESS_KEY);
    settings.put("blob.s3.secretKey", ObjectStore.SECRET_KEY);
    settings.put("counts.redis.servers", String.join(",", redisOf(cell)));
    settings.put("cell.enabled", "true");
    settings.put("cell.name", cell);
    settings.put("cell.node", name);
    // The first node of the cell is where the others look.
    int first = port - PORTS_OF_A_TOOL * (numberInCell - 1);
    settings.put(
        "cell.members.seeds",
        innerAddress(number - numberInCell + 1)
            + ":"
            + (first + 5)
            + ","
            + inner
            + ":"
            + (port + 5));
    settings.put("cell.members.host", inner);
    settings.put("cell.wire.host", inner);
    var arguments = new ArrayList<String>();
    settings.forEach(
        (key, value) -> {
          arguments.add("--set");
          arguments.add(key + "=" + value);
        });
    return new NodeProcess(
        name,
        room.resolve("node-" + name),
        layout.how().with(arguments.toArray(String[]::new)),
        port);
  }

  /**
   * Where a node listens for the others: each at an address of its own, so that it can be cut off
   * from them, where an interface has these addresses.
   */
  private static String innerAddress(int number) {
    String own = "127.0.0." + (FIRST_INNER + number);
    try {
      return NetworkInterface.getByInetAddress(InetAddress.getByName(own)) != null
          ? own
          : "127.0.0.1";
    } catch (IOException e) {
      return "127.0.0.1";
    }
  }

  /** Where a node listens for the other nodes. */
  public String innerAddress(NodeProcess node) {
    return innerAddress(nodes().indexOf(node));
  }

  private String contactPoint(String cell) {
    return Objects.requireNonNull(contactPoints.get(cell), cell);
  }

  /** The own data center's first. */
  private List<String> redisOf(String cell) {
    boolean isFirst = layout.cells().firstEntry().getKey().equals(cell);
    return (isFirst ? DATA_CENTERS : DATA_CENTERS.reversed())
        .stream().map(each -> "redis://127.0.0.1:" + redis(each).port()).toList();
  }

  public Set<String> cells() {
    return nodes.keySet();
  }

  /** All nodes, those of the first cell first. */
  public List<NodeProcess> nodes() {
    return nodes.values().stream().flatMap(List::stream).toList();
  }

  public List<NodeProcess> nodes(String cell) {
    return Objects.requireNonNull(nodes.get(cell), cell);
  }

  /** The store of a cell, one node. */
  public CassandraNodes cassandra(String cell) {
    return Objects.requireNonNull(cassandras.get(cell), cell);
  }

  /** The store of the directory, one node; empty when it is that of the first cell. */
  public Optional<CassandraNodes> directory() {
    return Optional.ofNullable(cassandras.get(""));
  }

  /**
   * @param dataCenter east or west
   */
  public ToolProcess redis(String dataCenter) {
    return Objects.requireNonNull(redis.get(dataCenter), dataCenter);
  }

  public ToolProcess objects() {
    return objects;
  }

  /** Keeps what the nodes and the tools have logged so far, in another directory. */
  public void keepLogs(Path elsewhere) throws IOException {
    Files.createDirectories(elsewhere);
    try (Stream<Path> files = Files.list(room)) {
      for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
        Files.copy(log, elsewhere.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Ends everything, the nodes first and in their own way, and removes what was written. */
  @Override
  public void close() {
    nodes().reversed().forEach(NodeProcess::close);
    cassandras.values().forEach(CassandraNodes::close);
    redis.values().forEach(ToolProcess::close);
    objects.close();
    try {
      Lab.delete(room);
    } catch (IOException e) {
      progress.accept(room + " could not be removed: " + e.getMessage());
    }
  }
}
