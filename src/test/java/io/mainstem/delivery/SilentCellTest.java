package io.mainstem.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.config.Config;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Query.Outgoing;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import io.mainstem.stage.Stages;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/**
 * A cell that does not answer, in virtual time: what is sent to it waits, holds nobody up, and
 * arrives once it answers again.
 */
class SilentCellTest {
  private static final long BEGIN_MILLIS = 1_750_000_000_000L;
  private static final int SENDERS = 8;
  private static final int RECIPIENTS = 4;
  private static final int ROOM = 32;
  private static final long LATENCY_MILLIS = 3;
  private static final long TIMEOUT_MILLIS = 10_000;
  private static final int SEEDS = Integer.getInteger("silentCell.seeds", 3);
  private static final long HOUR_MILLIS = 3_600_000;

  /** How a cell is gone: it takes requests and says nothing, or it refuses them. */
  enum Gone {
    SILENT,
    REFUSED
  }

  private final SteppedVertx time = new SteppedVertx();
  private final Logs logs = new Logs();
  private final Stages stages = new Stages(new SimpleMeterRegistry(), () -> 0);

  /** Where each of them goes now; null: everything arrives. */
  private final Map<String, Gone> gone = new HashMap<>();

  private final Map<String, Integer> triesOf = new HashMap<>();
  private Deliverer deliverer = deliverer(5);

  private Deliverer deliverer(int seed, String... settings) {
    var all = new HashMap<>(Map.of("delivery.queue", "" + ROOM, "delivery.parallel", "8"));
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return new Deliverer(
        time.vertx(),
        logs,
        List.of(new FakeNetwork()),
        SilentCellTest::cellOf,
        Config.of(all).delivery(),
        new Deliverer.StatusPace(50, 100),
        stages,
        () -> Instant.ofEpochMilli(BEGIN_MILLIS + time.nowMillis()),
        new Random(seed));
  }

  private static String cellOf(UserId user) {
    return user.value().substring(0, 1);
  }

  private static UserId user(String cell, int n) {
    return new UserId(cell + "-" + n);
  }

  /** Carries what cells take. */
  private final class FakeNetwork implements Transport {
    @Override
    public boolean reaches(Person recipient) {
      return true;
    }

    @Override
    public Future<Outcome> deliver(Outgoing outgoing) {
      String cell = cellOf(outgoing.recipient().user());
      triesOf.merge(cell, 1, Integer::sum);
      Promise<Outcome> answer = Promise.promise();
      if (gone.get(cell) == Gone.SILENT) {
        time.after(TIMEOUT_MILLIS, () -> answer.fail(busy()));
      } else {
        time.after(
            LATENCY_MILLIS,
            () -> {
              if (gone.containsKey(cell)) {
                answer.fail(busy());
              } else {
                logs.onArrived(outgoing);
                answer.complete(new Outcome.Handed());
              }
            });
      }
      return answer.future();
    }
  }

  private static Rejected busy() {
    return new Rejected(Rejected.Rule.BUSY, "the owner of the mailbox did not answer in time");
  }

  /** The senders' logs, and what has arrived at whom. */
  private final class Logs implements MailboxService {
    record Line(UserId sender, UserId recipient) {}

    private final Map<UserId, TreeMap<Long, Outgoing>> owed = new HashMap<>();
    private final Map<Long, Long> settledAt = new HashMap<>();
    private final Map<Long, Long> arrivedAt = new HashMap<>();
    final Map<Line, List<Long>> sent = new HashMap<>();
    final Map<Line, List<Long>> arrived = new HashMap<>();
    final List<String> faults = new ArrayList<>();
    final Map<String, Long> slowestMillis = new HashMap<>();
    private long lastSeq;

    /** A sender's log holds a message, and delivery is told. */
    void send(UserId sender, UserId recipient) {
      long seq = ++lastSeq;
      var person = new Person(sender + "@x.test", null, sender);
      var to = new Person(recipient + "@x.test", null, recipient);
      var message = Message.of(Channel.CHAT, person, List.of(to), "", "", Headers.NONE);
      long now = BEGIN_MILLIS + time.nowMillis();
      var thread = new ThreadId("t-" + recipient);
      var deliver =
          Command.Deliver.of(
              MessageId.of(now, 0, seq),
              "u:" + sender,
              new Command.Origin(sender, thread, seq),
              Hlc.ofMillis(now),
              message,
              null,
              null);
      var outgoing = new Outgoing(sender, to, seq, thread, deliver);
      owed.computeIfAbsent(sender, key -> new TreeMap<>()).put(seq, outgoing);
      sent.computeIfAbsent(new Line(sender, recipient), key -> new ArrayList<>()).add(seq);
      settledAt.put(seq, time.nowMillis());
      deliverer.onSettled(sender, List.of(outgoing), List.of());
    }

    /** As a mailbox takes it: the second time changes nothing. */
    void onArrived(Outgoing outgoing) {
      UserId recipient = outgoing.recipient().user();
      if (arrivedAt.putIfAbsent(outgoing.seq(), time.nowMillis()) == null) {
        arrived
            .computeIfAbsent(new Line(outgoing.sender(), recipient), key -> new ArrayList<>())
            .add(outgoing.seq());
        slowestMillis.merge(
            cellOf(recipient), time.nowMillis() - settledAt.get(outgoing.seq()), Math::max);
      }
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
      if (command instanceof Command.Report report) {
        report.progress().forEach(progress -> onReport(user, report.recipient(), progress));
      } else if (!(command instanceof Command.ReceiptsTold)) {
        faults.add("unexpected: " + command);
      }
      return Future.succeededFuture((R) new Reply.Done(new Cursor(1, 1), true));
    }

    private void onReport(UserId sender, UserId recipient, Command.Progress progress) {
      var below = owed.get(sender).headMap(progress.handed(), true).values();
      below.removeIf(
          one -> {
            boolean his = recipient.equals(one.recipient().user());
            if (his && !arrivedAt.containsKey(one.seq())) {
              faults.add(one.seq() + " is reported and has not arrived");
            }
            return his;
          });
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> Future<R> query(UserId user, Query<R> query) {
      var asked = (Query.Outstanding) query;
      var rest = owed.getOrDefault(user, new TreeMap<>()).tailMap(asked.afterSeq(), false);
      List<Outgoing> page = rest.values().stream().limit(asked.limit()).toList();
      long next = page.size() < rest.size() ? page.get(page.size() - 1).seq() : 0;
      Promise<Object> answer = Promise.promise();
      time.after(1, () -> answer.complete(new Query.OutboxPage(page, List.of(), next)));
      return (Future<R>) (Future<?>) answer.future();
    }

    @Override
    public Flux<Watched> watch(UserId user, Cursor after) {
      return Flux.error(new UnsupportedOperationException("delivery watches nobody"));
    }
  }

  private void sendForAnHour(Random random) {
    for (int i = 0; i < SENDERS; i++) {
      UserId sender = user("a", 100 + i);
      for (long at = random.nextInt(30_000); at < HOUR_MILLIS; at += random.nextInt(30_000)) {
        UserId recipient = user(random.nextBoolean() ? "a" : "b", random.nextInt(RECIPIENTS));
        time.after(at, () -> logs.send(sender, recipient));
      }
    }
  }

  static Stream<Arguments> goneAndSeed() {
    return LongStream.rangeClosed(1, SEEDS)
        .boxed()
        .flatMap(seed -> Stream.of(Gone.values()).map(gone -> Arguments.of(gone, seed)));
  }

  @ParameterizedTest
  @MethodSource("goneAndSeed")
  void aCellThatIsGoneForAnHourHoldsNobodyUpAndGetsAllWhenItAnswers(Gone how, long seed) {
    var random = new Random(seed);
    gone.put("b", how);
    sendForAnHour(random);
    time.pass(HOUR_MILLIS);

    assertEquals(
        LATENCY_MILLIS, logs.slowestMillis.get("a"), () -> "as prompt as ever; seed " + seed);
    assertTrue(
        logs.sent.keySet().stream()
            .filter(line -> cellOf(line.recipient()).equals("b"))
            .noneMatch(logs.arrived::containsKey));
    // One a second for all, and each pair of sender and recipient for itself ever more rarely.
    int most = 3_600 + SENDERS * RECIPIENTS * 64;
    assertTrue(triesOf.get("b") < most, () -> triesOf.get("b") + " tries; seed " + seed);

    gone.clear();
    time.pass(TIMEOUT_MILLIS + 5_000);
    assertAllArrivedInOrder("seed " + seed);
    assertEquals(List.of(), logs.faults, () -> "seed " + seed);
    time.pass(1_000);
    assertTrue(
        logs.owed.values().stream().allMatch(Map::isEmpty), () -> "all is reported; seed " + seed);
    assertEquals(0, gauge("mainstem.delivery.queued"));
    assertEquals(0, gauge("mainstem.delivery.waiting"));
  }

  private void assertAllArrivedInOrder(String seed) {
    logs.sent.forEach(
        (line, seqs) ->
            assertEquals(
                seqs, logs.arrived.getOrDefault(line, List.of()), () -> line + " " + seed));
  }

  private double gauge(String name) {
    return stages.registry().get(name).gauge().value();
  }

  @Test
  void aNodeThatStartsWhileACellIsGoneDeliversToOthersAtOnce() {
    gone.put("b", Gone.SILENT);
    for (int i = 0; i < 40 * ROOM; i++) {
      logs.send(user("a", 100 + i % SENDERS), user("b", i % RECIPIENTS));
    }
    time.pass(100_000);
    deliverer.close();
    time.pass(1);
    for (int i = 0; i < SENDERS; i++) {
      logs.send(user("a", 100 + i), user("a", 1));
    }
    deliverer = deliverer(6);
    for (int i = 0; i < SENDERS; i++) {
      deliverer.onLoaded(user("a", 100 + i));
    }
    // As long as it takes to read what is owed to the others, page after page.
    time.pass(50);
    assertEquals(
        SENDERS,
        logs.arrived.keySet().stream()
            .filter(line -> cellOf(line.recipient()).equals("a"))
            .count());
    gone.clear();
    time.pass(TIMEOUT_MILLIS + 5_000);
    assertAllArrivedInOrder("");
    assertEquals(List.of(), logs.faults);
  }

  @Test
  void asSoonAsACellIsReachedAgainWhatWaitsIsOnItsWay() {
    gone.put("b", Gone.REFUSED);
    deliverer.close();
    deliverer = deliverer(7, "delivery.probeMillis", "3600000");
    for (int i = 0; i < 10 * ROOM; i++) {
      logs.send(user("a", 100 + i % SENDERS), user("b", i % RECIPIENTS));
    }
    time.pass(HOUR_MILLIS / 2);
    gone.clear();
    deliverer.lookAgain();
    time.pass(1_000);
    assertAllArrivedInOrder("");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50})
  void recipientsInTroubleOfACellThatIsWellAreTriedOneASecond(int troubled) {
    gone.put("b", Gone.REFUSED);
    for (int i = 0; i < troubled; i++) {
      logs.send(user("a", 100 + i % SENDERS), user("b", i));
    }
    time.pass(600_000);
    triesOf.clear();
    time.pass(600_000);
    // Each for itself at most once in seven minutes, and one of them each second.
    assertTrue(triesOf.get("b") <= 601 + 3 * troubled, () -> triesOf + " for " + troubled);
    assertTrue(triesOf.get("b") >= 590, () -> triesOf + " for " + troubled);
  }
}
