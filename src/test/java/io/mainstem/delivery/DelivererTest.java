package io.mainstem.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.config.Config;
import io.mainstem.delivery.Transport.Outcome;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Query.Outgoing;
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
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DelivererTest {
  /** Long beside any pause of the machine. */
  private static final Duration SOON = Duration.ofMinutes(2);

  private static final UserId ALICE = new UserId("alice");
  private static final UserId BOB = new UserId("bob");
  private static final UserId CAROL = new UserId("carol");
  private static final ThreadId THREAD = new ThreadId("t-1");

  private final Vertx vertx = Vertx.vertx();
  private final RecordingMailboxes mailboxes = new RecordingMailboxes();
  private final List<Outgoing> handed = new ArrayList<>();
  private final List<Outgoing> tried = new ArrayList<>();
  private Context owner;
  private Deliverer deliverer;
  private long nowMillis = 1_000_000_000_000L;

  @BeforeEach
  void start() {
    owner = vertx.getOrCreateContext();
  }

  @AfterEach
  void stop() throws Exception {
    deliverer.close();
    vertx.close().await(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  /** A transport that does what a test says, and notes what was tried and what was handed over. */
  private void deliverBy(Function<Outgoing, Future<Outcome>> way, String... settings) {
    var all = new HashMap<String, String>();
    all.put("delivery.retryFirstMillis", "2");
    all.put("delivery.retryMaxMillis", "20");
    long statusMillis = 20;
    for (int i = 0; i < settings.length; i += 2) {
      if (settings[i].equals("statusMillis")) {
        statusMillis = Long.parseLong(settings[i + 1]);
      } else {
        all.put("delivery." + settings[i], settings[i + 1]);
      }
    }
    var transport =
        new Transport() {
          @Override
          public boolean reaches(Person recipient) {
            return recipient.user() != null;
          }

          @Override
          public Future<Outcome> deliver(Outgoing outgoing) {
            synchronized (handed) {
              tried.add(outgoing);
            }
            return way.apply(outgoing)
                .onSuccess(
                    outcome -> {
                      if (outcome instanceof Outcome.Handed) {
                        synchronized (handed) {
                          handed.add(outgoing);
                        }
                      }
                    });
          }
        };
    deliverer =
        new Deliverer(
            vertx,
            mailboxes,
            List.of(transport),
            Config.of(all).delivery(),
            new Deliverer.StatusPace(statusMillis, 2 * statusMillis),
            Stages.unobserved(),
            () -> Instant.ofEpochMilli(nowMillis),
            new Random(1));
  }

  private static Future<Outcome> ok() {
    return Future.succeededFuture(new Outcome.Handed());
  }

  private static Future<Outcome> busy() {
    return Future.failedFuture(new Rejected(Rejected.Rule.BUSY, "busy"));
  }

  private Outgoing outgoing(UserId recipient, long seq) {
    var person = new Person(recipient + "@x.test", null, recipient);
    return outgoing(person, seq);
  }

  private Outgoing outgoing(Person recipient, long seq) {
    var alice = new Person("alice@x.test", null, ALICE);
    var message =
        Message.of(Channel.CHAT, alice, List.of(recipient), "", "text " + seq, Headers.NONE);
    var deliver =
        Command.Deliver.of(
            MessageId.of(nowMillis, 0, seq),
            "u:alice",
            new Command.Origin(ALICE, THREAD, seq),
            Hlc.ofMillis(nowMillis),
            message,
            null,
            null);
    return new Outgoing(ALICE, recipient, seq, THREAD, deliver);
  }

  private void settle(Outgoing... outgoing) {
    for (Outgoing one : outgoing) {
      mailboxes.owes(one);
    }
    owner.runOnContext(ignored -> deliverer.onSettled(ALICE, List.of(outgoing), List.of()));
  }

  private List<Long> handedTo(UserId recipient) {
    synchronized (handed) {
      return handed.stream()
          .filter(one -> recipient.equals(one.recipient().user()))
          .map(Outgoing::seq)
          .distinct()
          .toList();
    }
  }

  private static List<Long> upTo(int n) {
    var all = new ArrayList<Long>();
    for (long i = 1; i <= n; i++) {
      all.add(i);
    }
    return all;
  }

  @Test
  void eachRecipientGetsTheMessagesInTheOrderOfTheLog() {
    deliverBy(
        outgoing -> {
          Promise<Outcome> later = Promise.promise();
          vertx.setTimer(1, ignored -> later.complete(new Outcome.Handed()));
          return later.future();
        });
    for (int seq = 1; seq <= 500; seq++) {
      settle(outgoing(BOB, seq), outgoing(CAROL, seq));
    }
    await()
        .atMost(SOON)
        .until(() -> mailboxes.handed(ALICE, BOB) == 500 && mailboxes.handed(ALICE, CAROL) == 500);
    assertEquals(upTo(500), handedTo(BOB));
    assertEquals(upTo(500), handedTo(CAROL));
  }

  @Test
  void whateverFailsEverythingArrivesAndNoWatermarkRunsAhead() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var arrived = new HashSet<Long>();
    var gaps = new ArrayList<String>();
    deliverBy(
        outgoing -> {
          Promise<Outcome> later = Promise.promise();
          int delay;
          boolean fails;
          synchronized (random) {
            delay = 1 + random.nextInt(5);
            fails = random.nextInt(10) == 0;
          }
          vertx.setTimer(
              delay,
              ignored -> {
                synchronized (arrived) {
                  if (!fails) {
                    arrived.add(outgoing.seq());
                  }
                  long claimed = mailboxes.handed(ALICE, BOB);
                  for (long seq = 1; seq <= claimed; seq++) {
                    if (!arrived.contains(seq)) {
                      gaps.add("told " + claimed + " without " + seq);
                    }
                  }
                }
                later.handle(fails ? Future.failedFuture("network") : ok());
              });
          return later.future();
        },
        "parallel",
        "8");
    for (int seq = 1; seq <= 300; seq++) {
      settle(outgoing(BOB, seq));
    }
    await().atMost(SOON).until(() -> mailboxes.handed(ALICE, BOB) == 300);
    assertEquals(List.of(), gaps, () -> "seed " + seed);
    assertEquals(new HashSet<>(upTo(300)), arrived, () -> "seed " + seed);
  }

  @Test
  void whatFailedGoesFirstAgain() {
    var failOnce = new HashSet<>(Set.of(1L));
    // One at a time, so that nothing overtakes.
    deliverBy(outgoing -> failOnce.remove(outgoing.seq()) ? busy() : ok(), "parallel", "1");
    settle(outgoing(BOB, 1), outgoing(BOB, 2), outgoing(BOB, 3));
    await().atMost(SOON).until(() -> mailboxes.handed(ALICE, BOB) == 3);
    assertEquals(upTo(3), handedTo(BOB));
  }

  @Test
  void oneRecipientInTroubleHoldsUpNobodyElse() {
    deliverBy(outgoing -> BOB.equals(outgoing.recipient().user()) ? busy() : ok());
    for (int seq = 1; seq <= 50; seq++) {
      settle(outgoing(BOB, seq), outgoing(CAROL, seq));
    }
    await().atMost(SOON).until(() -> mailboxes.handed(ALICE, CAROL) == 50);
    assertEquals(0, mailboxes.handed(ALICE, BOB));
  }

  @Test
  void aRefusalIsTheSendersToKnow() {
    deliverBy(
        outgoing ->
            outgoing.seq() == 2 ? Future.succeededFuture(new Outcome.Refused("not wanted")) : ok());
    settle(outgoing(BOB, 1), outgoing(BOB, 2), outgoing(BOB, 3));
    await().atMost(SOON).until(() -> mailboxes.handed(ALICE, BOB) == 3);
    List<Command.Fail> fails = mailboxes.told(ALICE, Command.Fail.class);
    assertEquals(1, fails.size());
    assertEquals(outgoing(BOB, 2).deliver().id(), fails.get(0).message());
    assertEquals("not wanted", fails.get(0).reason());
  }

  @Test
  void aRefusalThatTheSendersLogDoesNotTakeYetIsToldAgain() {
    mailboxes.refuse(new Rejected(Rejected.Rule.BUSY, "busy"), 3);
    deliverBy(outgoing -> Future.succeededFuture(new Outcome.Refused("not wanted")));
    settle(outgoing(BOB, 1));
    await().atMost(SOON).until(() -> mailboxes.handed(ALICE, BOB) == 1);
    assertEquals(1, mailboxes.told(ALICE, Command.Fail.class).size());
  }

  @Test
  void whoCannotBeReachedForTooLongBecomesADeadLetter() {
    deliverBy(
        outgoing -> outgoing.seq() == 1 ? busy() : ok(),
        "deadLetterSeconds",
        "3600",
        "parallel",
        "1");
    settle(outgoing(BOB, 1));
    await().atMost(SOON).until(() -> tries() > 5);
    assertEquals(List.of(), mailboxes.told(ALICE, Command.Fail.class));
    nowMillis += Duration.ofMinutes(61).toMillis();
    settle(outgoing(BOB, 2));
    await().atMost(SOON).until(() -> mailboxes.handed(ALICE, BOB) == 2);
    assertEquals(
        List.of(outgoing(BOB, 1).recipient()),
        mailboxes.told(ALICE, Command.Fail.class).stream().map(Command.Fail::recipient).toList());
    assertEquals(List.of(2L), handedTo(BOB));
  }

  private int tries() {
    synchronized (handed) {
      return tried.size();
    }
  }

  @Test
  void whomNoTransportReachesIsRefused() {
    deliverBy(outgoing -> ok());
    settle(outgoing(new Person("dora@elsewhere.example", null, null), 1));
    await().atMost(SOON).until(() -> mailboxes.told(ALICE, Command.Fail.class).size() == 1);
  }

  @Test
  void whatHasNoRoomIsAskedOfTheLogAgain() {
    var gate = Promise.<Outcome>promise();
    deliverBy(outgoing -> gate.future(), "queue", "10");
    for (int seq = 1; seq <= 1000; seq++) {
      settle(outgoing(BOB, seq));
    }
    await().atMost(SOON).until(() -> tries() == 10);
    gate.complete(new Outcome.Handed());
    await().atMost(SOON).until(() -> mailboxes.handed(ALICE, BOB) == 1000);
    synchronized (handed) {
      assertEquals(upTo(1000), tried.stream().map(Outgoing::seq).distinct().toList());
    }
  }

  @Test
  void afterATakeOverTheLogTellsWhatIsOwed() {
    deliverBy(outgoing -> ok());
    for (int seq = 1; seq <= 700; seq++) {
      mailboxes.owes(outgoing(BOB, seq));
    }
    owner.runOnContext(ignored -> deliverer.onLoaded(ALICE));
    settle(outgoing(BOB, 701));
    await().atMost(SOON).until(() -> mailboxes.handed(ALICE, BOB) == 701);
    assertEquals(upTo(701), handedTo(BOB));
  }

  @Test
  void afterTheUserIsDroppedNothingMoreIsTried() throws Exception {
    deliverBy(outgoing -> busy());
    settle(outgoing(BOB, 1));
    await().atMost(SOON).until(() -> tries() > 2);
    var dropped = Promise.<Void>promise();
    owner.runOnContext(
        ignored -> {
          deliverer.onDropped(ALICE);
          dropped.complete();
        });
    dropped.future().await(SOON.toSeconds(), TimeUnit.SECONDS);
    int before = tries();
    // Whatever timer there was is over when later ones of the same context have fired.
    var later = Promise.<Void>promise();
    owner.runOnContext(ignored -> vertx.setTimer(60, fired -> later.complete()));
    later.future().await(SOON.toSeconds(), TimeUnit.SECONDS);
    assertEquals(before, tries());
  }

  @Test
  void aBurstIsReportedInFewEntries() {
    deliverBy(outgoing -> ok(), "statusMillis", "100");
    long begun = System.nanoTime();
    for (int seq = 1; seq <= 2000; seq++) {
      settle(outgoing(BOB, seq));
    }
    await().atMost(SOON).until(() -> mailboxes.handed(ALICE, BOB) == 2000);
    long intervals = 1 + Duration.ofNanos(System.nanoTime() - begun).toMillis() / 100;
    assertTrue(mailboxes.told(ALICE, Command.Report.class).size() <= intervals);
  }

  @Test
  void aReceiptIsToldToTheSenderAtOnceAndTheReaderKnowsIt() {
    deliverBy(outgoing -> ok(), "statusMillis", "50");
    var receipt = new Query.Receipt(BOB, ALICE, new Command.Progress(THREAD, 0, 7, 5));
    owner.runOnContext(ignored -> deliverer.onSettled(BOB, List.of(), List.of(receipt)));
    await().atMost(SOON).until(() -> !mailboxes.told(BOB, Command.ReceiptsTold.class).isEmpty());
    assertEquals(
        List.of(new Command.Report(BOB, List.of(new Command.Progress(THREAD, 0, 7, 5)))),
        mailboxes.told(ALICE, Command.Report.class));
    assertEquals(
        List.of(new Command.ReceiptsTold(ALICE, List.of(new Command.Progress(THREAD, 0, 7, 5)))),
        mailboxes.told(BOB, Command.ReceiptsTold.class));
  }

  @Test
  void watermarksMergeByMaximumAndRestForAnInterval() {
    deliverBy(outgoing -> ok(), "statusMillis", "300");
    owner.runOnContext(
        ignored -> {
          for (long seq = 1; seq <= 20; seq++) {
            var progress = new Command.Progress(THREAD, 0, 21 - seq, seq / 2);
            deliverer.onSettled(BOB, List.of(), List.of(new Query.Receipt(BOB, ALICE, progress)));
          }
        });
    await().atMost(SOON).until(() -> !mailboxes.told(ALICE, Command.Report.class).isEmpty());
    owner.runOnContext(
        ignored ->
            deliverer.onSettled(
                BOB,
                List.of(),
                List.of(new Query.Receipt(BOB, ALICE, new Command.Progress(THREAD, 0, 30, 30)))));
    await().atMost(SOON).until(() -> mailboxes.told(ALICE, Command.Report.class).size() == 2);
    List<Command.Report> reports = mailboxes.told(ALICE, Command.Report.class);
    assertEquals(List.of(new Command.Progress(THREAD, 0, 20, 10)), reports.get(0).progress());
    assertEquals(List.of(new Command.Progress(THREAD, 0, 30, 30)), reports.get(1).progress());
    List<Long> times =
        mailboxes.told().stream()
            .filter(one -> one.command() instanceof Command.Report)
            .map(RecordingMailboxes.Told::atNanos)
            .toList();
    assertTrue(times.get(1) - times.get(0) >= Duration.ofMillis(290).toNanos(), "the line rests");
  }

  @Test
  void aReportThatIsRefusedForNowIsToldAgain() {
    mailboxes.refuse(new Rejected(Rejected.Rule.STORE_FULL, "full"), 3);
    deliverBy(outgoing -> ok());
    settle(outgoing(BOB, 1));
    await().atMost(SOON).until(() -> mailboxes.handed(ALICE, BOB) == 1);
    assertEquals(Map.of(BOB, 1), Map.of(BOB, mailboxes.told(ALICE, Command.Report.class).size()));
  }
}
