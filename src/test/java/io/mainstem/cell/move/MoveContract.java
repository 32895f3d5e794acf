package io.mainstem.cell.move;

import static io.mainstem.cell.move.TwoCells.get;
import static io.mainstem.cell.move.TwoCells.insist;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.cell.move.MoveMeter.Step;
import io.mainstem.directory.Account;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Counts;
import io.mainstem.mailbox.Query;
import io.mainstem.message.MessageId;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A user goes to another cell while he works, and whatever happens meanwhile nothing is lost. */
abstract class MoveContract {
  private static final Duration LONG = TwoCells.LONG;
  private static final int EARLIER = 150;

  @TempDir Path data;

  private TwoCells town;
  private UserId ann;
  private UserId bob;
  private Load load;

  /** Whether the cells speak to one another over the wire. */
  abstract boolean isWired();

  @BeforeEach
  void build() {
    build(TwoCells.settings());
  }

  private void build(MoveSettings settings) {
    town = new TwoCells(data.resolve("town" + System.nanoTime()), settings, isWired());
    ann = get(town.a.node.directory.createUser("ann", null, null)).id();
    bob = get(town.b.node.directory.createUser("bob", null, null)).id();
    load = new Load(town.vertx, () -> town.a.node.everywhere());
  }

  @AfterEach
  void close() {
    town.close();
  }

  private void fill() {
    var all = new ArrayList<io.vertx.core.Future<?>>();
    for (int i = 0; i < EARLIER; i++) {
      var mail = Load.mail(ann, "earlier " + i, null);
      all.add(town.a.node.everywhere().submit(ann, mail));
      load.acknowledged.add(mail.id());
    }
    get(io.vertx.core.Future.all(all));
  }

  /** What an operator's command does. */
  private Account move(UserId user, String cell) {
    Account account = get(town.a.node.directory.moves().plan(user, cell));
    get(
        town.a
            .node
            .everywhere()
            .submit(
                user,
                new Command.Leave(
                    cell, java.util.Objects.requireNonNull(account.move()).generation())));
    return account;
  }

  private List<Row> log(TestCell cell, Mailbox mailbox) {
    var rows = new ArrayList<Row>();
    for (long after = 0; ; after = rows.get(rows.size() - 1).last()) {
      var page = get(cell.store.read(mailbox, after, 256));
      rows.addAll(page.rows());
      if (!page.more()) {
        return rows;
      }
    }
  }

  private List<MessageId> messagesOf(UserId user) {
    var mailboxes = town.b.node.everywhere();
    var ids = new ArrayList<MessageId>();
    for (var thread :
        insist(() -> mailboxes.query(user, new Query.Threads(null, null, 100, null))).threads()) {
      io.mainstem.mailbox.Position before = null;
      do {
        var from = before;
        var page =
            insist(
                () ->
                    mailboxes.query(
                        user, new Query.Messages(thread.id(), null, null, 500, from, null)));
        page.messages().forEach(message -> ids.add(message.id()));
        before = page.next();
      } while (before != null);
    }
    return ids;
  }

  private void await(java.util.concurrent.Callable<Boolean> condition, String what) {
    // What is answered to a killed node finds nobody, and says so.
    org.awaitility.Awaitility.await(what)
        .dontCatchUncaughtExceptions()
        .atMost(LONG)
        .until(condition);
  }

  private void workAndMove(Runnable meanwhile) {
    fill();
    var device = load.new Device(ann);
    load.begin(ann, () -> Load.mail(ann, "mail", null));
    load.begin(ann, () -> Load.chat(ann, bob, "chat"));
    await(() -> load.acknowledged.size() > EARLIER + 20, "work has begun");
    move(ann, "b");
    meanwhile.run();
    await(() -> town.account(ann).cell().equals("b"), "the directory has him in the other cell");
    int before = load.acknowledged.size();
    await(() -> load.acknowledged.size() > before + 20, "work goes on there");
    load.stop();
    await(load::isOver, "all is acknowledged");
    await(
        () -> new HashSet<>(device.seen).containsAll(load.acknowledged),
        "the device sees all that was acknowledged");
    device.off();
    check(device);
  }

  private void check(Load.Device device) {
    assertEquals(List.of(), device.seenTwice(), "nothing is seen twice");
    assertEquals(0, device.resets.get(), "the device goes on by cursor");
    assertEquals(2, town.account(ann).generation());
    var all = messagesOf(ann);
    assertEquals(all.size(), new HashSet<>(all).size(), "nothing is there twice");
    assertEquals(Set.copyOf(device.seen), Set.copyOf(all), "the device saw what is there");
    assertTrue(all.containsAll(load.acknowledged), "nothing is lost");
    // His chats reach bob, once each, whichever cell's outbox sent them.
    var chats = outgoing();
    await(() -> outgoing().isEmpty(), "nothing stays in the outbox (" + chats.size() + ")");
    var received = messagesOf(bob);
    assertEquals(received.size(), new HashSet<>(received).size(), "bob has nothing twice");
    var sent = new HashSet<>(all);
    assertTrue(sent.containsAll(received), "bob has only what ann sent");
    // Objects that were made along the way are those that the log gives.
    var counts = counts();
    get(town.b.node.mailboxes.rebuild(ann));
    assertEquals(counts, counts());
    assertEquals(all, messagesOf(ann));
  }

  private List<Query.Outgoing> outgoing() {
    return insist(() -> town.b.node.everywhere().query(ann, new Query.Outstanding(0, 10_000)))
        .outgoing();
  }

  private Counts counts() {
    return insist(() -> town.b.node.everywhere().query(ann, new Query.GetCounts())).counts();
  }

  @Test
  void aUserMovesWhileHeWorks() {
    workAndMove(() -> {});
    assertEquals(0, load.toldOfTheMove.get(), "who writes meanwhile waits, and is told nothing");
    await(() -> town.steps.contains(Step.CLEARING), "the old generation is cleared");
    assertEquals(
        List.of(Step.COPYING, Step.FREEZING, Step.CATCHING_UP, Step.FLIPPING, Step.GREETING),
        town.steps.stream().distinct().limit(5).toList());
  }

  @Test
  void theOldGenerationKeepsNoContentAndTheCopyAll() {
    fill();
    var before = log(town.a, new Mailbox(ann, 1));
    move(ann, "b");
    await(() -> town.steps.contains(Step.CLEARING), "cleared");
    await(
        () ->
            log(town.a, new Mailbox(ann, 1)).stream().allMatch(row -> row.body() == null)
                && get(town.a.store.scan(new Mailbox(ann, 1), "", null, 10)).isEmpty(),
        "nothing that anybody said is left");
    var copy = log(town.b, new Mailbox(ann, 2));
    for (int i = 0; i < before.size(); i++) {
      assertEquals(before.get(i).seq(), copy.get(i).seq());
      assertTrue(java.util.Arrays.equals(before.get(i).entry(), copy.get(i).entry()));
      assertTrue(java.util.Arrays.equals(before.get(i).body(), copy.get(i).body()));
    }
    await(() -> get(town.a.store.agenda(partition(), null, 10)).isEmpty(), "no mark stays");
  }

  private int partition() {
    return io.mainstem.store.Partition.of(ann, TwoCells.PARTITIONS);
  }

  static Stream<Arguments> faults(String... kinds) {
    var all = new ArrayList<Arguments>();
    for (Step step :
        List.of(
            Step.COPYING,
            Step.FREEZING,
            Step.CATCHING_UP,
            Step.FLIPPING,
            Step.GREETING,
            Step.CLEARING)) {
      for (String cell : List.of("a", "b")) {
        for (String fault : kinds) {
          all.add(Arguments.of(step, cell, fault));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "before {0}: {2} {1}")
  @MethodSource("faults")
  void nothingIsLostWhenEitherSideFailsAtAnyStep(Step at, String cell, String fault) {
    var begun = new AtomicBoolean();
    var over = new AtomicBoolean();
    TestCell victim = cell.equals("a") ? town.a : town.b;
    town.watch =
        (node, user, step) -> {
          if (step == at && user.equals(ann) && begun.compareAndSet(false, true)) {
            if (fault.equals("kill")) {
              victim.node.die();
            }
            new Thread(
                    () -> {
                      if (fault.equals("kill")) {
                        victim.kill();
                      } else {
                        victim.replace();
                      }
                      over.set(true);
                    })
                .start();
            // A node that was replaced does not know, and goes on with the step.
            if (fault.equals("kill") || cell.equals("b")) {
              throw new IllegalStateException("a fault comes first");
            }
          }
        };
    workAndMove(() -> await(over::get, "the step is reached, and the fault is over"));
  }

  @Test
  void aMoveToACellThatIsNotReachedIsGivenUpAndAnotherOneWorks() {
    town.close();
    build(
        new MoveSettings(
            4, Duration.ofSeconds(1), Duration.ofSeconds(120), Duration.ZERO, 32, 1 << 20));
    fill();
    town.watch =
        (node, user, step) -> {
          if (step == Step.CATCHING_UP) {
            town.unreachable.put("b", true);
          }
        };
    move(ann, "b");
    await(() -> town.steps.contains(Step.THAWING), "it is given up");
    await(
        () ->
            town.a
                .node
                .everywhere()
                .submit(ann, Load.mail(ann, "here again", null))
                .toCompletionStage()
                .toCompletableFuture()
                .handle((reply, failure) -> failure == null)
                .get(),
        "he is served where he was");
    Account account = town.account(ann);
    assertEquals("a", account.cell());
    assertEquals(1, account.generation());
    assertFalse(get(town.b.store.last(new Mailbox(ann, 2))) == null, "a part was copied");

    // From here on there is all the time that a slow machine needs.
    town.watch = (node, user, step) -> {};
    town.unreachable.clear();
    town.settings = TwoCells.settings();
    town.a.kill();
    move(ann, "b");
    await(() -> town.account(ann).cell().equals("b"), "the second move");
    assertEquals(3, town.account(ann).generation(), "no generation is used twice");
    assertEquals(EARLIER + 1, messagesOf(ann).size());
    // Whoever takes the partition over finds the half copy on the agenda, and clears it.
    town.b.kill();
    await(
        () -> log(town.b, new Mailbox(ann, 2)).stream().allMatch(row -> row.body() == null),
        "what was copied in vain keeps no content");
  }
}
