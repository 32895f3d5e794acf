package io.mainstem.faults;

import static io.mainstem.faults.Mailboxes.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.bench.ChatClient;
import io.mainstem.bench.ServerProcess;
import io.mainstem.bench.Ulids;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL says nothing about fsync: here the real program runs under strace, and no 250, 201 or
 * reply on the stream may leave before the file that holds what it acknowledges was synced. With
 * syncs that fail, nothing may be acknowledged on the strength of a later one. And the suite itself
 * must fail when syncs are off.
 */
class DurabilityIT {
  private static final int EACH = 8;
  private static final String PASSWORD = "sync-password-1";
  private static final Duration BOUND = Duration.ofMinutes(5);

  private final Vertx vertx = Vertx.vertx();
  private final History history = new History();

  @TempDir Path room;

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  /**
   * An acknowledged operation: its mark, the words of its reply on the wire, and in how many logs
   * it must stand synced by then.
   */
  private record Acknowledged(String mark, String reply, int copies) {}

  private ServerProcess.Start how(String... inject) {
    var under =
        new ArrayList<>(
            List.of("strace", "-f", "-y", "-s", "65536", "-o", room.resolve("trace").toString()));
    under.add("-e");
    under.add("trace=write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync");
    under.addAll(List.of(inject));
    return ServerProcess.Start.PLAIN
        .with("--set", "directory.argon2.memoryKib=64", "--set", "directory.argon2.iterations=1")
        .under(under.toArray(String[]::new));
  }

  @Test
  void noReplyLeavesBeforeItsSync() throws Exception {
    List<Acknowledged> all = run(how());
    assertEquals(EACH * 4, all.size(), "every operation was acknowledged");
    assertEquals(List.of(), objections(all));
  }

  @Test
  void theSuiteFindsThatSyncIsOff() throws Exception {
    List<Acknowledged> all = run(how().with("--set", "store.sync=false"));
    assertEquals(all.size(), objections(all).size(), "with sync off, every reply is objected to");
  }

  @Test
  void aFailedSyncAcknowledgesNothingThatARestartWouldLose() throws Exception {
    List<Acknowledged> all = run(how("-e", "inject=fdatasync,fsync:error=EIO:when=60+7"));
    assertEquals(List.of(), objections(all));
    assertTrue(all.size() < EACH * 4, "some syncs failed, and what depended on them was refused");
    try (var server = ServerProcess.start(room.resolve("data"), ServerProcess.Start.PLAIN)) {
      var client = new ChatClient(vertx, server.endpoint("http"));
      for (String user : List.of("alice", "bob")) {
        var threads = Mailboxes.threads(client, await(client.login(user, PASSWORD)));
        var there = threads.values().stream().flatMap(List::stream).toList();
        for (Acknowledged a : all) {
          if (history.all().stream()
              .anyMatch(m -> m.mark().equals(a.mark()) && m.people().contains(user))) {
            assertEquals(
                1,
                there.stream().filter(a.mark()::equals).count(),
                a.mark() + " in the mailbox of " + user);
          }
        }
      }
      await(client.close());
    }
  }

  private List<String> objections(List<Acknowledged> all) throws IOException {
    SyncTrace trace = SyncTrace.read(room.resolve("trace"));
    var wrong = new ArrayList<String>();
    for (Acknowledged a : all) {
      int place = trace.reply(a.reply(), Math.max(0, trace.written(a.mark())));
      if (place < 0) {
        place = trace.reply(a.reply(), 0);
      }
      assertTrue(place >= 0, "the reply to " + a.mark() + " is in the trace");
      String objection = trace.objection(a.mark(), a.copies(), place);
      if (objection != null) {
        wrong.add(objection);
      }
    }
    return wrong;
  }

  /** One operation after another over each way in; those that were acknowledged. */
  private List<Acknowledged> run(ServerProcess.Start how) throws Exception {
    var acknowledged = new ArrayList<Acknowledged>();
    try (var server = ServerProcess.start(room.resolve("data"), how)) {
      for (String user : List.of("alice", "bob")) {
        retrying(
            () -> server.admin("POST", "/admin/users", Map.of("name", user, "password", PASSWORD)));
      }
      var client = new ChatClient(vertx, server.endpoint("http"));
      String alice = retrying(() -> await(client.login("alice", PASSWORD)));
      var answers = new CopyOnWriteArrayList<String>();
      var alices = retrying(() -> await(client.stream(alice, "", answers::add)));
      for (int i = 0; i < EACH; i++) {
        http(client, alice, i, acknowledged);
        stream(alices::writeTextMessage, answers, i, acknowledged);
        mail(server, "smtp", i, acknowledged);
        mail(server, "submission", i, acknowledged);
      }
      await(client.close());
    }
    acknowledged.forEach(a -> history.acknowledge(a.mark()));
    return acknowledged;
  }

  private interface Attempt<T> {
    T run() throws Exception;
  }

  /** Setting the scene may itself meet a failed sync: then once more. */
  private static <T> T retrying(Attempt<T> attempt) throws Exception {
    Exception last = null;
    for (int i = 0; i < 20; i++) {
      try {
        return attempt.run();
      } catch (Exception e) {
        last = e;
      }
    }
    throw last == null ? new IllegalStateException() : last;
  }

  private void http(ChatClient client, String token, int i, List<Acknowledged> acknowledged) {
    String mark = "mark-http" + i;
    history.ask(mark, List.of("alice", "bob"));
    String id = Ulids.next();
    try {
      await(client.call(HttpMethod.POST, "/api/v1/messages", token, chat(mark, id)));
      acknowledged.add(new Acknowledged(mark, id, 1));
    } catch (Exception refused) {
      // A sync failed, and the server says so.
    }
  }

  private void stream(
      java.util.function.Function<String, ?> send,
      List<String> answers,
      int i,
      List<Acknowledged> acknowledged) {
    String mark = "mark-stream" + i;
    history.ask(mark, List.of("alice", "bob"));
    String ref = "ref-" + mark;
    send.apply(chat(mark, Ulids.next()).put("op", "send").put("ref", ref).encode());
    String answer =
        Awaitility.await()
            .atMost(BOUND)
            .until(
                () -> answers.stream().filter(a -> a.contains(ref)).findFirst().orElse(""),
                a -> !a.isEmpty());
    if (!answer.contains("\"error\"")) {
      acknowledged.add(new Acknowledged(mark, ref, 1));
    }
  }

  private void mail(ServerProcess server, String gateway, int i, List<Acknowledged> acknowledged) {
    String mark = "mark-" + gateway + i;
    boolean out = gateway.equals("submission");
    history.ask(mark, out ? List.of("alice", "bob") : List.of("bob"));
    try (var session = new MailLoad.Session(server.endpoint(gateway))) {
      if (out) {
        session.login("alice", PASSWORD);
      }
      String from = out ? "alice@mainstem.test" : "dora@elsewhere.example";
      String reply = session.sendFor(from, "bob@mainstem.test", from, mark);
      acknowledged.add(new Acknowledged(mark, reply, 1));
    } catch (IOException refused) {
      // A sync failed, and the server says so.
    }
  }

  private static JsonObject chat(String mark, String id) {
    return new JsonObject()
        .put("id", id)
        .put("to", new JsonArray().add("bob"))
        .put("channel", "chat")
        .put("text", mark);
  }
}
