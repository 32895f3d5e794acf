package io.mainstem.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.app.Mainstem;
import io.mainstem.config.Config;
import io.mainstem.gateway.imap.ImapClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mainstem import mbox} against a whole node. */
class ImportTest {
  private static final String PASSWORD = "correct horse battery";

  @TempDir Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private Mainstem node;
  private String token = "";

  @BeforeEach
  void start() throws Exception {
    node =
        await(
            Mainstem.start(
                Config.of(
                    Map.of(
                        "data",
                        data().toString(),
                        "http.port",
                        "0",
                        "smtp.port",
                        "0",
                        "submission.port",
                        "0",
                        "imap.port",
                        "0",
                        "admin.port",
                        "0"))));
    AdminClient admin = AdminClient.of(data());
    admin.post("/admin/users", new JsonObject().put("name", "alice").put("password", PASSWORD));
    token =
        admin
            .post("/admin/users/alice/sessions", new JsonObject().put("label", "test"))
            .getString("token");
  }

  @AfterEach
  void stop() throws Exception {
    await(node.stop());
  }

  @Test
  void historyIsBroughtAlongWithItsDatesAndFlags() throws Exception {
    Path mbox =
        mbox(
            """
            From dora@elsewhere.example Thu Nov 19 10:00:00 2020
            From: Dora <dora@elsewhere.example>
            To: alice@mainstem.test
            Subject: read
            Message-ID: <1@elsewhere.example>
            Date: Thu, 19 Nov 2020 09:00:00 +0000
            Status: RO

            The first.

            From dora@elsewhere.example Fri Nov 20 10:00:00 2020
            From: Dora <dora@elsewhere.example>
            To: alice@mainstem.test
            Subject: unread
            Message-ID: <2@elsewhere.example>
            Status: O

            The second.

            From alice@mainstem.test Sat Nov 21 10:00:00 2020
            From: Alice <alice@mainstem.test>
            To: Dora <dora@elsewhere.example>
            Subject: own
            Message-ID: <3@mainstem.test>
            In-Reply-To: <2@elsewhere.example>

            The third.
            """);
    String first = run(0, mbox);
    assertTrue(
        first.contains("3 mails imported, 0 were there already, 0 could not be read"), first);
    JsonArray threads = threads();
    assertEquals(1, threads.size(), threads.encodePrettily());
    assertEquals(1, threads.getJsonObject(0).getInteger("unread"));
    Map<String, JsonObject> messages = messages();
    assertEquals(3, messages.size());
    assertEquals(
        Instant.parse("2020-11-19T09:00:00Z"),
        Instant.parse(messages.get("read").getString("sentAt")),
        "its Date is shown");
    assertEquals(
        Instant.parse("2020-11-20T10:00:00Z"),
        Instant.parse(messages.get("unread").getString("sentAt")),
        "without one, when it came");
    assertTrue(messages.get("read").getJsonArray("flags").contains("\\Seen"), messages::toString);
    assertFalse(messages.get("unread").getJsonArray("flags", new JsonArray()).contains("\\Seen"));
    assertEquals("The third.", messages.get("own").getString("text"));
    assertEquals("sent", messages.get("own").getString("folder"));
  }

  @Test
  void runAgainItAddsNothing() throws Exception {
    Path mbox = mbox(archive(700));
    String first = run(0, mbox);
    assertTrue(first.contains("700 mails imported, 0 were there already"), first);
    Map<String, JsonObject> before = messages();
    assertEquals(700, before.size());
    assertTrue(run(0, mbox).contains("was imported before"));
    String again = run(0, mbox, "--again");
    assertTrue(again.contains("0 mails imported, 700 were there already"), again);
    assertEquals(before, messages());
  }

  @Test
  void stoppedInTheMiddleItGoesOnAndEndsEqual() throws Exception {
    String archive = archive(600);
    int cut = archive.indexOf("Subject: mail 400");
    Path mbox = mbox(archive.substring(0, archive.lastIndexOf("From ", cut - 10)));
    String begun = run(0, mbox); // all that had come until then
    assertTrue(begun.contains("400 mails imported, 0 were there already"), begun);
    Files.writeString(mbox, archive);
    String rest = run(0, mbox);
    assertTrue(rest.contains("Going on with "), rest);
    assertTrue(rest.contains("200 mails imported, 0 were there already"), rest);
    assertEquals(600, messages().size());
    try (Stream<Path> states = Files.list(data().resolve("imports"))) {
      for (Path state : states.toList()) {
        Files.delete(state); // as if it had been killed before it could write down how far it came
      }
    }
    String lost = run(0, mbox);
    assertTrue(lost.contains("0 mails imported, 600 were there already"), lost);
    assertEquals(600, messages().size());
  }

  @Test
  void killedInTheMiddleItGoesOnAndEndsEqual() throws Exception {
    int count = 3_000;
    Path mbox = mbox(archive(count));
    int attempt = 1;
    while (!isKilledInTheMiddle(mbox, count, "killed" + attempt)) {
      assertTrue(++attempt <= 5, "each time it was over before it could be killed");
    }
  }

  /** False when all was imported before it could be killed: this test was held up for that long. */
  private boolean isKilledInTheMiddle(Path mbox, int count, String user) throws Exception {
    AdminClient.of(data())
        .post("/admin/users", new JsonObject().put("name", user).put("password", PASSWORD));
    Process importer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.mainstem.Main",
                "import",
                "mbox",
                mbox.toString(),
                "--data",
                data().toString(),
                "--user",
                user)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("importer.log").toFile())
            .start();
    try (var client = imap(user)) {
      org.awaitility.Awaitility.await()
          .atMost(120, TimeUnit.SECONDS)
          .pollDelay(0, TimeUnit.MILLISECONDS)
          .pollInterval(5, TimeUnit.MILLISECONDS)
          .until(() -> inInbox(client) > 100 || !importer.isAlive());
      importer.destroyForcibly().waitFor();
      int there = inInbox(client);
      assertTrue(
          there > 100,
          () -> there + " were there: " + readString(directory.resolve("importer.log")));
      run(0, mbox, "--user", user);
      assertEquals(count, inInbox(client), "nothing is missing, and nothing is there twice");
      return there < count;
    } finally {
      importer.destroyForcibly();
    }
  }

  private static String readString(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatCameByAnotherWayIsSkippedByContent() throws Exception {
    try (var client = imap()) {
      client.append("INBOX", mail(0));
      client.append("INBOX", mail(1).replace("mail 1", "MAIL 1")); // of one id and size with it
      client.append("Archive", mail(2));
    }
    Path mbox = mbox(archive(4));
    String told = run(0, mbox);
    assertTrue(told.contains("3 mails imported, 1 were there already"), told);
    try (var client = imap()) {
      assertEquals(5, inInbox(client), "mail 2 stands in both");
    }
    assertEquals(5, messages().size());
    String again = run(0, mbox, "--again");
    assertTrue(again.contains("0 mails imported, 4 were there already"), again);
  }

  private static int inInbox(ImapClient client) throws IOException {
    String status = client.ok("STATUS INBOX (MESSAGES)").untagged().get(0);
    return Integer.parseInt(status.replaceAll(".*MESSAGES (\\d+).*", "$1"));
  }

  private ImapClient imap() throws IOException {
    return imap("alice");
  }

  private ImapClient imap(String user) throws IOException {
    String address = node.addresses().get("imap");
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    return ImapClient.of(port, user, '"' + PASSWORD + '"');
  }

  /** The bytes of one mail of the archive. */
  private static String mail(int number) {
    String all = archive(number + 1);
    return all.substring(all.lastIndexOf("\nFrom: ") + 1, all.length() - 1).replace("\n", "\r\n");
  }

  @Test
  void whatCannotBeReadIsNamedAndTheRestIsImported() throws Exception {
    String good = archive(3);
    Path mbox =
        mbox(
            "rubbish before\n"
                + good
                + "From a@x.example Thu Nov 19 10:00:00 2020\n\n"
                + archive(1).replace("mail 0", "last"));
    String told = run(0, mbox);
    assertTrue(told.contains("byte 0: the file does not begin with"), told);
    assertTrue(told.contains("byte " + (15 + good.length()) + ": it has no header"), told);
    assertTrue(told.contains("4 mails imported, 0 were there already, 2 could not be read"), told);
    assertEquals(4, messages().size());
  }

  @Test
  void whatIsWrongIsSaidInOneLine() throws Exception {
    Path mbox = mbox(archive(1));
    assertTrue(run(1, mbox, "--user", "nobody").contains("There is no user"), "no such user");
    assertTrue(
        run(1, directory.resolve("none")).contains("is not a file or directory that can be read"));
  }

  // ---- inside

  private Path data() {
    return directory.resolve("data");
  }

  private Path mbox(String content) throws IOException {
    return Files.writeString(directory.resolve("archive.mbox"), content);
  }

  private static String archive(int count) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < count; i++) {
      all.append("From p")
          .append(i % 7)
          .append("@elsewhere.example Thu Nov 19 10:00:")
          .append("%02d".formatted(i % 60))
          .append(" 2020\n");
      all.append("From: P")
          .append(i % 7)
          .append(" <p")
          .append(i % 7)
          .append("@elsewhere.example>\nTo: alice@mainstem.test\n");
      all.append("Subject: mail ")
          .append(i)
          .append("\nMessage-ID: <")
          .append(i)
          .append("@elsewhere.example>\n\n");
      all.append("Text of ").append(i).append(".\n".repeat(1 + i % 50 * 40)).append('\n');
    }
    return all.toString();
  }

  private String run(int code, Path mbox, String... more) {
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    PrintStream err = System.err;
    PrintStream replaced = new PrintStream(told, true, StandardCharsets.UTF_8);
    System.setErr(replaced);
    try {
      boolean named = more.length > 0 && more[0].equals("--user");
      String[] start = {"import", "mbox", mbox.toString(), "--data", data().toString()};
      String[] user = named ? new String[0] : new String[] {"--user", "alice"};
      String[] args = Stream.of(start, user, more).flatMap(Stream::of).toArray(String[]::new);
      int ended = Cli.run(args);
      assertEquals(code, ended, told.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(err);
    }
    return told.toString(StandardCharsets.UTF_8);
  }

  private JsonArray threads() throws Exception {
    return get("/api/v1/threads?limit=500").getJsonArray("threads");
  }

  /** All messages, by subject. */
  private Map<String, JsonObject> messages() throws Exception {
    Map<String, JsonObject> bySubject = new TreeMap<>();
    for (Object thread : threads()) {
      String before = "";
      while (before != null) {
        JsonObject page =
            get(
                "/api/v1/threads/"
                    + ((JsonObject) thread).getString("id")
                    + "/messages?limit=500"
                    + (before.isEmpty()
                        ? ""
                        : "&before=" + URLEncoder.encode(before, StandardCharsets.UTF_8)));
        for (Object one : page.getJsonArray("messages")) {
          JsonObject message = (JsonObject) one;
          assertEquals(
              null,
              bySubject.put(message.getString("subject"), message),
              "twice: " + message.getString("subject"));
        }
        before = page.getString("next");
      }
    }
    return bySubject;
  }

  private JsonObject get(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + node.addresses().get("http") + path))
            .header("Authorization", "Bearer " + token)
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response.body());
    return new JsonObject(response.body());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
