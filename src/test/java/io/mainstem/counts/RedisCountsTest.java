package io.mainstem.counts;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.config.Config;
import io.mainstem.config.ConfigException;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Counts;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Query.CountsAt;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.UserId;
import io.mainstem.stage.Stages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** On real Redis processes, which are killed, frozen and started again. */
class RedisCountsTest {
  private static final UserId ALICE = new UserId("alice");
  private static final Duration SOON = Duration.ofMinutes(2);

  private final Vertx vertx = Vertx.vertx();
  private RedisProcess here;
  private RedisProcess there;
  private RedisCounts counts;

  @BeforeEach
  void start() throws Exception {
    here = new RedisProcess();
    there = new RedisProcess();
    counts = counts(Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    get(counts.close());
    here.close();
    there.close();
    get(vertx.close());
  }

  private RedisCounts counts(Map<String, String> more) {
    var settings = new HashMap<String, String>();
    settings.put("counts.redis.servers", here.url() + "," + there.url());
    settings.put("counts.redis.retryMillis", "50");
    // A machine that pauses is not taken for a Redis that is away.
    settings.put("counts.redis.timeoutMillis", "60000");
    settings.putAll(more);
    return new RedisCounts(vertx, Config.of(settings).counts().redis(), Stages.unobserved());
  }

  @Test
  void everyDataCenterHasTheValueForAnHour() throws Exception {
    counts.onCounts(ALICE, new Counts(3, 1), new Cursor(1, 7));
    for (RedisProcess server : new RedisProcess[] {here, there}) {
      await().atMost(SOON).until(() -> value(server, ALICE).isPresent());
      assertEquals(at(3, 1, 1, 7), value(server, ALICE).orElseThrow());
      int lives =
          server
              .send(vertx, io.vertx.redis.client.Command.TTL, "mainstem.counts.alice")
              .toInteger();
      assertTrue(lives > 3500 && lives <= 3600, "lives " + lives + " s");
    }
    assertEquals(Optional.of(at(3, 1, 1, 7)), get(counts.read(ALICE)));
    assertEquals(Optional.empty(), get(counts.read(new UserId("bob"))));
  }

  @Test
  void theNewerWinsWhateverTheOrder() throws Exception {
    RedisCounts other = counts(Map.of());
    var random = new Random(11);
    var newest = new HashMap<UserId, CountsAt>();
    for (int i = 0; i < 3_000; i++) {
      var user = new UserId("user-" + random.nextInt(20));
      var at = at(i, i % 7, 1 + random.nextInt(3), random.nextInt(1_000));
      CountsAt before = newest.get(user);
      if (before != null && before.cursor().equals(at.cursor())) {
        continue; // one log has one value at a place
      }
      newest.merge(user, at, RedisCountsTest::later);
      (random.nextBoolean() ? counts : other).onCounts(user, at.counts(), at.cursor());
    }
    for (var entry : newest.entrySet()) {
      await()
          .atMost(SOON)
          .until(() -> value(there, entry.getKey()).equals(Optional.of(entry.getValue())));
      await()
          .atMost(SOON)
          .until(() -> get(counts.read(entry.getKey())).equals(Optional.of(entry.getValue())));
    }
    get(other.close());
    // What one reads may still be on its way from there to Redis.
    for (var entry : newest.entrySet()) {
      await()
          .atMost(SOON)
          .until(() -> value(here, entry.getKey()).equals(Optional.of(entry.getValue())));
    }
  }

  @Test
  void aRedisKilledAndStartedAgainDuringLoadEndsUpRight() throws Exception {
    var last = new ConcurrentHashMap<UserId, CountsAt>();
    for (int seq = 1; seq <= 30_000; seq++) {
      var user = new UserId("user-" + seq % 500);
      var at = at(seq % 90, seq % 5, 1, seq);
      last.put(user, at);
      counts.onCounts(user, at.counts(), at.cursor());
      if (seq == 5_000) {
        here.kill();
      } else if (seq == 20_000) {
        here.start();
      } else if (seq % 100 == 0) {
        get(counts.read(user)); // never fails, whatever Redis does
      }
    }
    for (RedisProcess server : new RedisProcess[] {here, there}) {
      await().atMost(SOON).until(() -> values(server, last.keySet()).equals(last));
    }
  }

  @Test
  void whatARestartForgotIsWrittenAgainThoughNobodyAsks() throws Exception {
    counts.onCounts(ALICE, new Counts(3, 1), new Cursor(1, 7));
    for (RedisProcess server : new RedisProcess[] {here, there}) {
      await().atMost(SOON).until(() -> value(server, ALICE).isPresent());
      server.kill();
      server.start(); // empty
      await().atMost(SOON).until(() -> value(server, ALICE).equals(Optional.of(at(3, 1, 1, 7))));
    }
  }

  @Test
  void whatAnOldDumpBroughtBackIsCorrected() throws Exception {
    counts.onCounts(ALICE, new Counts(3, 1), new Cursor(1, 7));
    await().atMost(SOON).until(() -> value(there, ALICE).isPresent());
    there.freeze();
    counts.onCounts(ALICE, new Counts(2, 1), new Cursor(1, 8));
    await().atMost(SOON).until(() -> value(here, ALICE).equals(Optional.of(at(2, 1, 1, 8))));
    there.thaw();
    await().atMost(SOON).until(() -> value(there, ALICE).equals(Optional.of(at(2, 1, 1, 8))));
    there.send(
        vertx,
        io.vertx.redis.client.Command.HSET,
        "mainstem.counts.alice",
        "g",
        "1",
        "s",
        "3",
        "u",
        "9",
        "r",
        "9");
    there.send(vertx, io.vertx.redis.client.Command.CLIENT, "KILL", "TYPE", "normal");
    await().atMost(SOON).until(() -> value(there, ALICE).equals(Optional.of(at(2, 1, 1, 8))));
  }

  @Test
  void aFrozenRedisIsNotWaitedFor() throws Exception {
    RedisCounts hasty = counts(Map.of("counts.redis.timeoutMillis", "1000"));
    hasty.onCounts(ALICE, new Counts(3, 1), new Cursor(1, 7));
    await().atMost(SOON).until(() -> get(hasty.read(ALICE)).isPresent());
    here.freeze();
    // It stays frozen until all of these are answered.
    for (int i = 0; i < 20; i++) {
      assertEquals(Optional.empty(), get(hasty.read(ALICE)));
    }
    hasty.onCounts(ALICE, new Counts(4, 1), new Cursor(1, 9));
    await().atMost(SOON).until(() -> value(there, ALICE).equals(Optional.of(at(4, 1, 1, 9))));
    here.thaw();
    await().atMost(SOON).until(() -> get(hasty.read(ALICE)).equals(Optional.of(at(4, 1, 1, 9))));
    get(hasty.close());
  }

  @Test
  void whatWaitsForARedisThatIsAwayHasABound() throws Exception {
    RedisCounts small = counts(Map.of("counts.redis.remember", "10"));
    here.kill();
    there.kill();
    for (int i = 0; i < 1_000; i++) {
      small.onCounts(new UserId("user-" + i), new Counts(i, 0), new Cursor(1, i));
    }
    here.start();
    there.start();
    await().atMost(SOON).until(() -> value(here, new UserId("user-0")).isPresent());
    await().atMost(SOON).until(() -> value(here, new UserId("user-9")).isPresent());
    assertFalse(value(here, new UserId("user-999")).isPresent(), "more than are remembered");
    get(small.close());
  }

  @Test
  void whoeverAsksGetsItFromRedisAndTheOwnerOnlyWhenItIsNotThere() throws Exception {
    var owner = new AskedMailboxes(at(5, 2, 1, 40));
    MailboxService mailboxes = counts.before(owner);
    assertEquals(at(5, 2, 1, 40), get(mailboxes.query(ALICE, new Query.GetCounts())));
    assertEquals(1, owner.asked.get());
    await().atMost(SOON).until(() -> value(there, ALICE).isPresent());
    await().atMost(SOON).until(() -> value(here, ALICE).isPresent());
    assertEquals(at(5, 2, 1, 40), get(mailboxes.query(ALICE, new Query.GetCounts())));
    assertEquals(1, owner.asked.get(), "the owner was not woken again");
    here.kill();
    assertEquals(at(5, 2, 1, 40), get(mailboxes.query(ALICE, new Query.GetCounts())));
    assertEquals(2, owner.asked.get());
    here.start();
  }

  @Test
  void aServerThatIsNoneIsRefusedWithoutItsPassword() {
    var refused =
        assertThrows(
            ConfigException.class,
            () -> Config.of(Map.of("counts.redis.servers", "http://:hush@redis:6379")));
    assertTrue(String.valueOf(refused.getMessage()).contains("counts.redis.servers"));
    assertFalse(String.valueOf(refused.getMessage()).contains("hush"));
    assertFalse(
        Config.of(Map.of("counts.redis.servers", "redis://:hush@redis:6379"))
            .toString()
            .contains("hush"));
  }

  private Optional<CountsAt> value(RedisProcess server, UserId user) throws Exception {
    try (RedisProcess.Client client = server.client(vertx)) {
      return value(client, user);
    }
  }

  private static Optional<CountsAt> value(RedisProcess.Client client, UserId user)
      throws Exception {
    var fields =
        client.send(
            io.vertx.redis.client.Command.HMGET,
            "mainstem.counts." + user.value(),
            "u",
            "r",
            "g",
            "s");
    return fields == null || fields.get(0) == null
        ? Optional.empty()
        : Optional.of(
            at(
                fields.get(0).toInteger(),
                fields.get(1).toInteger(),
                fields.get(2).toInteger(),
                fields.get(3).toInteger()));
  }

  private Map<UserId, CountsAt> values(RedisProcess server, Set<UserId> users) throws Exception {
    var found = new HashMap<UserId, CountsAt>();
    try (RedisProcess.Client client = server.client(vertx)) {
      for (UserId user : users) {
        value(client, user).ifPresent(at -> found.put(user, at));
      }
    }
    return found;
  }

  private static CountsAt at(int unread, int requests, int generation, long seq) {
    return new CountsAt(new Counts(unread, requests), new Cursor(generation, seq));
  }

  private static CountsAt later(CountsAt one, CountsAt other) {
    Cursor a = one.cursor();
    Cursor b = other.cursor();
    return b.generation() > a.generation() || b.generation() == a.generation() && b.seq() > a.seq()
        ? other
        : one;
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  /** An owner that counts how often it is asked. */
  private static final class AskedMailboxes implements MailboxService {
    private final CountsAt answer;
    private final AtomicInteger asked = new AtomicInteger();

    AskedMailboxes(CountsAt answer) {
      this.answer = answer;
    }

    @Override
    public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
      return Future.failedFuture("not asked for");
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> Future<R> query(UserId user, Query<R> query) {
      asked.incrementAndGet();
      return (Future<R>) Future.succeededFuture(answer);
    }

    @Override
    public Flux<Watched> watch(UserId user, Cursor after) {
      return Flux.empty();
    }
  }
}
