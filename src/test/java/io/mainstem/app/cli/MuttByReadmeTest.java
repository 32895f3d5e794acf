package io.mainstem.app.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mainstem.app.Mainstem;
import io.mainstem.config.Config;
import io.mainstem.gateway.imap.ImapClient;
import io.mainstem.message.MessageId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody does on a normal day in mutt, started by the very line of the README, beside the
 * page. Without mutt it is skipped.
 */
class MuttByReadmeTest {
  private static final String PASSWORD = "correct horse battery";

  @TempDir private Path data;
  @TempDir private Path home;
  private final HttpClient http = HttpClient.newHttpClient();
  private Mainstem node;
  private String settings;

  @BeforeEach
  void start() throws Exception {
    for (String program : List.of("mutt", "script")) {
      assumeTrue(
          Stream.of(System.getenv("PATH").split(File.pathSeparator))
              .anyMatch(dir -> Files.isExecutable(Path.of(dir, program))),
          program + " is not installed");
    }
    node =
        get(
            Mainstem.start(
                Config.of(
                    Map.of(
                        "data", data.toString(),
                        "http.port", "0",
                        "smtp.port", "0",
                        "submission.port", "0",
                        "imap.port", "0",
                        "admin.port", "0"))));
    AdminClient admin = AdminClient.of(data);
    for (String name : List.of("alice", "bob", "carol")) {
      admin.post("/admin/users", new JsonObject().put("name", name).put("password", PASSWORD));
    }
    String line =
        Files.readAllLines(Path.of("README.md")).stream()
            .filter(l -> l.startsWith("mutt -e '"))
            .findFirst()
            .orElseThrow();
    settings =
        line.substring("mutt -e '".length(), line.lastIndexOf('\''))
            .replace("127.0.0.1:2143", address("imap"))
            .replace("127.0.0.1:2587", address("submission"));
  }

  @AfterEach
  void stop() throws Exception {
    if (node != null) {
      get(node.stop());
    }
  }

  @Test
  void whatIsSentStandsInSentOnceThoughMuttPutsItsCopyThere() throws Exception {
    Path picture = Files.write(home.resolve("lake.png"), new byte[200_000]);
    mutt("Look at this.\n", "-s", "The lake", "-a", picture.toString(), "--", "bob");

    try (var alice = imap("alice")) {
      var status = alice.ok("STATUS Sent (MESSAGES UIDNEXT UNSEEN)").untagged();
      assertEquals(
          List.of("* STATUS \"Sent\" (MESSAGES 1 UIDNEXT 3 UNSEEN 0)"),
          status,
          "mutt's copy took the place of what was sent");
      alice.ok("SELECT Sent");
      String fetched = String.join("\n", alice.ok("FETCH 1 (UID BODY[HEADER])").untagged());
      assertTrue(fetched.contains("UID 2 "), fetched);
      assertTrue(fetched.contains("Subject: The lake"), fetched);
    }
    JsonArray messages = messages("alice", thread("alice", "Sent"));
    assertEquals(1, messages.size(), messages.encodePrettily());
    await().atMost(120, TimeUnit.SECONDS).until(() -> inbox("bob").contains("The lake"));
    JsonObject sent = messages("alice", thread("alice", "Sent")).getJsonObject(0);
    assertTrue(sent.getString("status") != null, "the page still tells how far it has come");
  }

  /** Mutt keeps Bcc in its copy and sends it as recipients alone; the copy may also come first. */
  @Test
  void bccStandsInSentOnceWhicheverComesFirst() throws Exception {
    mutt("Two of you.\n", "-s", "Secret", "-b", "carol@mainstem.test", "--", "bob@mainstem.test");
    mutt(
        "Again.\n",
        "-e",
        "set fcc_before_send=yes",
        "-s",
        "Early",
        "-b",
        "carol@mainstem.test",
        "--",
        "bob@mainstem.test");

    try (var alice = imap("alice")) {
      alice.ok("SELECT Sent");
      assertEquals(2, found(alice, "SEARCH ALL"), "each once");
      assertEquals(2, found(alice, "SEARCH BCC carol@mainstem.test"));
    }
    for (String name : List.of("bob", "carol")) {
      await().atMost(120, TimeUnit.SECONDS).until(() -> inbox(name).contains("Early"));
      try (var imap = imap(name)) {
        imap.ok("SELECT INBOX");
        assertEquals(2, found(imap, "SEARCH ALL"));
        assertEquals(0, found(imap, "SEARCH BCC carol"), "nobody else is told");
      }
    }
  }

  @Test
  void flagsAreTheSameInMuttAndOnThePage() throws Exception {
    post("bob", "alice", "mail", "Pencils and more.", "Offers");
    post("bob", "alice", "mail", "For the wall.", "Picture");
    await()
        .atMost(120, TimeUnit.SECONDS)
        .until(() -> inbox("alice").contains("Offers") && inbox("alice").contains("Picture"));
    String offers = mail("Offers").getString("id");
    send(
        "alice",
        request("messages/" + offers + "/flags")
            .header("Content-Type", "application/json")
            .PUT(
                HttpRequest.BodyPublishers.ofString(
                    new JsonObject()
                        .put("flags", new JsonArray().add("\\Seen").add("\\Flagged"))
                        .encode())));

    // Mutt finds what the page has flagged and read, and flags and reads the other.
    interactive(
        "set confirmcreate=no confirmappend=no delete=yes",
        "<change-folder>=INBOX<enter><limit>~F ~R<enter><first-entry>"
            + "<copy-message>=Found<enter><limit>all<enter>"
            + "<limit>~s Picture<enter><first-entry><flag-message><clear-flag>N"
            + "<limit>~s Offers<enter><first-entry><flag-message><set-flag>r"
            + "<sync-mailbox><quit>");

    try (var alice = imap("alice")) {
      alice.ok("SELECT Found");
      assertEquals(1, found(alice, "SEARCH SUBJECT Offers"));
      assertEquals(1, found(alice, "SEARCH ALL"));
    }
    Set<Object> picture =
        mail("Picture").getJsonArray("flags").stream().collect(Collectors.toSet());
    assertTrue(picture.containsAll(Set.of("\\Seen", "\\Flagged")), picture::toString);
    Set<Object> now = mail("Offers").getJsonArray("flags").stream().collect(Collectors.toSet());
    assertTrue(now.contains("\\Answered"), now::toString);
  }

  /** What the page shows of the mail with this subject. */
  private JsonObject mail(String subject) throws Exception {
    return messages("alice", thread("alice", "Inbox")).stream()
        .map(JsonObject.class::cast)
        .filter(m -> subject.equals(m.getString("subject")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aChatIsAnsweredAndMailIsSorted() throws Exception {
    post("alice", "bob", "chat", "Hello Bob.", ""); // so that he is no stranger
    post("bob", "alice", "mail", "For the wall.", "Picture");
    post("bob", "alice", "mail", "Pencils and more.", "Offers");
    post("bob", "alice", "chat", "Coffee on Saturday?", "");
    await()
        .atMost(120, TimeUnit.SECONDS)
        .until(() -> inbox("alice").contains("Offers") && chats("alice") == 2);

    Path editor = Files.writeString(home.resolve("editor"), "#!/bin/sh\necho Gladly. >> \"$1\"\n");
    assertTrue(editor.toFile().setExecutable(true));
    interactive(
        "set editor="
            + editor
            + " fast_reply=yes include=no confirmcreate=no confirmappend=no delete=yes",
        "<change-folder>=Chats<enter><last-entry><reply><send-message>"
            + "<change-folder>=INBOX<enter><limit>~s Offers<enter><first-entry>"
            + "<save-message>=Shopping/Paper<enter><limit>all<enter>"
            + "<limit>~s Picture<enter><first-entry><flag-message><sync-mailbox><quit>");

    try (var alice = imap("alice")) {
      alice.ok("SELECT INBOX");
      assertEquals(1, found(alice, "SEARCH FLAGGED SUBJECT Picture"));
      assertEquals(0, found(alice, "SEARCH SUBJECT Offers"));
      alice.ok("SELECT Shopping/Paper");
      assertEquals(1, found(alice, "SEARCH SUBJECT Offers"));
      alice.ok("SELECT Sent");
      assertEquals(1, found(alice, "SEARCH BODY Gladly"));
    }
    List<String> texts = new ArrayList<>();
    for (Object m : messages("alice", thread("alice", "Chats"))) {
      texts.add(((JsonObject) m).getString("text").strip());
    }
    assertTrue(
        texts.containsAll(List.of("Coffee on Saturday?", "For the wall.", "Gladly.")),
        "one conversation: " + texts);
  }

  private static int found(ImapClient client, String search) throws IOException {
    return client.ok(search).untagged().get(0).split(" ").length - 2;
  }

  // ---- mutt

  private void mutt(String body, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("mutt", "-e", settings, "-e", passwords()));
    command.addAll(List.of(arguments));
    run(body, command);
  }

  /** In a terminal, with these keys pressed. */
  private void interactive(String more, String keys) throws Exception {
    Path rc =
        Files.writeString(
            home.resolve("more"),
            passwords() + "\n" + more + "\nset mail_check_stats=no\npush \"" + keys + "\"\n");
    String command = "mutt -e '" + settings + "' -e 'source " + rc + "'";
    run("", List.of("script", "-qec", command, "/dev/null"));
  }

  private static String passwords() {
    return "set imap_pass=\"" + PASSWORD + "\" smtp_pass=\"" + PASSWORD + "\"";
  }

  private void run(String input, List<String> command) throws Exception {
    Path log = home.resolve("mutt.log");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("HOME", home.toString());
    builder.environment().put("TERM", "vt100");
    Process process = builder.start();
    try (var to = process.getOutputStream()) {
      to.write(input.getBytes(StandardCharsets.UTF_8));
    }
    try {
      assertTrue(
          process.waitFor(300, TimeUnit.SECONDS), () -> "mutt does not end; it said: " + read(log));
    } finally {
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), () -> read(log));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  // ---- the page, and what is there

  private ImapClient imap(String user) throws Exception {
    int port = Integer.parseInt(address("imap").substring("127.0.0.1:".length()));
    return ImapClient.of(port, user, '"' + PASSWORD + '"');
  }

  private String inbox(String user) throws Exception {
    try (var client = imap(user)) {
      client.ok("SELECT INBOX");
      return String.join("\n", client.ok("UID FETCH 1:* ENVELOPE").untagged());
    }
  }

  private String thread(String user, String folder) throws Exception {
    JsonArray threads = api(user, "threads?folder=" + folder).getJsonArray("threads");
    assertEquals(1, threads.size(), threads.encodePrettily());
    return threads.getJsonObject(0).getString("id");
  }

  private JsonArray messages(String user, String thread) throws Exception {
    return api(user, "threads/" + thread + "/messages").getJsonArray("messages");
  }

  private JsonObject api(String user, String path) throws Exception {
    return send(user, request(path).GET());
  }

  private int chats(String user) throws Exception {
    try (var client = imap(user)) {
      client.ok("SELECT Chats");
      return found(client, "SEARCH ALL");
    }
  }

  private void post(String user, String to, String channel, String text, String subject)
      throws Exception {
    var random = ThreadLocalRandom.current();
    JsonObject message =
        new JsonObject()
            .put(
                "id",
                MessageId.of(System.currentTimeMillis(), random.nextLong(), random.nextLong())
                    .value())
            .put("to", new JsonArray().add(to))
            .put("channel", channel)
            .put("text", text);
    if (!subject.isEmpty()) {
      message.put("subject", subject);
    }
    send(
        user,
        request("messages")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(message.encode())));
  }

  private HttpRequest.Builder request(String path) throws Exception {
    return HttpRequest.newBuilder(URI.create("http://" + address("http") + "/api/v1/" + path));
  }

  private JsonObject send(String user, HttpRequest.Builder request) throws Exception {
    String token =
        AdminClient.of(data)
            .post("/admin/users/" + user + "/sessions", new JsonObject().put("label", "test"))
            .getString("token");
    HttpResponse<String> answer =
        http.send(
            request.header("Authorization", "Bearer " + token).build(),
            HttpResponse.BodyHandlers.ofString());
    assertTrue(answer.statusCode() < 300, answer.body());
    return new JsonObject(answer.body());
  }

  private String address(String gateway) {
    return String.valueOf(node.addresses().get(gateway));
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
