package io.mainstem.cell;

import io.mainstem.cell.wire.Envelope;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Staleness;
import io.mainstem.mailbox.wire.Wire;
import io.mainstem.message.UserId;
import io.mainstem.store.FeatureLevel;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.vertx.core.Future;
import java.util.List;

/**
 * One thing that is asked of a mailbox: how it is asked in this process, and how of another node.
 */
sealed interface Asked {
  UserId user();

  /** Asks the mailboxes of this node, which tell when what they answer may be old. */
  Future<?> here(CellClient local, Staleness stale);

  /** The same for the wire. */
  Envelope.Request request(int millis);

  /**
   * The feature level that a node must read which is asked this.
   *
   * @param inForce in this cell
   */
  int level(int inForce);

  /** Whether asking again changes nothing when it was done already. */
  boolean isRepeatable();

  /** As {@link #here}, for another node. */
  Future<Envelope.Response> answer(CellClient local, Staleness stale);

  /**
   * What another node asks. Throws {@link IllegalArgumentException} for what this version does not
   * know.
   */
  static Asked of(Envelope.Request request) {
    var user = new UserId(request.user());
    byte[] command = request.command();
    byte[] query = request.query();
    Envelope.Adopt adopt = request.adopt();
    if (command != null) {
      return new ToDo(user, Wire.command(command));
    }
    if (query != null) {
      return new ToAnswer(user, Wire.query(query));
    }
    if (adopt != null) {
      return new ToAdopt(
          new Mailbox(user, adopt.generation()), adopt.rows().stream().map(Asked::row).toList());
    }
    throw new IllegalArgumentException("a request for nothing");
  }

  private static Row row(Envelope.Copied row) {
    return new Row(row.seq(), row.last(), 0, row.settled(), -1, row.entry(), row.body());
  }

  /** A command. */
  record ToDo(UserId user, Command<?> command) implements Asked {
    @Override
    public Future<?> here(CellClient local, Staleness stale) {
      return local.submit(user, command, stale);
    }

    @Override
    public Envelope.Request request(int millis) {
      return new Envelope.Request(
          0, user.value(), false, millis, Wire.command(command), null, null);
    }

    @Override
    public int level(int inForce) {
      return command.level();
    }

    @Override
    public boolean isRepeatable() {
      return Attempt.isRepeatable(command);
    }

    @Override
    public Future<Envelope.Response> answer(CellClient local, Staleness stale) {
      return reply(local, command, stale).map(reply -> Envelope.Response.reply(Wire.reply(reply)));
    }

    private <R extends Reply> Future<R> reply(CellClient local, Command<R> kind, Staleness stale) {
      return local.submit(user, kind, stale);
    }
  }

  /** A query. */
  record ToAnswer(UserId user, Query<?> query) implements Asked {
    @Override
    public Future<?> here(CellClient local, Staleness stale) {
      return local.query(user, query, stale);
    }

    @Override
    public Envelope.Request request(int millis) {
      return new Envelope.Request(0, user.value(), false, millis, null, Wire.query(query), null);
    }

    @Override
    public int level(int inForce) {
      return FeatureLevel.FIRST;
    }

    @Override
    public boolean isRepeatable() {
      return true;
    }

    @Override
    public Future<Envelope.Response> answer(CellClient local, Staleness stale) {
      return local
          .query(user, query, stale)
          .map(value -> Envelope.Response.answer(Wire.answer(query, value)));
    }
  }

  /** Entries for a copy of the mailbox; what is there already is passed over. */
  record ToAdopt(Mailbox mailbox, List<Row> rows) implements Asked {
    @Override
    public UserId user() {
      return mailbox.user();
    }

    @Override
    public Future<?> here(CellClient local, Staleness stale) {
      return local.adopt(mailbox, rows);
    }

    @Override
    public Envelope.Request request(int millis) {
      var copied =
          rows.stream()
              .map(
                  row ->
                      new Envelope.Copied(
                          row.seq(), row.last(), row.settled(), row.entry(), row.body()))
              .toList();
      return new Envelope.Request(
          0,
          mailbox.user().value(),
          false,
          millis,
          null,
          null,
          new Envelope.Adopt(mailbox.generation(), copied));
    }

    /** A log may have what this cell writes. */
    @Override
    public int level(int inForce) {
      return inForce;
    }

    @Override
    public boolean isRepeatable() {
      return true;
    }

    @Override
    public Future<Envelope.Response> answer(CellClient local, Staleness stale) {
      return local.adopt(mailbox, rows).map(Envelope.Response::adopted);
    }
  }
}
