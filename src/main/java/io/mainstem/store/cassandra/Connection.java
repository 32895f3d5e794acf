package io.mainstem.store.cassandra;

import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import io.mainstem.config.Cassandra;
import io.vertx.cassandra.CassandraClient;
import io.vertx.cassandra.CassandraClientOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;

/** A connection to a Cassandra whose nodes keep what they acknowledge. */
final class Connection {
  private static final long AGAIN_MILLIS = 1_000;

  private Connection() {}

  /** Connects, with patience, and checks; fails with {@link CannotServe}. */
  static Future<CassandraClient> open(Vertx vertx, Site site, Cassandra config) {
    long until = System.nanoTime() + Duration.ofSeconds(config.connectSeconds()).toNanos();
    return connect(vertx, site, config, until)
        .compose(
            client ->
                checkNodes(client, site)
                    .map(client)
                    .recover(
                        cause -> client.close().transform(closed -> Future.failedFuture(cause))));
  }

  private static Future<CassandraClient> connect(
      Vertx vertx, Site site, Cassandra config, long until) {
    CassandraClient client = CassandraClient.create(vertx, options(site, config));
    return client
        .execute("SELECT release_version FROM system.local")
        .map(client)
        .recover(
            cause ->
                client
                    .close()
                    .transform(
                        closed -> {
                          if (System.nanoTime() - until >= 0) {
                            return Future.failedFuture(
                                new CannotServe(
                                    "Cassandra cannot be reached at %s in the data center %s (%s.contactPoints, .dataCenter): %s"
                                        .formatted(
                                            site.contactPoints(),
                                            site.dataCenter(),
                                            site.setting(),
                                            cause.getMessage())));
                          }
                          Promise<CassandraClient> again = Promise.promise();
                          vertx.setTimer(
                              AGAIN_MILLIS,
                              id -> connect(vertx, site, config, until).onComplete(again));
                          return again.future();
                        }));
  }

  private static CassandraClientOptions options(Site site, Cassandra config) {
    var options = new CassandraClientOptions();
    site.addresses().forEach(options::addContactPoint);
    if (!site.user().isEmpty()) {
      options.setUsername(site.user()).setPassword(site.password());
    }
    Duration request = Duration.ofMillis(config.requestMillis());
    var loader =
        DriverConfigLoader.programmaticBuilder()
            .withString(DefaultDriverOption.LOAD_BALANCING_LOCAL_DATACENTER, site.dataCenter())
            .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, request)
            // It is tried once a second while a node is away; that it is, is said once, elsewhere.
            .withBoolean(DefaultDriverOption.CONNECTION_WARN_INIT_ERROR, false)
            .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, request)
            .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, request)
            .withDuration(DefaultDriverOption.CONNECTION_SET_KEYSPACE_TIMEOUT, request)
            .withDuration(DefaultDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, request)
            .withDuration(
                DefaultDriverOption.CONTROL_CONNECTION_AGREEMENT_TIMEOUT, Duration.ofSeconds(30))
            // Tables are made one after another: what the driver waits after each adds up.
            .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, Duration.ofMillis(20))
            .withDuration(
                DefaultDriverOption.CONTROL_CONNECTION_AGREEMENT_INTERVAL, Duration.ofMillis(50))
            .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(200))
            .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(2))
            // A node that is frozen answers no heartbeat: it is left alone until it does.
            .withDuration(DefaultDriverOption.HEARTBEAT_INTERVAL, Duration.ofSeconds(3))
            .withDuration(DefaultDriverOption.HEARTBEAT_TIMEOUT, Duration.ofSeconds(2))
            .withInt(DefaultDriverOption.CONNECTION_POOL_LOCAL_SIZE, config.connections())
            .withInt(DefaultDriverOption.CONNECTION_MAX_REQUESTS, 8_192)
            // Order and time are the protocol's: the driver sets no timestamp of its own.
            .withString(
                DefaultDriverOption.TIMESTAMP_GENERATOR_CLASS, "ServerSideTimestampGenerator")
            .withInt(DefaultDriverOption.NETTY_IO_SIZE, 2)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SIZE, 1)
            .withBoolean(DefaultDriverOption.NETTY_DAEMON, true)
            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
            .build();
    options.dataStaxClusterBuilder().withConfigLoader(loader);
    return options;
  }

  /**
   * An acknowledged write must be on disk: each node that is up in the data center where quorums
   * are counted is asked whether it is. The driver holds connections to no other data center.
   */
  private static Future<Void> checkNodes(CassandraClient client, Site site) {
    return client
        .metadata()
        .compose(
            metadata -> {
              var checks = new ArrayList<Future<Void>>();
              int here = 0;
              for (Node node : metadata.getNodes().values()) {
                if (site.dataCenter().equals(node.getDatacenter())) {
                  here++;
                  if (node.getState() != NodeState.DOWN) {
                    checks.add(checkNode(client, node));
                  }
                }
              }
              int replicas = Objects.requireNonNull(site.replication().get(site.dataCenter()));
              if (here < replicas) {
                return Future.failedFuture(
                    new CannotServe(
                        "%s.replication wants %d replicas in %s, which has %d nodes"
                            .formatted(site.setting(), replicas, site.dataCenter(), here)));
              }
              return Future.all(checks).mapEmpty();
            });
  }

  private static Future<Void> checkNode(CassandraClient client, Node node) {
    var question =
        SimpleStatement.newInstance(
                "SELECT value FROM system_views.settings WHERE name = 'commitlog_sync'")
            .setNode(node);
    return client
        .executeWithFullFetch(question)
        .compose(
            rows -> {
              String value = rows.isEmpty() ? "unknown" : String.valueOf(rows.get(0).getString(0));
              return value.equals("group") || value.equals("batch")
                  ? Future.succeededFuture()
                  : Future.failedFuture(
                      new CannotServe(
                          "The Cassandra node %s has commitlog_sync: %s, which loses acknowledged mail at a power cut. Set commitlog_sync: group and commitlog_sync_group_window: 2ms in its cassandra.yaml"
                              .formatted(node.getEndPoint(), value)));
            });
  }
}
