package io.mainstem.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.app.Mainstem;
import io.mainstem.config.Config;
import io.mainstem.message.MessageId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mainstem export}, and importing what it wrote, against a whole node. */
class ExportTest {
  @TempDir Path directory;
  private Mainstem node;
  private AdminClient admin;

  @BeforeEach
  void start() throws Exception {
    node =
        await(
            Mainstem.start(
                Config.of(
                    Map.of(
                        "data", data().toString(),
                        "http.port", "0",
                        "smtp.port", "0",
                        "submission.port", "0",
                        "imap.port", "0",
                        "admin.port", "0"))));
    admin = AdminClient.of(data());
    for (String name : List.of("alice", "bob", "carol")) {
      admin.post(
          "/admin/users",
          new JsonObject().put("name", name).put("password", "correct horse battery"));
    }
  }

  @AfterEach
  void stop() throws Exception {
    await(node.stop());
  }

  /** A message as it stands in a folder, without what every mailbox gives anew. */
  private record Placed(long received, int zone, List<String> flags, String bytes) {}

  @ParameterizedTest
  @ValueSource(strings = {"mbox", "maildir"})
  void whatIsExportedAndImportedElsewhereIsTheSame(String format) throws Exception {
    fill();
    Map<String, List<Placed>> before = mailbox("alice");
    assertEquals(
        List.of("Chats", "Drafts", "INBOX", "Requests", "Sent", "Spam", "Work/empty", "Work/ü.x"),
        before.keySet().stream().filter(name -> !name.matches("Archive|Junk|Trash")).toList());
    Path to = directory.resolve("out");
    String told = run(0, "export", format, "--user", "alice", "--to", to.toString());
    assertTrue(told.contains("9 mails exported"), told);
    assertTrue(told.contains(" 0 remarks"), told);
    run(0, "import", format, to.toString(), "--user", "carol");
    assertEquals(before, mailbox("carol"));
    run(0, "import", format, to.toString(), "--user", "carol", "--again");
    assertEquals(before, mailbox("carol"), "again it adds nothing");
    assertTrue(
        run(1, "export", format, "--user", "alice", "--to", to.toString())
            .contains("holds a finished export already"));
    assertTrue(
        run(1, "export", format, "--user", "alice", "--to", data().toString())
            .contains("is not empty"));
    assertTrue(
        run(1, "export", format, "--user", "nobody", "--to", directory.resolve("no").toString())
            .contains("There is no user"));
    assertFalse(Files.exists(directory.resolve("no")), "nothing is made for nobody");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mbox", "maildir"})
  void stoppedExportGoesOnAndEndsTheSame(String format) throws Exception {
    fill();
    Path whole = directory.resolve("whole");
    run(0, "export", format, "--user", "alice", "--to", whole.toString());
    // As if it had been killed in the first folder, behind what was saved last.
    Path cut = directory.resolve("cut");
    ExportState state = ExportState.open(cut, "alice", format);
    JsonObject inbox = folders("alice").get("INBOX");
    boolean mbox = format.equals("mbox");
    if (mbox) {
      String text = Files.readString(whole.resolve("INBOX.mbox"), StandardCharsets.ISO_8859_1);
      int second = text.indexOf("\nFrom MAILER-DAEMON", 1) + 1;
      Files.writeString(
          cut.resolve("INBOX.mbox"), text.substring(0, second + 40), StandardCharsets.ISO_8859_1);
      state.advance(
          "INBOX", new ExportState.Progressed(inbox.getInteger("uidValidity"), 1, second, 10));
    } else {
      Files.createDirectories(cut.resolve("cur"));
      try (Stream<Path> files = Files.list(whole.resolve("cur"))) {
        Path first = files.filter(f -> f.toString().contains("U1Z")).findFirst().orElseThrow();
        Files.copy(first, cut.resolve("cur").resolve(first.getFileName()));
      }
      Files.copy(whole.resolve("dovecot-keywords"), cut.resolve("dovecot-keywords"));
      state.advance("INBOX", new ExportState.Progressed(inbox.getInteger("uidValidity"), 1, 1, 10));
    }
    String told = run(0, "export", format, "--user", "alice", "--to", cut.toString());
    assertTrue(told.contains("8 mails exported"), told);
    assertEquals(files(whole), files(cut));
  }

  @Test
  void importOfTheSameMailFromTwoFoldersIsOneMessageInBoth() throws Exception {
    Path mbox = Files.createDirectories(directory.resolve("two"));
    String mail = "From x Thu Nov 19 10:00:00 2020\nSubject: one\nMessage-ID: <1@x>\n\nbody\n\n";
    Files.writeString(mbox.resolve("A.mbox"), mail);
    Files.writeString(mbox.resolve("B.mbox"), mail.replace("Subject", "Status: RO\nSubject"));
    run(0, "import", "mbox", mbox.toString(), "--user", "alice");
    Map<String, List<Placed>> all = mailbox("alice");
    assertEquals(List.of("\\Seen"), all.get("B").get(0).flags());
    assertEquals(all.get("A").get(0).bytes(), all.get("B").get(0).bytes());
    Files.writeString(
        mbox.resolve("B.mbox"), mail.replace("one", "two"), StandardOpenOption.APPEND);
    String told = run(0, "import", "mbox", mbox.toString(), "--user", "alice");
    assertTrue(told.contains("1 mails imported"), told);
    assertEquals(2, mailbox("alice").get("B").size());
  }

  @Test
  void foldersOfOtherProgramsGoWhereTheyBelong() throws Exception {
    Path mbox = Files.createDirectories(directory.resolve("profile"));
    String mail = "From x Thu Nov 19 10:00:00 2020\nSubject: %s\n\nbody\n\n";
    for (String name : List.of("Inbox", "Sent Items", "Spam", "Deleted Messages", "Own")) {
      Files.writeString(mbox.resolve(name), mail.formatted(name));
    }
    run(0, "import", "mbox", mbox.toString(), "--user", "alice");
    Map<String, List<Placed>> all = mailbox("alice");
    for (String name : List.of("INBOX", "Sent", "Junk", "Trash", "Own")) {
      assertEquals(1, all.get(name).size(), name);
    }
    run(
        0,
        "import",
        "mbox",
        mbox.resolve("Spam").toString(),
        "--user",
        "bob",
        "--folder",
        "Elsewhere");
    assertEquals(1, mailbox("bob").get("Elsewhere").size());
  }

  /** The other server is this one: what stands there is what its mailbox holds. */
  @Test
  void accountOfAnImapServerIsBroughtAlong() throws Exception {
    fill();
    Map<String, List<Placed>> expected = new TreeMap<>();
    mailbox("alice").forEach((name, mails) -> expected.put(name, withoutZones(mails)));
    expected.put("Junk", expected.get("Spam")); // by its name: other programs call Junk so
    expected.remove("Spam");
    assertTrue(imap("secret").contains("refused the login"));
    String told = imap("correct horse battery");
    assertTrue(told.contains("9 mails imported"), told);
    assertEquals(expected, mailbox("carol"));
    String again = imap("correct horse battery");
    assertTrue(again.contains("0 mails imported, 0 were there already"), again);
    assertEquals(expected, mailbox("carol"));
  }

  private static List<Placed> withoutZones(List<Placed> mails) {
    return mails.stream()
        .map(mail -> new Placed(mail.received(), 0, mail.flags(), mail.bytes()))
        .toList();
  }

  private String imap(String password) {
    String port = String.valueOf(node.addresses().get("imap")).replaceFirst(".*:", "");
    InputStream in = System.in;
    System.setIn(new ByteArrayInputStream((password + "\n").getBytes(StandardCharsets.UTF_8)));
    try {
      return run(
          password.equals("secret") ? 1 : 0,
          "import",
          "imap",
          "--host",
          "127.0.0.1",
          "--port",
          port,
          "--security",
          "none",
          "--login",
          "alice",
          "--password-stdin",
          "--user",
          "carol");
    } finally {
      System.setIn(in);
    }
  }

  @Test
  void wrongArgumentsAreSaidInOneLine() throws Exception {
    Path empty = Files.createDirectories(directory.resolve("empty"));
    for (String format : List.of("mbox", "maildir", "eml")) {
      String told = run(1, "import", format, empty.toString(), "--user", "alice");
      assertTrue(told.contains("mainstem: There is no "), told);
      assertEquals(1, told.strip().lines().count(), told);
    }
    String told =
        run(
            1,
            "export",
            "mbox",
            "--user",
            "alice",
            "--to",
            directory.resolve("o").toString(),
            "--folder",
            "None");
    assertTrue(told.contains("There is no folder None. There are INBOX, Chats"), told);
  }

  // ---- inside

  /** Nine messages: imported, sent by chat, odd ones; flags, keywords, copies, own folders. */
  private void fill() throws Exception {
    Path mbox = Files.createDirectories(directory.resolve("in/Work"));
    String from = "From x Thu Nov 19 10:00:0%d 2020 +0130\n";
    Files.writeString(
        directory.resolve("in/INBOX.mbox"),
        from.formatted(1)
            + "Status: RO\nX-Status: AF\nX-Keywords: $Label1 work\nSubject: one\n\nFrom me\n\n"
            + from.formatted(2)
            + "Status: O\nSubject: two\nX-Mainstem-Kept-Status: kept\n\n>From you\n\n\n\n"
            + from.formatted(3)
            + "Status: O\nSubject: big\n\n"
            + "0123456789\n".repeat(150_000)
            + "\n");
    Files.writeString(
        mbox.resolve("%u00FC%2Ex.mbox"),
        from.formatted(4) + "X-Status: TD\nSubject: three\n\nbody\n\n");
    Files.writeString(mbox.resolve("empty.mbox"), "");
    Files.writeString(
        directory.resolve("in/Requests.mbox"), from.formatted(5) + "Subject: asks\n\n\n");
    run(0, "import", "mbox", directory.resolve("in").toString(), "--user", "alice");
    admin.post("/admin/users/alice/folders", new JsonObject().put("name", "Spam"));
    Path eml = Files.createDirectories(directory.resolve("eml"));
    // Nothing that an mbox can hold as lines.
    Files.writeString(eml.resolve("a.eml"), "Subject: bare\r\n\r\nbare\rCR and\nLF, no end");
    Files.writeString(eml.resolve("b.eml"), "Subject: header only\r\n");
    run(0, "import", "eml", eml.toString(), "--user", "alice", "--folder", "Spam");
    run(0, "import", "eml", eml.resolve("b.eml").toString(), "--user", "alice", "--folder", "Sent");
    chat("alice", "bob", "grüße");
  }

  private void chat(String from, String to, String text) throws Exception {
    String token =
        admin
            .post("/admin/users/" + from + "/sessions", new JsonObject().put("label", "test"))
            .getString("token");
    JsonObject body =
        new JsonObject()
            .put("id", MessageId.of(System.currentTimeMillis(), 1, 2).value())
            .put("to", List.of(to))
            .put("channel", "chat")
            .put("text", text);
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://" + node.addresses().get("http") + "/api/v1/messages"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
            .build();
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(201, response.statusCode(), response.body());
  }

  private Map<String, JsonObject> folders(String user) throws Exception {
    Map<String, JsonObject> byName = new TreeMap<>();
    admin
        .get("/admin/users/" + user + "/folders")
        .getJsonArray("folders")
        .forEach(each -> byName.put(((JsonObject) each).getString("name"), (JsonObject) each));
    return byName;
  }

  /** All folders with all their messages, in their order. */
  private Map<String, List<Placed>> mailbox(String user) throws Exception {
    Map<String, List<Placed>> all = new TreeMap<>();
    for (Map.Entry<String, JsonObject> folder : folders(user).entrySet()) {
      List<Placed> messages = new ArrayList<>();
      String id = URLEncoder.encode(folder.getValue().getString("id"), StandardCharsets.UTF_8);
      try (DataInputStream in =
          new DataInputStream(admin.open("/admin/users/" + user + "/export?folder=" + id))) {
        for (int length = in.readInt(); length > 0; length = in.readInt()) {
          JsonObject head =
              new JsonObject(new String(in.readNBytes(length), StandardCharsets.UTF_8));
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          for (int piece = in.readInt(); piece > 0; piece = in.readInt()) {
            bytes.write(in.readNBytes(piece));
          }
          assertEquals(head.getLong("sizeBytes"), bytes.size());
          messages.add(
              new Placed(
                  head.getLong("received") / 1000, // RFC 9051: a date of a mail has seconds
                  head.getInteger("zone"),
                  head.getJsonArray("flags").stream().map(String::valueOf).toList(),
                  bytes.toString(StandardCharsets.ISO_8859_1)));
        }
      }
      all.put(folder.getKey(), messages);
    }
    return all;
  }

  private static Map<String, String> files(Path root) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.toString().endsWith(".json")) {
          all.put(
              root.relativize(file).toString(),
              Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return all;
  }

  private Path data() {
    return directory.resolve("data");
  }

  private String run(int code, String... args) {
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    PrintStream err = System.err;
    System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
    try {
      String[] all =
          Stream.concat(Stream.of(args), Stream.of("--data", data().toString()))
              .toArray(String[]::new);
      assertEquals(code, Cli.run(all), told.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(err);
    }
    return told.toString(StandardCharsets.UTF_8);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
