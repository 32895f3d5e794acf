package io.mainstem.counts;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Query.CountsAt;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Signal;
import io.mainstem.mailbox.Staleness;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;

/**
 * Mailboxes whose counts are answered from Redis. What it does not have, the owner is asked for,
 * and the answer is kept for the next who asks.
 */
record CountedMailboxes(RedisCounts counts, MailboxService mailboxes) implements MailboxService {
  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
    return mailboxes.submit(user, command);
  }

  @Override
  @SuppressWarnings("unchecked") // GetCounts is a Query<CountsAt>
  public <R> Future<R> query(UserId user, Query<R> query) {
    return query instanceof Query.GetCounts asked
        ? (Future<R>) counts(user, () -> mailboxes.query(user, asked))
        : mailboxes.query(user, query);
  }

  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command, Staleness stale) {
    return mailboxes.submit(user, command, stale);
  }

  /**
   * What Redis has is not the answer of an owner: whoever owns the mailbox in truth has written
   * there last, so it is never older than what an owner says who has been replaced.
   */
  @Override
  @SuppressWarnings("unchecked") // GetCounts is a Query<CountsAt>
  public <R> Future<R> query(UserId user, Query<R> query, Staleness stale) {
    return query instanceof Query.GetCounts asked
        ? (Future<R>) counts(user, () -> mailboxes.query(user, asked, stale))
        : mailboxes.query(user, query, stale);
  }

  private Future<CountsAt> counts(UserId user, Supplier<Future<CountsAt>> owner) {
    return counts
        .read(user)
        .compose(
            found ->
                found.isPresent()
                    ? Future.succeededFuture(found.get())
                    : owner.get().onSuccess(at -> counts.onCounts(user, at.counts(), at.cursor())));
  }

  @Override
  public Flux<Watched> watch(UserId user, Cursor after) {
    return mailboxes.watch(user, after);
  }

  @Override
  public void signal(UserId user, Signal signal) {
    mailboxes.signal(user, signal);
  }
}
