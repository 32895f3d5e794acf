package io.mainstem.bench.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.datastax.oss.driver.api.core.CqlSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mainstem.app.cli.Cli;
import io.mainstem.bench.CassandraNodes;
import io.mainstem.bench.CassandraOperator;
import io.mainstem.bench.Lab;
import io.mainstem.bench.NodeProcess;
import io.mainstem.bench.ServerProcess;
import io.mainstem.bench.Ulids;
import io.mainstem.gateway.smtp.LineClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cell is backed up while its people write, loses its Cassandra, and is restored, by the commands
 * of docs/operations.md.
 */
class RestoreIT {
  private static final Duration SOON = Duration.ofMinutes(5);
  private static final int PEOPLE = 6;

  /** Whose log loses an entry beside; the last one is his partner. */
  private static final String UNLUCKY = "p4";

  private static final int BEFORE = 40;
  private static final int AFTER = 20;
  private static final String PASSWORD = "correct-horse-battery";
  private static final String NAME = "tonight";
  private static final String KEYSPACE = "mainstem_a";

  /** One after the other: nothing that is kept later may be older than what refers to it. */
  private static final List<String> STAGES =
      List.of(
          KEYSPACE + ".object",
          KEYSPACE + ".fence",
          KEYSPACE + ".log",
          Stream.of("cell", "incarnation", "ownership", "mailbox", "agenda")
              .map(table -> KEYSPACE + "." + table)
              .reduce((a, b) -> a + "," + b)
              .orElseThrow());

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern VALIDITY = Pattern.compile("UIDVALIDITY (\\d+)");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, String> tokens = new HashMap<>();

  /** What a person's devices remember. */
  private record Remembered(String cursor, long uidValidity) {}

  @Test
  void aRestoredCellHasAllThatWasAcknowledgedBeforeItsBackup(@TempDir Path directory)
      throws Exception {
    String missing = Cluster.missing(Tools.HERE);
    assumeTrue(missing == null, missing);
    Path backup = Files.createDirectory(directory.resolve("backup"));
    var layout = Cluster.Layout.ofOneCell(2, 22_000, Lab.QUICK_LOGIN);
    try (Cluster cluster =
        Cluster.start(directory.resolve("room"), layout, Tools.HERE, line -> {})) {
      List<NodeProcess> nodes = cluster.nodes("a");
      CassandraNodes cassandra = cluster.cassandra("a");
      var operator = new CassandraOperator(cassandra);
      for (int i = 0; i < PEOPLE; i++) {
        nodes
            .getFirst()
            .server()
            .admin("POST", "/admin/users", Map.of("name", "p" + i, "password", PASSWORD));
      }
      login(nodes.getFirst());
      String user =
          nodes
              .getFirst()
              .server()
              .admin("GET", "/admin/users/" + UNLUCKY, Map.of())
              .get("id")
              .asText();

      Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
      List<String> before = backUpWhileTheyWrite(nodes, operator, backup, acknowledged);
      var remembered = new HashMap<String, Remembered>();
      for (int i = 0; i < PEOPLE; i++) {
        remembered.put("p" + i, remember(nodes.get(i % 2), "p" + i));
      }

      for (NodeProcess node : nodes) {
        assertEquals(0, node.stop());
      }
      operator.lose(1);
      cassandra.start(1);
      restore(operator, backup);
      loseAnEntry(operator, user);
      assertEquals(
          0,
          Cli.run(
              "cell",
              "restored",
              "--set",
              "store.kind=cassandra",
              "--set",
              "store.cassandra.contactPoints=" + cassandra.contactPoint(1),
              "--set",
              "store.cassandra.keyspace=" + KEYSPACE,
              "--set",
              "store.cassandra.replication=datacenter1:1"));
      for (NodeProcess node : nodes) {
        node.start();
      }

      Map<String, Set<String>> kept = assertRestored(nodes, before, acknowledged);
      var lost = new HashSet<>(acknowledged);
      kept.values().forEach(lost::removeAll);
      System.out.printf(
          "restored: %d of %d messages; lost, all sent since the backup began: %d%n",
          acknowledged.size() - lost.size(), acknowledged.size(), lost.size());
      assertFalse(lost.isEmpty(), "what came after the backup is gone");

      // One lost entry denies one mailbox, until it is mended.
      assertEquals(500, ask(nodes.getFirst(), "GET", "/threads", UNLUCKY, "").statusCode());
      mend(nodes.getLast());

      // It serves on, in both directions, with numbers that were given before.
      for (int i = 0; i < PEOPLE; i++) {
        goesOn(nodes, i, remembered.get("p" + i));
      }
      assertNothingTwice(nodes);
    }
  }

  private List<String> backUpWhileTheyWrite(
      List<NodeProcess> nodes, CassandraOperator operator, Path backup, Queue<String> acknowledged)
      throws Exception {
    var stop = new AtomicBoolean();
    List<String> before;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writing = threads.submit(() -> write(nodes, stop, acknowledged));
      try {
        await().atMost(SOON).until(() -> writing.isDone() || acknowledged.size() >= BEFORE);
        before = List.copyOf(acknowledged);
        keep(operator, backup);
        int reached = acknowledged.size();
        await()
            .atMost(SOON)
            .until(() -> writing.isDone() || acknowledged.size() >= reached + AFTER);
      } finally {
        stop.set(true);
      }
      writing.get();
    }
    return before;
  }

  /** {@code nodetool snapshot} of one group of tables after another, and a copy of what it made. */
  private static void keep(CassandraOperator operator, Path backup)
      throws IOException, InterruptedException {
    for (String tables : STAGES) {
      var said = operator.nodetool(1, "snapshot", "-t", NAME, "-kt", tables);
      assertTrue(said.contains(NAME), said);
    }
    var said = operator.nodetool(1, "snapshot", "-t", NAME, "mainstem_directory");
    assertTrue(said.contains(NAME), said);
    operator.copySnapshot(1, NAME, backup);
  }

  /** The keyspaces, their tables by the schema beside each, and {@code nodetool import}. */
  private static void restore(CassandraOperator operator, Path backup) throws Exception {
    List<Path> tables;
    try (Stream<Path> files = Files.walk(backup, 2)) {
      tables = files.filter(path -> Files.exists(path.resolve("schema.cql"))).toList();
    }
    try (CqlSession session = operator.cqlsh(1)) {
      for (String keyspace : List.of(KEYSPACE, "mainstem_directory")) {
        session.execute(
            "CREATE KEYSPACE "
                + keyspace
                + " WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}");
      }
      for (Path table : tables) {
        session.execute(Files.readString(table.resolve("schema.cql")));
      }
    }
    for (Path table : tables) {
      var unused =
          operator.nodetool(
              1,
              "import",
              table.getParent().getFileName().toString(),
              table.getFileName().toString(),
              table.toString());
    }
  }

  /** What each mailbox has; every one of them is whole, and counts are right. */
  private Map<String, Set<String>> assertRestored(
      List<NodeProcess> nodes, List<String> before, Queue<String> acknowledged) throws Exception {
    Set<String> written = Set.copyOf(acknowledged);
    var kept = new HashMap<String, Set<String>>();
    for (int i = 0; i < PEOPLE; i++) {
      String me = "p" + i;
      if (me.equals(UNLUCKY)) {
        continue;
      }
      NodeProcess node = nodes.get(i % 2);
      // What waited in an outbox of the backup may arrive between two requests.
      await().atMost(SOON).untilAsserted(() -> assertCounts(node, me));
      List<String> seen = texts(node, me);
      assertTrue(written.containsAll(seen), "nothing that nobody wrote");
      assertEquals(
          List.of(),
          before.stream()
              .filter(text -> concerns(text, me))
              .filter(text -> !seen.contains(text))
              .toList(),
          "all that " + me + " had before the backup");
      kept.put(me, Set.copyOf(seen));
    }
    return kept;
  }

  /** Takes one of the last entries out of a log; it is not the last. */
  private static void loseAnEntry(CassandraOperator operator, String user) {
    try (CqlSession session = operator.cqlsh(1)) {
      var rows =
          session
              .execute(
                  "SELECT seq, epoch FROM mainstem_a.log WHERE user = ? AND generation = 1 AND"
                      + " bucket = 0",
                  user)
              .all();
      var row = rows.get(rows.size() - 3);
      session.execute(
          "DELETE FROM mainstem_a.log WHERE user = ? AND generation = 1 AND bucket = 0 AND seq = ?"
              + " AND epoch = ?",
          user,
          row.getLong(0),
          row.getLong(1));
    }
  }

  private void mend(NodeProcess node) throws Exception {
    String data = node.server().data().toString();
    assertEquals(0, Cli.run("cell", "mend", UNLUCKY, "--dry-run", "--data", data));
    assertEquals(500, ask(node, "GET", "/threads", UNLUCKY, "").statusCode(), "it only looked");
    assertEquals(0, Cli.run("cell", "mend", UNLUCKY, "--data", data));
    JsonNode report = node.server().admin("GET", "/admin/users/" + UNLUCKY + "/mend", Map.of());
    assertEquals("mended", report.get("state").asText(), report.toString());
    assertEquals(2, report.get("generation").asInt());
    assertEquals(2, report.at("/finding/behind").asInt(), report.toString());
    List<String> mended = texts(node, UNLUCKY);
    assertFalse(mended.isEmpty());
    await().atMost(SOON).until(() -> texts(node, "p5").containsAll(mended));
    assertEquals(1, Cli.run("cell", "mend", UNLUCKY, "--data", data), "there is nothing to mend");
    assertTrue(texts(node, UNLUCKY).containsAll(mended));
  }

  private void goesOn(List<NodeProcess> nodes, int person, Remembered old) throws Exception {
    String me = "p" + person;
    NodeProcess node = nodes.get((person + 1) % 2);
    assertReset(node, me, old.cursor());
    // Until the log is longer than it ever was.
    String now = cursor(node, me);
    for (int n = 0; number(now) <= number(old.cursor()) || n == 0; n++) {
      String text = "p%d p%d again %d".formatted(person, person ^ 1, n);
      send(node, person, text);
      await().atMost(SOON).until(() -> texts(nodes.getFirst(), "p" + partner(me)).contains(text));
      now = cursor(node, me);
    }
    assertReset(node, me, old.cursor());
    assertEquals(200, updates(node, me, now), "a cursor of the new log goes on");
    long validity = uidValidity(node, me);
    assertTrue(validity > old.uidValidity(), validity + " follows " + old.uidValidity());
  }

  private static int partner(String person) {
    return Integer.parseInt(person.substring(1)) ^ 1;
  }

  private void assertReset(NodeProcess node, String person, String cursor) throws Exception {
    assertEquals(410, updates(node, person, cursor), "it is sent back, and told so");
  }

  private int updates(NodeProcess node, String person, String cursor) throws Exception {
    return ask(node, "GET", "/updates?wait=0&since=" + cursor, person, "").statusCode();
  }

  private void assertNothingTwice(List<NodeProcess> nodes) throws Exception {
    for (int i = 0; i < PEOPLE; i++) {
      String me = "p" + i;
      List<String> mine = texts(nodes.get(i % 2), me);
      assertEquals(Set.copyOf(mine).size(), mine.size(), "nothing twice");
      // What waited in an outbox of the backup has arrived by now, once. (What the one lost whose
      // log was cut the other may have.)
      String partner = "p" + partner(me);
      boolean isCut = me.equals(UNLUCKY) || partner.equals(UNLUCKY);
      await()
          .atMost(SOON)
          .until(
              () -> {
                var theirs = texts(nodes.getFirst(), partner);
                return isCut || theirs.containsAll(mine) && theirs.size() == mine.size();
              });
    }
  }

  private Remembered remember(NodeProcess node, String person) throws Exception {
    return new Remembered(cursor(node, person), uidValidity(node, person));
  }

  private String cursor(NodeProcess node, String person) throws Exception {
    return call(node, "GET", "/threads", person, "").get("seq").asText();
  }

  /** A cursor is {@code generation-number} in base 36, and three characters. */
  private static long number(String cursor) {
    return Long.parseLong(
        cursor.substring(cursor.indexOf('-') + 1, cursor.length() - 3), Character.MAX_RADIX);
  }

  private static long uidValidity(NodeProcess node, String person) throws Exception {
    try (var imap = LineClient.withoutGreeting(node.server().endpoint("imap").port())) {
      imap.send("a LOGIN " + person + " " + PASSWORD + "\r\n");
      imap.send("b STATUS Chats (UIDVALIDITY UIDNEXT)\r\n");
      var said = new StringBuilder();
      for (String line = imap.readLine(); line != null; line = imap.readLine()) {
        said.append(line).append('\n');
        if (line.startsWith("b ")) {
          break;
        }
      }
      Matcher found = VALIDITY.matcher(said);
      assertTrue(found.find(), said.toString());
      return Long.parseLong(found.group(1));
    }
  }

  // ---- people

  /** Everybody to his partner, at the nodes in turn; how many were acknowledged. */
  private int write(List<NodeProcess> nodes, AtomicBoolean stop, Queue<String> acknowledged)
      throws Exception {
    for (int i = 0; !stop.get(); i++) {
      int from = i % PEOPLE;
      String text = "p%d p%d %d".formatted(from, from ^ 1, i);
      send(nodes.get(i / PEOPLE % nodes.size()), from, text);
      acknowledged.add(text);
    }
    return acknowledged.size();
  }

  private void send(NodeProcess node, int from, String text) throws Exception {
    var body =
        Map.of(
            "id", Ulids.next(), "to", List.of("p" + (from ^ 1)), "channel", "chat", "text", text);
    var unused = call(node, "POST", "/messages", "p" + from, JSON.writeValueAsString(body));
  }

  private static boolean concerns(String text, String person) {
    return List.of(text.split(" ")).subList(0, 2).contains(person);
  }

  private List<String> texts(NodeProcess node, String person) throws Exception {
    var texts = new ArrayList<String>();
    for (JsonNode thread : threads(node, person)) {
      for (JsonNode message : messages(node, person, thread)) {
        texts.add(message.get("text").asText());
      }
    }
    return texts;
  }

  /** The counts of threads and of the mailbox say what a count of all messages says. */
  private void assertCounts(NodeProcess node, String person) throws Exception {
    int unread = 0;
    for (JsonNode thread : threads(node, person)) {
      int messages = 0;
      for (JsonNode message : messages(node, person, thread)) {
        boolean own = message.path("from").path("self").asBoolean();
        messages += own || message.path("flags").toString().contains("Seen") ? 0 : 1;
      }
      assertEquals(messages, thread.get("unread").asInt(), "of " + person);
      unread += messages > 0 ? 1 : 0;
    }
    assertEquals(unread, call(node, "GET", "/counts", person, "").get("unread").asInt(), person);
  }

  private JsonNode threads(NodeProcess node, String person) throws Exception {
    return call(node, "GET", "/threads?limit=100", person, "").get("threads");
  }

  private List<JsonNode> messages(NodeProcess node, String person, JsonNode thread)
      throws Exception {
    var all = new ArrayList<JsonNode>();
    String before = "";
    do {
      String path = "/threads/" + thread.get("id").asText() + "/messages?limit=500" + before;
      JsonNode page = call(node, "GET", path, person, "");
      page.get("messages").forEach(all::add);
      String next = page.path("next").isNull() ? "" : page.path("next").asText("");
      before = next.isEmpty() ? "" : "&before=" + next;
    } while (!before.isEmpty());
    return all;
  }

  private void login(NodeProcess node) throws Exception {
    for (int i = 0; i < PEOPLE; i++) {
      String body = JSON.writeValueAsString(Map.of("user", "p" + i, "password", PASSWORD));
      tokens.put("p" + i, call(node, "POST", "/session", "", body).get("token").asText());
    }
  }

  private JsonNode call(NodeProcess node, String method, String path, String person, String body)
      throws Exception {
    var answer = ask(node, method, path, person, body);
    assertTrue(answer.statusCode() < 300, answer.body());
    return JSON.readTree(answer.body());
  }

  /** Asked again, under the same id, while the owner of a mailbox changes. */
  private HttpResponse<String> ask(
      NodeProcess node, String method, String path, String person, String body) {
    ServerProcess.Endpoint at = node.server().endpoint("http");
    var request =
        HttpRequest.newBuilder(
                URI.create("http://" + at.host() + ":" + at.port() + "/api/v1" + path))
            .timeout(SOON)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!person.isEmpty()) {
      request.header("Authorization", "Bearer " + tokens.get(person));
    }
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    return await()
        .atMost(SOON)
        .until(
            () -> http.send(request.build(), BodyHandlers.ofString()),
            answer -> answer.statusCode() != 503);
  }
}
