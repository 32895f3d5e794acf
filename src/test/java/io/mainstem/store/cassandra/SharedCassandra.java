package io.mainstem.store.cassandra;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mainstem.bench.CassandraNodes;
import io.mainstem.config.Cassandra;
import io.mainstem.config.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Cassandra of one node for all tests of this JVM; it ends with it. */
final class SharedCassandra {
  private static @Nullable CassandraNodes nodes;

  private SharedCassandra() {}

  /** Started with the first call; without what it needs the test is skipped, with the reason. */
  static synchronized CassandraNodes nodes() {
    String missing = CassandraNodes.missing();
    assumeTrue(missing == null, missing);
    CassandraNodes running = nodes;
    if (running == null) {
      try {
        running =
            new CassandraNodes(
                Files.createTempDirectory("mainstem-cassandra"),
                CassandraNodes.Setup.of(1, 21_100));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      running.start();
      Runtime.getRuntime().addShutdownHook(new Thread(running::close));
      nodes = running;
    }
    return running;
  }

  /** Settings of a node of the cell in this keyspace; more settings win over the usual ones. */
  static Cassandra config(
      CassandraNodes nodes, String keyspace, int replicas, Map<String, String> more) {
    var settings = new HashMap<String, String>();
    settings.put("contactPoints", nodes.contactPoint(1));
    settings.put("keyspace", keyspace);
    settings.put("directory.keyspace", "people");
    settings.put("replication", "datacenter1:" + replicas);
    settings.putAll(more);
    var all = new HashMap<String, String>();
    settings.forEach((key, value) -> all.put("store.cassandra." + key, value));
    return Config.of(all).store().cassandra();
  }
}
