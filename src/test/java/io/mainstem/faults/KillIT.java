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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real program is loaded over SMTP, submission, HTTP and the stream, and killed with SIGKILL
 * while at least 100 operations are unanswered, again and again. What was acknowledged must be
 * there once for everybody whom it concerns, in one order; devices go on from their cursors without
 * a gap or a repeat; a rebuild from the log gives the same objects.
 */
class KillIT {
  private static final int ROUNDS = Integer.getInteger("kill.rounds", 20);
  private static final int UNANSWERED = 100;
  private static final int PEOPLE = 6;
  private static final int MAX_REFUSALS = 20;
  private static final String PASSWORD = "kill-password-1";
  private static final Duration BOUND = Duration.ofMinutes(5);

  private final Vertx vertx = Vertx.vertx();
  private final History history = new History();
  private final AtomicInteger marks = new AtomicInteger();

  /** What the server refused although it was alive: at most {@link #MAX_REFUSALS} of it. */
  private final Queue<String> refusals = new ConcurrentLinkedQueue<>();

  /** What was asked and never answered: asked again, in the same words, after the restart. */
  private final Queue<Unknown> unknown = new ConcurrentLinkedQueue<>();

  private final List<Device> devices = new ArrayList<>();
  private final Map<String, String> firstSeq = new HashMap<>();

  @TempDir Path room;

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static ServerProcess.Start how() {
    return ServerProcess.Start.PLAIN.with(
        "--set",
        "directory.argon2.memoryKib=64",
        "--set",
        "directory.argon2.iterations=1",
        "--set",
        "mailbox.policy.newRecipientsPerHour=0");
  }

  @Test
  void whatWasAcknowledgedSurvivesEveryKill() throws Exception {
    long seed = Long.getLong("kill.seed", System.nanoTime());
    System.out.println("kill.seed=" + seed);
    var random = new Random(seed);
    Path data = room.resolve("data");
    ServerProcess server = ServerProcess.start(data, how());
    for (int p = 0; p < PEOPLE; p++) {
      server.admin("POST", "/admin/users", Map.of("name", "p" + p, "password", PASSWORD));
      devices.add(new Device("p" + p));
    }
    int unansweredAtKill = Integer.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      unansweredAtKill = Math.min(unansweredAtKill, loadAndKill(server, random));
      server = ServerProcess.start(data, how());
      check(server, round % 5 == 4 || round == ROUNDS - 1);
    }
    System.out.printf(
        "%d rounds, %d messages acknowledged of %d, at least %d unanswered at each kill%n",
        ROUNDS, history.acknowledged(), history.all().size(), unansweredAtKill);
    assertEquals(0, server.stop(), "a clean stop ends with 0");
    Rebuilt.assertIdentical(data);
  }

  /**
   * Loads until enough is unanswered and a random while longer, then kills; how much was
   * unanswered.
   */
  private int loadAndKill(ServerProcess server, Random random) throws Exception {
    var client = new ChatClient(vertx, server.endpoint("http"));
    var stop = new AtomicBoolean();
    var unanswered = new AtomicInteger();
    var threads = new ArrayList<Thread>();
    var tokens = new HashMap<String, String>();
    var pendingOf = new HashMap<String, Map<String, JsonObject>>();
    for (Device device : devices) {
      String token = await(client.login(device.user(), PASSWORD));
      tokens.put(device.user(), token);
      var pending = new ConcurrentHashMap<String, JsonObject>();
      pendingOf.put(device.user(), pending);
      device.onAnswer(
          answer -> {
            String mark = answer.get("ref").asText();
            if (pending.remove(mark) != null) {
              unanswered.decrementAndGet();
              if (!answer.has("error")) {
                history.acknowledge(mark);
              } else if (refusals.size() < MAX_REFUSALS) {
                refusals.add(answer.toString());
              }
            }
          });
      await(device.follow(client, token));
    }
    // All devices listen before anybody speaks: a first connection starts at the end of the log.
    for (Device device : devices) {
      String token = tokens.get(device.user());
      Map<String, JsonObject> pending = pendingOf.get(device.user());
      threads.add(Thread.startVirtualThread(() -> streamLoad(device, pending, unanswered, stop)));
      threads.add(
          Thread.startVirtualThread(
              () -> httpLoad(client, token, device.user(), unanswered, stop)));
      threads.add(
          Thread.startVirtualThread(
              () -> MailLoad.smtp(server.endpoint("smtp"), this, device.user(), unanswered, stop)));
      threads.add(
          Thread.startVirtualThread(
              () ->
                  MailLoad.submission(
                      server.endpoint("submission"),
                      this,
                      device.user(),
                      PASSWORD,
                      unanswered,
                      stop)));
    }
    try {
      Awaitility.await()
          .atMost(BOUND)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> unanswered.get() >= UNANSWERED);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("only " + unanswered.get() + " unanswered; refused: " + refusals, e);
    }
    long until = System.nanoTime() + random.nextInt(400) * 1_000_000L;
    int atKill = 0;
    while (System.nanoTime() < until || (atKill = unanswered.get()) < UNANSWERED) {
      Thread.onSpinWait();
      assertTrue(server.isAlive(), "the server died by itself; see its log");
    }
    server.kill();
    stop.set(true);
    for (Thread t : threads) {
      t.join(BOUND.toMillis());
    }
    await(client.close());
    pendingOf.forEach(
        (user, pending) ->
            pending.forEach((mark, body) -> unknown.add(new Unknown.Chat(mark, user, body))));
    return atKill;
  }

  private void streamLoad(
      Device device,
      Map<String, JsonObject> pending,
      AtomicInteger unanswered,
      AtomicBoolean stop) {
    while (!stop.get()) {
      if (pending.size() >= 40) {
        LockSupport.parkNanos(100_000);
        continue;
      }
      String to = other(device.user());
      String mark = newMark(List.of(device.user(), to));
      JsonObject body = chat(mark, to);
      pending.put(mark, body);
      unanswered.incrementAndGet();
      if (!device.send(body.copy().put("op", "send").put("ref", mark).encode())) {
        return;
      }
    }
  }

  private void httpLoad(
      ChatClient client, String token, String from, AtomicInteger unanswered, AtomicBoolean stop) {
    while (!stop.get()) {
      String to = other(from);
      String mark = newMark(List.of(from, to));
      unanswered.incrementAndGet();
      JsonObject body = chat(mark, to);
      try {
        await(client.call(HttpMethod.POST, "/api/v1/messages", token, body));
        history.acknowledge(mark);
      } catch (Exception e) {
        unknown.add(new Unknown.Chat(mark, from, body));
      }
      unanswered.decrementAndGet();
    }
  }

  private static JsonObject chat(String mark, String to) {
    return new JsonObject()
        .put("id", Ulids.next())
        .put("to", new JsonArray().add(to))
        .put("channel", "chat")
        .put("text", mark);
  }

  String other(String user) {
    String to;
    do {
      to = "p" + java.util.concurrent.ThreadLocalRandom.current().nextInt(PEOPLE);
    } while (to.equals(user));
    return to;
  }

  /** A new mark, written into the history before anything is sent. */
  String newMark(List<String> people) {
    String mark = "mark-" + Integer.toString(marks.incrementAndGet(), 36);
    history.ask(mark, people);
    return mark;
  }

  void acknowledge(String mark) {
    history.acknowledge(mark);
  }

  void unknown(Unknown.Mail mail) {
    unknown.add(mail);
  }

  /**
   * Asks again for all whose outcome is unknown, in the same words: whether it happened before or
   * not, it has happened once after.
   */
  private void askAgain(ServerProcess server, ChatClient client, Map<String, String> tokens)
      throws Exception {
    for (Unknown each = unknown.poll(); each != null; each = unknown.poll()) {
      switch (each) {
        case Unknown.Chat chat ->
            await(
                client.call(
                    HttpMethod.POST, "/api/v1/messages", tokens.get(chat.user()), chat.body()));
        case Unknown.Mail mail -> {
          try (var session = new MailLoad.Session(server.endpoint(mail.gateway()))) {
            if (mail.gateway().equals("submission")) {
              session.login(mail.user(), PASSWORD);
            }
            session.send(mail.from(), mail.to(), mail.header(), mail.mark());
          }
        }
      }
      history.acknowledge(each.mark());
    }
  }

  /** A request whose answer never came. */
  sealed interface Unknown {
    String mark();

    record Chat(String mark, String user, JsonObject body) implements Unknown {}

    record Mail(String mark, String gateway, String user, String from, String to, String header)
        implements Unknown {}
  }

  /**
   * Waits until the outboxes have drained, then holds devices (and, when {@code whole}, mailboxes)
   * against the history.
   */
  private void check(ServerProcess server, boolean whole) throws Exception {
    var client = new ChatClient(vertx, server.endpoint("http"));
    var tokens = new HashMap<String, String>();
    for (Device device : devices) {
      String token = await(client.login(device.user(), PASSWORD));
      tokens.put(device.user(), token);
      await(device.follow(client, token));
    }
    askAgain(server, client, tokens);
    try {
      Awaitility.await().atMost(BOUND).until(() -> history.isComplete(seen()));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "acknowledged and not at every device: "
              + history.missing(seen(), MAX_REFUSALS)
              + "; connections ended: "
              + devices.stream().map(d -> d.user() + " " + d.closings()).toList(),
          e);
    }
    for (Device device : devices) {
      assertEquals(List.of(), device.wrong());
    }
    if (whole) {
      var mailboxes = new HashMap<String, List<String>>();
      var orders = new HashMap<String, List<List<String>>>();
      for (Device device : devices) {
        var threads = Mailboxes.threads(client, tokens.get(device.user()));
        mailboxes.put(
            device.user(), threads.values().stream().flatMap(Collection::stream).toList());
        orders.put(device.user(), List.copyOf(threads.values()));
        noGap(client, tokens.get(device.user()), device);
      }
      assertEquals(List.of(), history.verdict(mailboxes));
      assertOneOrder(orders);
    }
    await(client.close());
  }

  private Map<String, Collection<String>> seen() {
    var seen = new HashMap<String, Collection<String>>();
    devices.forEach(d -> seen.put(d.user(), new HashSet<>(d.marks())));
    return seen;
  }

  /** The device saw each entry of the log after its first one, in order. */
  private void noGap(ChatClient client, String token, Device device) throws Exception {
    List<String> seen = device.seqs();
    firstSeq.putIfAbsent(device.user(), seen.getFirst());
    List<String> log = Mailboxes.seqs(client, token, seen.getFirst());
    Awaitility.await().atMost(BOUND).until(() -> device.seqs().size() > log.size());
    assertEquals(
        log,
        device.seqs().subList(1, log.size() + 1),
        device.user() + " saw every entry once, in order");
  }

  /** Two who share messages of a thread see these in one order. */
  private static void assertOneOrder(Map<String, List<List<String>>> threads) {
    var place = new HashMap<String, Map<String, int[]>>();
    threads.forEach(
        (user, lists) -> {
          var at = new HashMap<String, int[]>();
          for (int t = 0; t < lists.size(); t++) {
            for (int i = 0; i < lists.get(t).size(); i++) {
              at.put(lists.get(t).get(i), new int[] {t, i});
            }
          }
          place.put(user, at);
        });
    threads.forEach(
        (user, lists) ->
            lists.forEach(
                list ->
                    place.forEach(
                        (peer, at) -> {
                          int[] last = null;
                          for (String mark : list) {
                            int[] here = at.get(mark);
                            if (here == null) {
                              continue;
                            }
                            if (last != null && last[0] == here[0]) {
                              assertTrue(
                                  last[1] < here[1],
                                  "order of " + mark + " differs between " + user + " and " + peer);
                            }
                            last = here;
                          }
                        })));
  }
}
