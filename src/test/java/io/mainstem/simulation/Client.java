package io.mainstem.simulation;

import io.mainstem.cell.CellRouter;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.List;

/**
 * Somebody outside: hands mail in at any node, again and again under the same id until it is
 * acknowledged, and looks at mailboxes meanwhile. Never freezes, never dies.
 */
final class Client {
  private static final long PATIENCE_MICROS = 8_000_000;
  private static final long PAUSE_MICROS = 400_000;
  private static final int ALL = 100;

  private final SimulatedCell cell;
  private final World world;
  private final String name;
  private final long untilMicros;
  private int sent;

  Client(SimulatedCell cell, String name, long untilMicros) {
    this.cell = cell;
    this.world = cell.world;
    this.name = name;
    this.untilMicros = untilMicros;
  }

  void start() {
    world.after(world.between(0, PAUSE_MICROS), this::next);
  }

  private void next() {
    if (world.now() >= untilMicros) {
      return;
    }
    UserId user = SimulatedCell.USERS.get(world.random.nextInt(SimulatedCell.USERS.size()));
    if (world.chance(0.3)) {
      look(user);
      pause();
    } else {
      send(user);
    }
  }

  private void pause() {
    world.after(world.between(1_000, PAUSE_MICROS), this::next);
  }

  private void look(UserId user) {
    Node node = anyNode();
    cell.network.carry(
        name,
        node.host,
        () -> {
          CellRouter router = node.router();
          if (router != null) {
            var look = cell.history.looks(user);
            if (world.chance(0.5)) {
              cell.history
                  .asked(router.query(user, new Query.Threads(null, null, 50, null), look))
                  .onSuccess(page -> cell.history.shown(user, page.threads()))
                  .onSuccess(page -> look.sees(page.cursor()));
            } else {
              cell.history
                  .asked(router.query(user, new Query.Updates(new Cursor(1, 0), ALL), look))
                  .onSuccess(page -> cell.history.told(user, page.frames()))
                  .onSuccess(
                      page -> {
                        if (page.frames().size() < ALL) {
                          look.sees(page.cursor());
                        }
                      });
            }
          }
        });
  }

  private Node anyNode() {
    return cell.nodes.get(world.random.nextInt(cell.nodes.size()));
  }

  private void send(UserId user) {
    var sender = new Person(name + "@elsewhere.example", null, null);
    String text = name + " " + ++sent;
    var message =
        Message.of(
            Channel.MAIL,
            sender,
            List.of(new Person(user + "@mainstem.test", user.value(), user)),
            "Hello",
            text,
            Headers.NONE);
    var id = MessageId.of(world.wallMillis(), world.random.nextLong(), world.random.nextLong());
    var command =
        Command.Deliver.of(id, "smtp", null, Hlc.ofMillis(world.wallMillis()), message, null, null);
    // Some do not wait for the answer before they go on: appends of one user are under way
    // together.
    boolean waits = world.chance(0.5);
    cell.history.begun(id);
    attempt(user, command, waits);
    if (!waits) {
      world.after(world.between(0, 5_000), this::next);
    }
  }

  private void attempt(UserId user, Command.Deliver command, boolean goesOn) {
    if (cell.quiet) {
      return;
    }
    boolean[] done = {false};
    world.after(PATIENCE_MICROS, () -> failed(done, user, command, goesOn));
    Node node = anyNode();
    cell.network.carry(
        name,
        node.host,
        () -> {
          CellRouter router = node.router();
          Future<Reply.Delivered> asked =
              router == null
                  ? Future.failedFuture("nobody listens there")
                  : cell.history.asked(router.submit(user, command));
          asked.onComplete(
              reply ->
                  cell.network.carry(
                      node.host.name, name, () -> answered(done, user, command, goesOn, reply)));
        });
  }

  private void answered(
      boolean[] done,
      UserId user,
      Command.Deliver command,
      boolean goesOn,
      AsyncResult<Reply.Delivered> reply) {
    if (done[0]) {
      return;
    }
    if (reply.failed()) {
      failed(done, user, command, goesOn);
      return;
    }
    done[0] = true;
    cell.history.acknowledged(user, reply.result());
    if (goesOn) {
      pause();
    }
  }

  private void failed(boolean[] done, UserId user, Command.Deliver command, boolean goesOn) {
    if (!done[0]) {
      done[0] = true;
      world.after(world.between(50_000, PAUSE_MICROS), () -> attempt(user, command, goesOn));
    }
  }
}
