package io.mainstem.store.cassandra;

import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.vertx.cassandra.CassandraClient;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A keyspace that is made where it is missing, and refused where it is not as it must be. */
final class Keyspace {
  private static final Logger LOG = LoggerFactory.getLogger(Keyspace.class);
  private static final Duration PATIENT = Duration.ofSeconds(60);

  private final CassandraClient client;
  private final Site site;

  Keyspace(CassandraClient client, Site site) {
    this.client = client;
    this.site = site;
  }

  /** Makes what is missing; fails with {@link CannotServe}. */
  Future<Void> ready(List<CassandraSchema> tables, Layout layout) {
    return make()
        .compose(made -> layout.refuseNewer())
        .compose(known -> makeTables(tables))
        .compose(made -> checkTables());
  }

  Future<Boolean> exists() {
    return client
        .executeWithFullFetch(
            SimpleStatement.newInstance(
                "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?",
                site.keyspace()))
        .map(rows -> !rows.isEmpty());
  }

  private Future<Void> make() {
    return client
        .executeWithFullFetch(
            SimpleStatement.newInstance(
                "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?",
                site.keyspace()))
        .compose(
            rows -> {
              if (rows.isEmpty()) {
                var options = new StringBuilder();
                site.replication()
                    .forEach(
                        (name, count) ->
                            options
                                .append(", '")
                                .append(name.replace("'", "''"))
                                .append("': ")
                                .append(count));
                LOG.info("Making the keyspace {}", site.keyspace());
                return ddl(
                    "CREATE KEYSPACE IF NOT EXISTS %s WITH replication = {'class': 'NetworkTopologyStrategy'%s}"
                        .formatted(site.keyspace(), options));
              }
              Map<String, String> real =
                  new TreeMap<>(rows.get(0).getMap(0, String.class, String.class));
              String strategy = String.valueOf(real.remove("class"));
              var wanted = new TreeMap<String, String>();
              site.replication().forEach((name, count) -> wanted.put(name, count.toString()));
              return wanted.equals(real)
                  ? Future.succeededFuture()
                  : Future.failedFuture(
                      new CannotServe(
                          "The keyspace %s has the replication %s (%s), but %s.replication says %s"
                              .formatted(
                                  site.keyspace(),
                                  real,
                                  strategy.substring(strategy.lastIndexOf('.') + 1),
                                  site.setting(),
                                  wanted)));
            });
  }

  private Future<Void> makeTables(List<CassandraSchema> tables) {
    return client
        .executeWithFullFetch(
            SimpleStatement.newInstance(
                "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?",
                site.keyspace()))
        .compose(
            rows -> {
              var there = rows.stream().map(row -> row.getString(0)).toList();
              Future<Void> made = Future.succeededFuture();
              for (CassandraSchema table : tables) {
                // The list of tables names one that another node makes just now before it can be
                // asked; to make it once more changes nothing and waits for that.
                boolean isLast = table.equals(tables.get(tables.size() - 1));
                if (isLast || !there.contains(table.name())) {
                  made = made.compose(before -> ddl(table.toCql(site.keyspace())));
                }
              }
              return made;
            });
  }

  private Future<Void> ddl(String cql) {
    // The driver waits until all nodes agree on it.
    return client.execute(SimpleStatement.newInstance(cql).setTimeout(PATIENT)).mapEmpty();
  }

  private Future<Void> checkTables() {
    return client
        .executeWithFullFetch(
            SimpleStatement.newInstance(
                "SELECT table_name, read_repair FROM system_schema.tables WHERE keyspace_name = ?",
                site.keyspace()))
        .compose(
            rows -> {
              for (var row : rows) {
                String repair = String.valueOf(row.getString(1)).toUpperCase(Locale.ROOT);
                if (!repair.equals("BLOCKING")) {
                  String table = site.keyspace() + "." + row.getString(0);
                  return Future.failedFuture(
                      new CannotServe(
                          "The table %s has read_repair = '%s': what one node has read another might not. Set it: ALTER TABLE %s WITH read_repair = 'BLOCKING'"
                              .formatted(table, repair, table)));
                }
              }
              return Future.succeededFuture();
            });
  }
}
