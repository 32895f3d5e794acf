package io.mainstem.page;

import io.mainstem.app.Mainstem;
import io.mainstem.config.Config;
import io.mainstem.gateway.imap.ImapClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The real program, started once in this JVM for all tests of the page; every test makes people of
 * its own.
 */
final class RunningServer {
  private static final String ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final AtomicInteger PEOPLE = new AtomicInteger();
  private static RunningServer shared;

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(Desk.SOON).build();
  private final Mainstem node;
  private final SecureRandom random = new SecureRandom();

  /** Somebody with a mailbox. */
  record Account(String name, String shown, String address, String password, String token) {}

  private RunningServer(Mainstem node) {
    this.node = node;
  }

  static synchronized RunningServer shared() throws Exception {
    if (shared == null) {
      var data = Files.createTempDirectory("mainstem-page");
      var config =
          Config.of(
              Map.of(
                  "data", data.resolve("data").toString(),
                  "http.port", "0",
                  "smtp.port", "0",
                  "submission.port", "0",
                  "imap.port", "0",
                  "admin.port", "0"));
      var node =
          Mainstem.start(config)
              .toCompletionStage()
              .toCompletableFuture()
              .get(180, TimeUnit.SECONDS);
      shared = new RunningServer(node);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> shared.stop(data)));
    }
    return shared;
  }

  private void stop(Path data) {
    try {
      node.stop().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
      try (var files = Files.walk(data)) {
        files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    } catch (Exception e) {
      System.err.println("the server of the page tests did not stop well: " + e);
    }
  }

  String url() {
    return "http://" + node.addresses().get("http");
  }

  /** What a mail program keeps of a mail that is not finished. */
  void putDraft(Account from, Account to, String subject, String text) throws Exception {
    var imap = URI.create("imap://" + node.addresses().get("imap"));
    try (var program = ImapClient.of(imap.getPort(), from.name(), from.password())) {
      program.append(
          "Drafts (\\Draft)",
          "From: %s\r\nTo: %s\r\nSubject: %s\r\n\r\n%s\r\n"
              .formatted(from.address(), to.address(), subject, text));
    }
  }

  /** A new person, whose name begins with this. */
  Account person(String first) throws Exception {
    var name = first.toLowerCase(java.util.Locale.ROOT) + PEOPLE.incrementAndGet();
    var password = "moss-lantern-" + Long.toString(random.nextLong() >>> 1, 36);
    var admin = "http://" + node.addresses().get("admin");
    var token = Files.readString(Path.of(node.data().root().toString(), "admin.token")).strip();
    var made =
        client.send(
            HttpRequest.newBuilder(URI.create(admin + "/admin/users"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        new JsonObject()
                            .put("name", name)
                            .put("displayName", first)
                            .put("password", password)
                            .encode()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (made.statusCode() / 100 != 2) {
      throw new IOException("no account: " + made.statusCode() + " " + made.body());
    }
    var session =
        call(
            null, "POST", "/session", new JsonObject().put("user", name).put("password", password));
    return new Account(
        name,
        first,
        session.getJsonObject("user").getString("address"),
        password,
        session.getString("token"));
  }

  /** One call of the API as this person. */
  JsonObject call(Account as, String method, String path, JsonObject body) throws Exception {
    var answer = ask(as, method, path, body);
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body().isEmpty() ? new JsonObject() : new JsonObject(answer.body());
  }

  private HttpResponse<String> ask(Account as, String method, String path, JsonObject body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(url() + "/api/v1" + path))
            .timeout(Desk.SOON)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.encode()));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (as != null) {
      request.header("Authorization", "Bearer " + as.token());
    } else {
      request.header("Origin", url());
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Sends a chat; answers {id, threadId, seq} of the sender's mailbox, once it has arrived. */
  JsonObject chat(Account from, Account to, String text) throws Exception {
    return send(
        from,
        to,
        new JsonObject()
            .put("to", new JsonArray().add(to.name()))
            .put("channel", "chat")
            .put("text", text));
  }

  /** Sends a mail from one mailbox to another, where it has arrived after that. */
  JsonObject mail(Account from, Account to, String subject, String text) throws Exception {
    return send(
        from,
        to,
        new JsonObject()
            .put("to", new JsonArray().add(to.name()))
            .put("channel", "mail")
            .put("subject", subject)
            .put("text", text));
  }

  private JsonObject send(Account from, Account to, JsonObject message) throws Exception {
    var sent = call(from, "POST", "/messages", message.put("id", ulid()));
    // Who sends has his answer before it is handed over.
    Desk.until(() -> ask(to, "GET", "/messages/" + sent.getString("id"), null).statusCode() == 200);
    return sent;
  }

  /** Both have written to each other, so that neither is a stranger. */
  void acquaint(Account one, Account other) throws Exception {
    chat(one, other, "Hello " + other.shown() + ", shall we?");
    chat(other, one, "Hello " + one.shown() + ", we shall.");
  }

  private String ulid() {
    var id = new StringBuilder();
    long time = System.currentTimeMillis();
    for (int i = 9; i >= 0; i--) {
      id.append(ULID.charAt((int) (time >>> (5 * i)) & 31));
    }
    random.ints(16, 0, 32).forEach(letter -> id.append(ULID.charAt(letter)));
    return id.toString();
  }

  /** Hands a mail from outside to the SMTP port. Lines end with LF here. */
  void smtp(String from, Account to, String content) throws Exception {
    var address = node.addresses().get("smtp").split(":");
    try (var socket = new Socket(address[0], Integer.parseInt(address[1]))) {
      socket.setSoTimeout(60_000);
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      expect(in, "220");
      say(socket, in, "EHLO elsewhere.example", "250");
      say(socket, in, "MAIL FROM:<" + from + ">", "250");
      say(socket, in, "RCPT TO:<" + to.address() + ">", "250");
      say(socket, in, "DATA", "354");
      say(
          socket,
          in,
          content
                  .replace("To: alice\n", "To: " + to.address() + "\n")
                  .replace("\n", "\r\n")
                  .replace("\r\n.", "\r\n..")
              + "\r\n.",
          "250");
      say(socket, in, "QUIT", "221");
    }
  }

  private static void say(Socket socket, BufferedReader in, String line, String expected)
      throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    expect(in, expected);
  }

  private static void expect(BufferedReader in, String code) throws IOException {
    String line;
    do {
      line = in.readLine();
      if (line == null || !line.startsWith(code)) {
        throw new IOException("expected " + code + ", got " + line);
      }
    } while (line.length() > 3 && line.charAt(3) == '-');
  }
}
