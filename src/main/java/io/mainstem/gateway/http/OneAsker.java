package io.mainstem.gateway.http;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Signal;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;

/**
 * The mailboxes as one request asks them: it remembers whether anything that the request was
 * answered may be old. So no handler has to, and none can forget.
 */
final class OneAsker implements MailboxService {
  private final MailboxService mailboxes;
  private final AtomicLong staleMillis = new AtomicLong();

  OneAsker(MailboxService mailboxes) {
    this.mailboxes = mailboxes;
  }

  /** The longest for which an owner that has answered was not sure that he is; 0: all were. */
  long staleMillis() {
    return staleMillis.get();
  }

  private void stale(long millis) {
    staleMillis.accumulateAndGet(millis, Math::max);
  }

  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
    return mailboxes.submit(user, command, this::stale);
  }

  @Override
  public <R> Future<R> query(UserId user, Query<R> query) {
    return mailboxes.query(user, query, this::stale);
  }

  /** Who waits asks again afterwards: that is what the request is answered with. */
  @Override
  public Flux<Watched> watch(UserId user, Cursor after) {
    staleMillis.set(0);
    return mailboxes.watch(user, after);
  }

  @Override
  public boolean isHere(UserId user) {
    return mailboxes.isHere(user);
  }

  @Override
  public void signal(UserId user, Signal signal) {
    mailboxes.signal(user, signal);
  }
}
