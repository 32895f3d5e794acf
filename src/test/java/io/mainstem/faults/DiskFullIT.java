package io.mainstem.faults;

import static io.mainstem.faults.Mailboxes.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.bench.ChatClient;
import io.mainstem.bench.ServerProcess;
import io.mainstem.bench.Ulids;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk fills up under a running server: writes are refused in words, reads go on, and when
 * there is space again service resumes by itself; nothing acknowledged is lost. Needs to mount a
 * file system of its own.
 */
class DiskFullIT {
  private static final String PASSWORD = "full-password-1";
  private static final Duration BOUND = Duration.ofMinutes(5);

  private final Vertx vertx = Vertx.vertx();

  @TempDir Path room;

  private Path disk;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(room.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", disk.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    await(vertx.close());
    run("umount", "-l", disk.toString());
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertEquals(
        0, new ProcessBuilder(command).inheritIO().start().waitFor(), String.join(" ", command));
  }

  @Test
  void aFullDiskRefusesReadsOnAndRecovers() throws Exception {
    var how =
        ServerProcess.Start.PLAIN.with(
            "--set",
            "directory.argon2.memoryKib=64",
            "--set",
            "directory.argon2.iterations=1",
            "--set",
            "store.maxWalBytes=16m",
            "--set",
            "store.writeBufferBytes=16m");
    Path data = disk.resolve("data");
    var kept = new ArrayList<String>();
    try (var server = ServerProcess.start(data, how)) {
      for (String user : List.of("alice", "bob")) {
        server.admin("POST", "/admin/users", Map.of("name", user, "password", PASSWORD));
      }
      var client = new ChatClient(vertx, server.endpoint("http"));
      String token = await(client.login("alice", PASSWORD));
      kept.add(send(client, token, "mark-before", ""));
      Path ballast = disk.resolve("ballast");
      fill(ballast);

      var refused = assertThrows(Exception.class, () -> sendUntilRefused(client, token, kept));
      assertEquals(507, ((ChatClient.Refused) refused.getCause()).status(), refused.toString());
      String smtp = smtpReply(server);
      assertTrue(smtp.startsWith("452 4.3.1"), smtp);
      assertTrue(
          Mailboxes.threads(client, token).values().stream()
              .anyMatch(t -> t.contains("mark-before")),
          "reads go on");

      Files.delete(ballast);
      Awaitility.await("service resumes by itself")
          .atMost(BOUND)
          .pollInterval(Duration.ofMillis(200))
          .ignoreExceptions()
          .until(() -> kept.add(send(client, token, "mark-after", "")));
      Awaitility.await()
          .atMost(BOUND)
          .pollInterval(Duration.ofMillis(200))
          .until(() -> smtpReply(server).startsWith("250"));
      await(client.close());
      server.kill();
    }
    try (var server = ServerProcess.start(data, how)) {
      var client = new ChatClient(vertx, server.endpoint("http"));
      for (String user : List.of("alice", "bob")) {
        String token = await(client.login(user, PASSWORD));
        Awaitility.await("all that was acknowledged is with " + user)
            .atMost(BOUND)
            .until(
                () ->
                    Mailboxes.threads(client, token).values().stream()
                        .flatMap(List::stream)
                        .toList()
                        .containsAll(kept));
        var there =
            Mailboxes.threads(client, token).values().stream().flatMap(List::stream).toList();
        kept.forEach(mark -> assertEquals(1, there.stream().filter(mark::equals).count(), mark));
      }
      await(client.close());
    }
  }

  /** Space that the store has already set aside lets a few more through: they count. */
  private static void sendUntilRefused(ChatClient client, String token, List<String> kept)
      throws Exception {
    for (int i = 0; i < 10_000; i++) {
      kept.add(send(client, token, "mark-filling" + i, "x".repeat(20_000)));
    }
  }

  private static String send(ChatClient client, String token, String mark, String more)
      throws Exception {
    var body =
        new JsonObject()
            .put("id", Ulids.next())
            .put("to", new JsonArray().add("bob"))
            .put("channel", "chat")
            .put("text", mark + " " + more);
    await(client.call(HttpMethod.POST, "/api/v1/messages", token, body));
    return mark;
  }

  private static String smtpReply(ServerProcess server) {
    try (var session = new MailLoad.Session(server.endpoint("smtp"))) {
      return session.sendFor(
          "dora@elsewhere.example",
          "bob@mainstem.test",
          "dora@elsewhere.example",
          "mark-smtp" + System.nanoTime());
    } catch (IOException e) {
      String text = String.valueOf(e.getMessage());
      return text.substring(text.indexOf("got: ") + 5);
    }
  }

  private static void fill(Path ballast) throws IOException {
    byte[] block = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      // That is what was wanted.
    }
    try (OutputStream out =
        Files.newOutputStream(ballast, java.nio.file.StandardOpenOption.APPEND)) {
      while (true) {
        out.write(0);
      }
    } catch (IOException full) {
      // Not a byte is left.
    }
  }
}
