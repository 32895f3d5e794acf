package io.mainstem.simulation;

import io.mainstem.cell.CellRouter;
import io.mainstem.mailbox.Query;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.StageMeter;
import io.mainstem.store.cassandra.CassandraMailboxStore;
import io.mainstem.store.cassandra.CassandraOwnership;
import io.mainstem.store.cassandra.Tuning;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run: clients, trouble for a while, then peace, and the judgement. The same seed is the same
 * run.
 */
public final class Simulation implements Run {
  private static final long SECOND = 1_000_000;
  private static final long TROUBLE_UNTIL = 16 * SECOND;
  private static final long PEACE_UNTIL = 40 * SECOND;
  private static final long LAST_WORD = 90 * SECOND;
  private static final int CLIENTS = 3;
  private static final int DEVICES = 4;

  @Override
  public Verdict run(long seed, boolean traced) {
    var world = new World(seed, traced);
    var cell = new SimulatedCell(world);
    String wrong;
    try {
      cell.nodes.forEach(Node::start);
      for (int i = 1; i <= CLIENTS; i++) {
        new Client(cell, "client" + i, TROUBLE_UNTIL + 2 * SECOND).start();
      }
      for (int i = 0; i < DEVICES; i++) {
        UserId user = SimulatedCell.USERS.get(i % SimulatedCell.USERS.size());
        var device = new Device(cell, "device" + i, user);
        cell.history.watches(device);
        world.after(0, device::connect);
      }
      new Trouble(cell, TROUBLE_UNTIL).start();
      world.runUntil(PEACE_UNTIL - 15 * SECOND);
      cell.quiet = true;
      world.runUntil(PEACE_UNTIL);
      wrong = cell.history.unanswered(PEACE_UNTIL - 15 * SECOND);
      if (wrong == null) {
        wrong = lastWord(cell);
      }
      // What failed on the way comes first: the rest may follow from it.
      wrong = world.failure() == null ? wrong : world.failure();
    } catch (RuntimeException | AssertionError e) {
      wrong = "the run ended with " + e + " at " + List.of(e.getStackTrace()).subList(0, 8);
      wrong = world.failure() == null ? wrong : world.failure();
    }
    return new Verdict(
        cell.history.acknowledgements(),
        cell.replicas.moved.size(),
        cell.history.marks(),
        wrong,
        world.trace());
  }

  /** Asks the owners for all that they show, reads all logs, and compares. */
  private static @Nullable String lastWord(SimulatedCell cell) {
    var host = new World.Host("judge");
    var replicas = cell.replicasFor(host);
    var turns = new Node.HostTurns(cell.world, host);
    var ownership = new CassandraOwnership(replicas, turns, Tuning.DEFAULT, () -> "judge");
    var store =
        new CassandraMailboxStore(
            replicas, turns, Tuning.DEFAULT, SimulatedCell.PARTITIONS, ownership, StageMeter.NONE);
    for (UserId user : SimulatedCell.USERS) {
      // The log first: what it lacks nobody can show.
      List<Row> log = log(cell, host, store, user);
      String wrong = cell.history.judge(user, log, cell.replicas);
      if (wrong != null) {
        return wrong;
      }
      for (String thread : cell.history.threads(user)) {
        List<String> messages = patiently(cell, user, new ThreadId(thread));
        if (messages == null) {
          return "thread %s of %s is not served, long after all trouble".formatted(thread, user);
        }
        wrong = cell.history.judgeThread(user, thread, messages, log);
        if (wrong != null) {
          return wrong;
        }
      }
    }
    return null;
  }

  private static List<Row> log(
      SimulatedCell cell, World.Host host, CassandraMailboxStore store, UserId user) {
    var rows = new ArrayList<Row>();
    Promise<List<Row>> read = Promise.promise();
    cell.world.after(host, 0, () -> readAll(store, new Mailbox(user, 1), 0, rows).onComplete(read));
    cell.world.runUntil(cell.world.now() + 20 * SECOND);
    if (!read.future().succeeded()) {
      throw new IllegalStateException(
          "the log of " + user + " cannot be read", read.future().cause());
    }
    return rows;
  }

  private static @Nullable List<String> patiently(
      SimulatedCell cell, UserId user, ThreadId thread) {
    long until = cell.world.now() + LAST_WORD;
    while (cell.world.now() < until) {
      Promise<List<String>> answer = Promise.promise();
      Node node = cell.nodes.get(cell.world.random.nextInt(SimulatedCell.NODES));
      cell.world.after(
          node.host,
          0,
          () -> {
            CellRouter router = node.router();
            if (router != null) {
              router
                  .query(user, new Query.Messages(thread, null, null, 500, null, null))
                  .map(found -> found.messages().stream().map(m -> m.id().value()).toList())
                  .onComplete(answer);
            }
          });
      for (int i = 0; i < 100 && !answer.future().isComplete(); i++) {
        cell.world.runUntil(cell.world.now() + SECOND / 10);
      }
      cell.world.note("asked %s: %s", node.host.name, answer.future());
      if (answer.future().succeeded()) {
        return answer.future().result();
      }
    }
    return null;
  }

  private static Future<List<Row>> readAll(
      CassandraMailboxStore store, Mailbox mailbox, long after, List<Row> rows) {
    return store
        .read(mailbox, after, 1000)
        .compose(
            page -> {
              rows.addAll(page.rows());
              return page.more()
                  ? readAll(store, mailbox, rows.get(rows.size() - 1).last(), rows)
                  : Future.succeededFuture(rows);
            });
  }
}
