package io.mainstem.app;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Staleness;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * The mailboxes for those who are built before them: the host hands settled entries to delivery,
 * which hands messages to the host. What comes before the door is opened waits.
 */
final class MailboxDoor implements MailboxService {
  private final Promise<MailboxService> opened = Promise.promise();
  private volatile @Nullable MailboxService behind;

  void open(MailboxService mailboxes) {
    behind = mailboxes;
    opened.complete(mailboxes);
  }

  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
    MailboxService now = behind;
    return now != null
        ? now.submit(user, command)
        : opened.future().compose(later -> later.submit(user, command));
  }

  @Override
  public <R> Future<R> query(UserId user, Query<R> query) {
    MailboxService now = behind;
    return now != null
        ? now.query(user, query)
        : opened.future().compose(later -> later.query(user, query));
  }

  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command, Staleness stale) {
    return opened.future().compose(now -> now.submit(user, command, stale));
  }

  @Override
  public <R> Future<R> query(UserId user, Query<R> query, Staleness stale) {
    return opened.future().compose(now -> now.query(user, query, stale));
  }

  @Override
  public Flux<Watched> watch(UserId user, Cursor after) {
    return Objects.requireNonNull(behind, "nobody watches before the gateways listen")
        .watch(user, after);
  }
}
