package io.mainstem.store.cassandra;

import io.mainstem.store.DirectoryStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * The tables of a cell, and of a directory, as they are made anew. A table once released keeps its
 * columns; what is added to it is added here and as a step for those that are there.
 *
 * @param name of the table
 * @param columns with its key
 * @param options beside those that all tables have
 */
record CassandraSchema(String name, String columns, String options) {
  /** How the tables of a cell that an older version has made become those below. */
  static final List<Layout.Step> CELL_STEPS =
      List.of(
          // Feature levels: what each node reads, and what is in force.
          new Layout.Step(
              2,
              List.of(
                  "ALTER TABLE $.incarnation ADD IF NOT EXISTS reads int",
                  "ALTER TABLE $.incarnation ADD IF NOT EXISTS level int static")),
          // The newest renewal: what was written last is missing.
          new Layout.Step(3, List.of("ALTER TABLE $.cell ADD IF NOT EXISTS renewal int")));

  /** The same for those of a directory. */
  static final List<Layout.Step> DIRECTORY_STEPS = List.of();

  /** Written once and read in order: sorted runs are merged when there are four of a size. */
  private static final String APPENDED =
      "compaction = {'class': 'UnifiedCompactionStrategy', 'scaling_parameters': 'T4'}";

  /** Overwritten again and again: few runs, so that a read looks into few. */
  private static final String OVERWRITTEN =
      "compaction = {'class': 'UnifiedCompactionStrategy', 'scaling_parameters': 'L10'}";

  /** Held by the node that changes the tables. */
  private static final CassandraSchema MIGRATION =
      new CassandraSchema("migration", "id int PRIMARY KEY, holder text", OVERWRITTEN);

  static final List<CassandraSchema> CELL =
      List.of(
          MIGRATION,
          new CassandraSchema(
              "cell",
              "id int PRIMARY KEY, layout int, data_center text, partitions int, renewal int",
              OVERWRITTEN),
          new CassandraSchema(
              "incarnation",
              "cell int, id bigint, node text, nonce text, fenced boolean, reads int, last bigint"
                  + " static, level int static, PRIMARY KEY (cell, id)",
              OVERWRITTEN),
          new CassandraSchema(
              "ownership",
              "cell int, partition int, incarnation bigint, epoch bigint, PRIMARY KEY (cell,"
                  + " partition)",
              OVERWRITTEN),
          new CassandraSchema(
              "log",
              "user text, generation int, bucket bigint, seq bigint, epoch bigint, last bigint,"
                  + " settled bigint, previous_epoch bigint, entry blob, body blob, PRIMARY KEY"
                  + " ((user, generation, bucket), seq, epoch)",
              APPENDED),
          new CassandraSchema(
              "fence",
              "user text, generation int, epoch bigint, seq bigint, previous_epoch bigint, PRIMARY"
                  + " KEY ((user, generation), epoch)",
              "CLUSTERING ORDER BY (epoch DESC) AND " + APPENDED),
          new CassandraSchema(
              "object",
              "user text, generation int, name text, value blob, PRIMARY KEY ((user, generation),"
                  + " name)",
              OVERWRITTEN),
          new CassandraSchema(
              "mailbox",
              "partition int, user text, generation int, PRIMARY KEY (partition, user, generation)",
              APPENDED),
          new CassandraSchema(
              "agenda",
              "partition int, user text, generation int, PRIMARY KEY (partition, user, generation)",
              OVERWRITTEN));

  /** A table for each kind of row. */
  static List<CassandraSchema> directory() {
    var tables = new ArrayList<CassandraSchema>();
    tables.add(MIGRATION);
    tables.add(new CassandraSchema("layout", "id int PRIMARY KEY, layout int", OVERWRITTEN));
    for (DirectoryStore.Table kind : DirectoryStore.Table.values()) {
      tables.add(
          new CassandraSchema(
              nameOf(kind),
              "grp text, name text, version bigint, value blob, PRIMARY KEY (grp, name)",
              OVERWRITTEN));
    }
    return tables;
  }

  static String nameOf(DirectoryStore.Table kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Makes the table unless it is there. Its id is a function of its name: nodes that start together
   * make one and the same table, where ids by chance would make two that contradict each other.
   */
  String toCql(String keyspace) {
    UUID id = UUID.nameUUIDFromBytes((keyspace + "." + name).getBytes(StandardCharsets.UTF_8));
    return "CREATE TABLE IF NOT EXISTS %s.%s (%s) WITH ID = %s AND read_repair = 'BLOCKING' AND %s"
        .formatted(keyspace, name, columns, id, options);
  }
}
