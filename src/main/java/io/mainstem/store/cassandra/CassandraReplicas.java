package io.mainstem.store.cassandra;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.mainstem.message.UserId;
import io.mainstem.store.FeatureLevel;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The replicas of a real Cassandra. The tables stand in {@link CassandraSchema}. */
final class CassandraReplicas implements Replicas {
  /** Rows of the tables that are one partition a cell. */
  private static final int CELL = 0;

  private final Statements statements;

  CassandraReplicas(Statements statements) {
    this.statements = statements;
  }

  // ---- log

  private static final String INSERT_ROW =
      "INSERT INTO $.log (user, generation, bucket, seq, epoch, last, settled, previous_epoch,"
          + " entry, body) VALUES (:user, :generation, :bucket, :seq, :epoch, :last, :settled,"
          + " :previous, :entry, :body) USING TIMESTAMP :timestamp";

  @Override
  public Future<Void> append(Mailbox mailbox, long bucket, List<Row> rows) {
    return statements
        .prepare(INSERT_ROW)
        .compose(
            insert -> {
              var inserts = new ArrayList<BoundStatement>(rows.size());
              rows.forEach(row -> inserts.add(insert(insert, mailbox, bucket, row)));
              return statements.write(inserts);
            });
  }

  private static BoundStatement insert(
      PreparedStatement insert, Mailbox mailbox, long bucket, Row row) {
    // What is not set makes no tombstone, as a null would.
    BoundStatementBuilder bound =
        of(insert, mailbox)
            .setLong("bucket", bucket)
            .setLong("seq", row.seq())
            .setLong("epoch", row.epoch())
            .setLong("last", row.last())
            .setLong("settled", row.settled())
            .setByteBuffer("entry", ByteBuffer.wrap(row.entry()))
            .setLong("timestamp", row.epoch());
    if (row.isFence()) {
      bound = bound.setLong("previous", row.previousEpoch());
    }
    byte[] body = row.body();
    if (body != null) {
      bound = bound.setByteBuffer("body", ByteBuffer.wrap(body));
    }
    return bound.build();
  }

  @Override
  public Future<Void> writeFence(Mailbox mailbox, Fence fence) {
    return statements.write(
        "INSERT INTO $.fence (user, generation, epoch, seq, previous_epoch) VALUES (:user,"
            + " :generation, :epoch, :seq, :previous) USING TIMESTAMP :timestamp",
        insert ->
            of(insert, mailbox)
                .setLong("epoch", fence.epoch())
                .setLong("seq", fence.seq())
                .setLong("previous", fence.previousEpoch())
                .setLong("timestamp", fence.epoch())
                .build());
  }

  @Override
  public Future<List<Fence>> fences(Mailbox mailbox, long belowEpoch, int limit) {
    return statements
        .read(
            "SELECT epoch, seq, previous_epoch FROM $.fence WHERE user = :user AND generation ="
                + " :generation AND epoch < :below ORDER BY epoch DESC LIMIT :most",
            select ->
                of(select, mailbox).setLong("below", belowEpoch).setInt("most", limit).build())
        .map(
            rows ->
                rows.stream()
                    .map(row -> new Fence(row.getLong(0), row.getLong(1), row.getLong(2)))
                    .toList());
  }

  private static final String SELECT_ROWS =
      "SELECT seq, epoch, last, settled, previous_epoch, entry, body FROM $.log WHERE user = :user"
          + " AND generation = :generation AND bucket = :bucket AND ";

  @Override
  public Future<List<Row>> rowsAfter(Mailbox mailbox, long bucket, Place after, int limit) {
    return rows(
        SELECT_ROWS + "(seq, epoch) > (:seq, :epoch) ORDER BY seq ASC, epoch ASC LIMIT :most",
        mailbox,
        bucket,
        after,
        limit);
  }

  @Override
  public Future<List<Row>> rowsBefore(Mailbox mailbox, long bucket, Place before, int limit) {
    return rows(
        SELECT_ROWS + "(seq, epoch) < (:seq, :epoch) ORDER BY seq DESC, epoch DESC LIMIT :most",
        mailbox,
        bucket,
        before,
        limit);
  }

  private Future<List<Row>> rows(String cql, Mailbox mailbox, long bucket, Place place, int limit) {
    return statements
        .read(
            cql,
            select ->
                of(select, mailbox)
                    .setLong("bucket", bucket)
                    .setLong("seq", place.seq())
                    .setLong("epoch", place.epoch())
                    .setInt("most", limit)
                    .build())
        .map(rows -> rows.stream().map(CassandraReplicas::row).toList());
  }

  private static Row row(com.datastax.oss.driver.api.core.cql.Row row) {
    return new Row(
        row.getLong(0),
        row.getLong(2),
        row.getLong(1),
        row.getLong(3),
        row.isNull(4) ? -1 : row.getLong(4),
        Objects.requireNonNull(bytes(row.getByteBuffer(5))),
        bytes(row.getByteBuffer(6)));
  }

  @Override
  public Future<Void> redact(Mailbox mailbox, long bucket, Place place) {
    return statements.write(
        "DELETE body FROM $.log USING TIMESTAMP :timestamp WHERE user = :user AND generation ="
            + " :generation AND bucket = :bucket AND seq = :seq AND epoch = :epoch",
        delete ->
            of(delete, mailbox)
                .setLong("bucket", bucket)
                .setLong("seq", place.seq())
                .setLong("epoch", place.epoch())
                .setLong("timestamp", place.epoch() + 1)
                .build());
  }

  // ---- who owns what

  @Override
  public Future<Registry> registry() {
    return statements
        .readSerially(
            "SELECT id, node, nonce, fenced, reads, last, level FROM $.incarnation WHERE cell ="
                + " :cell",
            select -> select.boundStatementBuilder().setInt("cell", CELL).build())
        .map(
            rows -> {
              long last = 0;
              int level = FeatureLevel.FIRST;
              var all = new ArrayList<Incarnation>();
              for (var row : rows) {
                last = row.getLong("last");
                level = Math.max(level, row.getInt("level"));
                if (!row.isNull("id")) {
                  all.add(
                      new Incarnation(
                          row.getLong("id"),
                          Objects.requireNonNullElse(row.getString("node"), ""),
                          Objects.requireNonNullElse(row.getString("nonce"), ""),
                          row.isNull("fenced") || row.getBoolean("fenced"),
                          Math.max(FeatureLevel.FIRST, row.getInt("reads"))));
                }
              }
              return new Registry(last, level, all);
            });
  }

  @Override
  public Future<Boolean> register(long expectedLast, Incarnation fresh, Set<Long> fenced) {
    var count =
        statements.prepare(
            "UPDATE $.incarnation SET last = :next WHERE cell = :cell IF last = :expected");
    var insert =
        statements.prepare(
            "INSERT INTO $.incarnation (cell, id, node, nonce, fenced, reads) VALUES (:cell, :id,"
                + " :node, :nonce, false, :reads)");
    var fence =
        statements.prepare(
            "UPDATE $.incarnation SET fenced = true WHERE cell = :cell AND id = :id");
    return Future.all(count, insert, fence)
        .compose(
            ready -> {
              var changes = new ArrayList<BoundStatement>();
              var counting =
                  count
                      .result()
                      .boundStatementBuilder()
                      .setInt("cell", CELL)
                      .setLong("next", fresh.id());
              changes.add(
                  (expectedLast == 0
                          ? counting.setToNull("expected")
                          : counting.setLong("expected", expectedLast))
                      .build());
              changes.add(
                  insert
                      .result()
                      .boundStatementBuilder()
                      .setInt("cell", CELL)
                      .setLong("id", fresh.id())
                      .setString("node", fresh.node())
                      .setString("nonce", fresh.nonce())
                      .setInt("reads", fresh.level())
                      .build());
              for (long id : fenced) {
                changes.add(
                    fence
                        .result()
                        .boundStatementBuilder()
                        .setInt("cell", CELL)
                        .setLong("id", id)
                        .build());
              }
              return statements.transact(changes);
            });
  }

  @Override
  public Future<Boolean> raise(long expectedLast, int level) {
    return statements.transact(
        "UPDATE $.incarnation SET last = :next, level = :level WHERE cell = :cell IF last ="
            + " :expected",
        update ->
            update
                .boundStatementBuilder()
                .setInt("cell", CELL)
                .setLong("next", expectedLast + 1)
                .setInt("level", level)
                .setLong("expected", expectedLast)
                .build());
  }

  @Override
  public Future<Void> fence(long incarnation) {
    return statements
        .transact(
            "UPDATE $.incarnation SET fenced = true WHERE cell = :cell AND id = :id IF fenced ="
                + " false",
            update ->
                update
                    .boundStatementBuilder()
                    .setInt("cell", CELL)
                    .setLong("id", incarnation)
                    .build())
        .mapEmpty();
  }

  @Override
  public Future<Boolean> stands(long incarnation) {
    return statements
        .read(
            "SELECT fenced FROM $.incarnation WHERE cell = :cell AND id = :id",
            select ->
                select
                    .boundStatementBuilder()
                    .setInt("cell", CELL)
                    .setLong("id", incarnation)
                    .build())
        .map(rows -> !rows.isEmpty() && !rows.get(0).isNull(0) && !rows.get(0).getBoolean(0));
  }

  @Override
  public Future<List<Holding>> holdings(Set<Integer> partitions) {
    return statements
        .readSerially(
            "SELECT partition, incarnation, epoch FROM $.ownership WHERE cell = :cell",
            select -> select.boundStatementBuilder().setInt("cell", CELL).build())
        .map(
            rows ->
                rows.stream()
                    .map(row -> new Holding(row.getInt(0), row.getLong(1), row.getLong(2)))
                    .filter(holding -> partitions.contains(holding.partition()))
                    .toList());
  }

  @Override
  public Future<Boolean> move(List<Move> moves) {
    var first =
        statements.prepare(
            "INSERT INTO $.ownership (cell, partition, incarnation, epoch) VALUES (:cell,"
                + " :partition, :incarnation, :epoch) IF NOT EXISTS");
    var later =
        statements.prepare(
            "UPDATE $.ownership SET incarnation = :incarnation, epoch = :epoch WHERE cell = :cell"
                + " AND partition = :partition IF incarnation = :holder AND epoch = :before");
    return Future.all(first, later)
        .compose(
            ready -> {
              var changes = new ArrayList<BoundStatement>();
              for (Move move : moves) {
                Holding expected = move.expected();
                boolean fresh = expected.incarnation() == 0 && expected.epoch() == 0;
                var bound =
                    (fresh ? first : later)
                        .result()
                        .boundStatementBuilder()
                        .setInt("cell", CELL)
                        .setInt("partition", move.next().partition())
                        .setLong("incarnation", move.next().incarnation())
                        .setLong("epoch", move.next().epoch());
                if (!fresh) {
                  bound =
                      bound
                          .setLong("holder", expected.incarnation())
                          .setLong("before", expected.epoch());
                }
                changes.add(bound.build());
              }
              return statements.transact(changes);
            });
  }

  // ---- objects and registers

  @Override
  public Future<Void> writeObjects(
      Mailbox mailbox, long timestamp, Map<String, byte @Nullable []> objects) {
    if (objects.isEmpty()) {
      return Future.succeededFuture();
    }
    var put =
        statements.prepare(
            "INSERT INTO $.object (user, generation, name, value) VALUES (:user, :generation,"
                + " :name, :value) USING TIMESTAMP :timestamp");
    var remove =
        statements.prepare(
            "DELETE FROM $.object USING TIMESTAMP :timestamp WHERE user = :user AND generation ="
                + " :generation AND name = :name");
    return Future.all(put, remove)
        .compose(
            ready -> {
              var changes = new ArrayList<BoundStatement>();
              for (var object : objects.entrySet()) {
                byte[] value = object.getValue();
                var bound =
                    of(value == null ? remove.result() : put.result(), mailbox)
                        .setString("name", object.getKey())
                        .setLong("timestamp", timestamp);
                if (value != null) {
                  bound = bound.setByteBuffer("value", ByteBuffer.wrap(value));
                }
                changes.add(bound.build());
              }
              return statements.write(changes);
            });
  }

  @Override
  public Future<Map<String, byte[]>> objects(Mailbox mailbox, List<String> names) {
    return statements
        .read(
            "SELECT name, value FROM $.object WHERE user = :user AND generation = :generation AND"
                + " name IN :names",
            select -> of(select, mailbox).setList("names", names, String.class).build())
        .map(
            rows -> {
              var found = new HashMap<String, byte[]>();
              for (var row : rows) {
                byte[] value = bytes(row.getByteBuffer(1));
                // An empty object is one too.
                found.put(
                    Objects.requireNonNull(row.getString(0)), value == null ? new byte[0] : value);
              }
              return Map.copyOf(found);
            });
  }

  @Override
  public Future<List<String>> objectNames(
      Mailbox mailbox, String prefix, @Nullable String after, int limit) {
    String end = end(prefix);
    return statements
        .read(
            "SELECT name FROM $.object WHERE user = :user AND generation = :generation AND name "
                + (after == null ? ">=" : ">")
                + " :first"
                + (end == null ? "" : " AND name < :end")
                + " LIMIT :most",
            select -> {
              var bound =
                  of(select, mailbox)
                      .setString("first", after == null ? prefix : after)
                      .setInt("most", limit);
              return (end == null ? bound : bound.setString("end", end)).build();
            })
        .map(rows -> rows.stream().map(row -> row.getString(0)).filter(Objects::nonNull).toList());
  }

  /** The first text after all that begin with a prefix; null when there is none. */
  private static @Nullable String end(String prefix) {
    if (prefix.isEmpty()) {
      return null;
    }
    int last = prefix.length() - 1;
    return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
  }

  @Override
  public Future<Void> mark(
      Register register, int partition, Mailbox mailbox, boolean present, long timestamp) {
    String cql =
        present
            ? "INSERT INTO $."
                + table(register)
                + " (partition, user, generation) VALUES (:partition, :user, :generation) USING"
                + " TIMESTAMP :timestamp"
            : "DELETE FROM $."
                + table(register)
                + " USING TIMESTAMP :timestamp WHERE partition = :partition AND user = :user AND"
                + " generation = :generation";
    return statements.write(
        cql,
        change ->
            of(change, mailbox)
                .setInt("partition", partition)
                .setLong("timestamp", timestamp)
                .build());
  }

  @Override
  public Future<List<Mailbox>> marked(
      Register register, int partition, @Nullable UserId after, int limit) {
    return statements
        .read(
            "SELECT user, generation FROM $."
                + table(register)
                + " WHERE partition = :partition AND user > :after LIMIT :most",
            select ->
                select
                    .boundStatementBuilder()
                    .setInt("partition", partition)
                    .setString("after", after == null ? "" : after.value())
                    .setInt("most", limit)
                    .build())
        .map(
            rows ->
                rows.stream()
                    .map(
                        row ->
                            new Mailbox(
                                new UserId(Objects.requireNonNull(row.getString(0))),
                                row.getInt(1)))
                    .toList());
  }

  private static String table(Register register) {
    return switch (register) {
      case MAILBOXES -> "mailbox";
      case AGENDA -> "agenda";
    };
  }

  // ---- shared

  private static BoundStatementBuilder of(PreparedStatement statement, Mailbox mailbox) {
    return statement
        .boundStatementBuilder()
        .setString("user", mailbox.user().value())
        .setInt("generation", mailbox.generation());
  }

  static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
    if (buffer == null) {
      return null;
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
