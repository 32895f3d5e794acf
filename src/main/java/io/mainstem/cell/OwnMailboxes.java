package io.mainstem.cell;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Signal;
import io.mainstem.mailbox.Staleness;
import io.mainstem.mailbox.Watched;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.vertx.core.Future;
import java.util.List;
import reactor.core.publisher.Flux;

/** What this node owns of a cell, as its router asks it. */
record OwnMailboxes(LocalMailboxes host) implements CellClient {
  /** Of a cell that this node is not in. */
  static final CellClient NONE =
      new CellClient() {
        @Override
        public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
          return nobody();
        }

        @Override
        public <R> Future<R> query(UserId user, Query<R> query) {
          return nobody();
        }

        @Override
        public Flux<Watched> watch(UserId user, Cursor after) {
          return Flux.just(new Watched.Reconnect());
        }

        @Override
        public Future<Long> adopt(Mailbox mailbox, List<Row> rows) {
          return nobody();
        }

        @Override
        public boolean isHere(UserId user) {
          return false;
        }

        private <T> Future<T> nobody() {
          return Future.failedFuture(new IllegalStateException("nobody of this cell is here"));
        }
      };

  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
    return host.submit(user, command);
  }

  @Override
  public <R> Future<R> query(UserId user, Query<R> query) {
    return host.query(user, query);
  }

  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command, Staleness stale) {
    return host.submit(user, command, stale);
  }

  @Override
  public <R> Future<R> query(UserId user, Query<R> query, Staleness stale) {
    return host.query(user, query, stale);
  }

  @Override
  public Flux<Watched> watch(UserId user, Cursor after) {
    return host.watch(user, after);
  }

  @Override
  public void signal(UserId user, Signal signal) {
    host.signal(user, signal);
  }

  @Override
  public Future<Long> adopt(Mailbox mailbox, List<Row> rows) {
    return host.adopt(mailbox, rows);
  }

  @Override
  public boolean isHere(UserId user) {
    return host.holds(user);
  }

  @Override
  public long staleMillis() {
    return host.staleMillis();
  }
}
