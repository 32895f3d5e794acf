package io.mainstem.simulation;

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
import java.util.List;
import java.util.function.Consumer;

/**
 * Somebody outside: hands mail in at any node, again and again under the same id until it is
 * acknowledged, and looks at mailboxes meanwhile. Never freezes, never dies.
 */
final class Client {
  private static final long PATIENCE_MICROS = 8_000_000;
  private static final long PAUSE_MICROS = 400_000;

  private final Cell cell;
  private final World world;
  private final String name;
  private final long untilMicros;
  private int sent;

  Client(Cell cell, String name, long untilMicros) {
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
    UserId user = Cell.USERS.get(world.random.nextInt(Cell.USERS.size()));
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
    if (world.chance(0.5)) {
      look(
          node,
          user,
          new Query.Threads(null, null, 50, null),
          page -> cell.history.shown(user, page.threads()));
    } else {
      look(
          node,
          user,
          new Query.Updates(new Cursor(1, 0), 100),
          page -> cell.history.told(user, page.frames()));
    }
  }

  private <R> void look(Node node, UserId user, Query<R> query, Consumer<R> onAnswer) {
    cell.network.carry(
        name,
        node.host,
        () ->
            node.ask(
                user,
                mailboxes -> mailboxes.query(user, query),
                answer -> answer.reply().onSuccess(onAnswer::accept)));
  }

  private Node anyNode() {
    return cell.nodes.get(world.random.nextInt(cell.nodes.size()));
  }

  private void send(UserId user) {
    var sender = new Person(name + "@elsewhere.example", null, null);
    String text = name + " " + ++sent;
    var message =
        new Message(
            Channel.MAIL,
            sender,
            List.of(new Person(user + "@mainstem.test", user.value(), user)),
            List.of(),
            "Hello",
            text,
            null,
            null,
            List.of(),
            null,
            text.length(),
            Headers.NONE);
    var id = MessageId.of(world.wallMillis(), world.random.nextLong(), world.random.nextLong());
    var command =
        new Command.Deliver(
            id, "smtp", null, Hlc.ofMillis(world.wallMillis()), message, null, null);
    // Some do not wait for the answer before they go on: appends of one user are under way
    // together.
    boolean waits = world.chance(0.5);
    attempt(user, command, world.now(), waits);
    if (!waits) {
      world.after(world.between(0, 5_000), this::next);
    }
  }

  private void attempt(UserId user, Command.Deliver command, long begun, boolean goesOn) {
    if (cell.quiet) {
      return;
    }
    boolean[] done = {false};
    world.after(PATIENCE_MICROS, () -> failed(done, user, command, begun, goesOn));
    Node node = anyNode();
    cell.network.carry(
        name,
        node.host,
        () ->
            node.ask(
                user,
                mailboxes -> mailboxes.submit(user, command),
                reply ->
                    cell.network.carry(
                        node.host.name,
                        name,
                        () -> answered(done, user, command, begun, goesOn, reply))));
  }

  private void answered(
      boolean[] done,
      UserId user,
      Command.Deliver command,
      long begun,
      boolean goesOn,
      Node.Answer<Reply.Delivered> answer) {
    if (done[0]) {
      return;
    }
    if (answer.reply().failed()) {
      failed(done, user, command, begun, goesOn);
      return;
    }
    done[0] = true;
    cell.history.acknowledged(user, answer, begun);
    if (goesOn) {
      pause();
    }
  }

  private void failed(
      boolean[] done, UserId user, Command.Deliver command, long begun, boolean goesOn) {
    if (!done[0]) {
      done[0] = true;
      world.after(world.between(50_000, PAUSE_MICROS), () -> attempt(user, command, begun, goesOn));
    }
  }
}
