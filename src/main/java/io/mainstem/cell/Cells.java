package io.mainstem.cell;

import io.mainstem.cell.move.Destination;
import io.mainstem.directory.Accounts;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Moved;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Signal;
import io.mainstem.mailbox.Staleness;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The mailboxes of all cells: looks into the directory where the user lives, and asks there. What
 * the directory's cache says may be old; a cell that does not hold the user says so, and then the
 * directory itself is asked. What is no account's (mail that waits) is in this cell; so is whom the
 * directory does not know.
 */
public final class Cells implements MailboxService, Destination {
  private static final long PAUSE_FIRST_MILLIS = 10;
  private static final long PAUSE_MAX_MILLIS = 500;

  private final Vertx vertx;
  private final String own;
  private final Function<String, @Nullable CellClient> clients;
  private final Accounts accounts;
  private final Duration patience;

  /**
   * @param own name of this cell
   * @param clients this cell and the others by name; null for a cell that is not configured
   * @param patience how long a user is looked for whom the directory and his cell do not agree on
   */
  public Cells(
      Vertx vertx,
      String own,
      Function<String, @Nullable CellClient> clients,
      Accounts accounts,
      Duration patience) {
    this.vertx = vertx;
    this.own = own;
    this.clients = clients;
    this.accounts = accounts;
    this.patience = patience;
  }

  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
    return ask(user, cell -> cell.submit(user, command));
  }

  @Override
  public <R> Future<R> query(UserId user, Query<R> query) {
    return ask(user, cell -> cell.query(user, query));
  }

  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command, Staleness stale) {
    return ask(user, cell -> cell.submit(user, command, stale));
  }

  @Override
  public <R> Future<R> query(UserId user, Query<R> query, Staleness stale) {
    return ask(user, cell -> cell.query(user, query, stale));
  }

  @Override
  public Flux<Watched> watch(UserId user, Cursor after) {
    Mono<CellClient> cell =
        Mono.create(sink -> cellOf(user).onSuccess(sink::success).onFailure(sink::error));
    return cell.flatMapMany(found -> found.watch(user, after))
        .onErrorResume(Moved.class, moved -> Flux.just(new Watched.Reconnect()))
        .doOnNext(
            watched -> {
              if (watched instanceof Watched.Reconnect) {
                // Perhaps because he has moved: the next watch looks anew.
                accounts.forget(user);
              }
            });
  }

  @Override
  public void signal(UserId user, Signal signal) {
    cellOf(user).onSuccess(cell -> cell.signal(user, signal)).onFailure(lost -> {});
  }

  @Override
  public boolean isHere(UserId user) {
    CellClient here = clients.apply(own);
    return here != null && here.isHere(user);
  }

  @Override
  public Future<Long> adopt(String cell, Mailbox mailbox, List<Row> rows) {
    return client(cell).compose(found -> found.adopt(mailbox, rows));
  }

  @Override
  public Future<Void> greet(String cell, UserId user) {
    return client(cell).compose(found -> found.query(user, new Query.Head())).mapEmpty();
  }

  // ---- finding

  private <R> Future<R> ask(UserId user, Function<CellClient, Future<R>> question) {
    return cellOf(user)
        .compose(question)
        .recover(
            cause ->
                cause instanceof Moved
                    ? again(
                        user, question, PAUSE_FIRST_MILLIS, System.nanoTime() + patience.toNanos())
                    : Future.failedFuture(cause));
  }

  /**
   * The first look after a stale one is at once; then the directory and the cells get some time.
   */
  private <R> Future<R> again(
      UserId user, Function<CellClient, Future<R>> question, long pauseMillis, long deadlineNanos) {
    accounts.forget(user);
    return cellOf(user)
        .compose(question)
        .recover(
            cause ->
                cause instanceof Moved && System.nanoTime() < deadlineNanos
                    ? later(
                        pauseMillis,
                        () ->
                            again(
                                user,
                                question,
                                Math.min(PAUSE_MAX_MILLIS, pauseMillis * 2),
                                deadlineNanos))
                    : Future.failedFuture(cause));
  }

  private <R> Future<R> later(long millis, Supplier<Future<R>> task) {
    Promise<R> promise = Promise.promise();
    vertx.setTimer(millis, id -> task.get().onComplete(promise));
    return promise.future();
  }

  private Future<CellClient> cellOf(UserId user) {
    if (!Accounts.isOfAnAccount(user)) {
      return client(own);
    }
    return accounts.byId(user).compose(account -> client(account == null ? own : account.cell()));
  }

  private Future<CellClient> client(String name) {
    CellClient client = clients.apply(name);
    return client == null
        ? Future.failedFuture(
            new Rejected(Rejected.Rule.BUSY, "cell " + name + " is not known here (see cell.name)"))
        : Future.succeededFuture(client);
  }
}
