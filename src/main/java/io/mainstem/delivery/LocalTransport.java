package io.mainstem.delivery;

import io.mainstem.directory.Accounts;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query.Outgoing;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.util.Objects;

/** Hands messages to mailboxes here. */
public final class LocalTransport implements Transport {
  private static final Outcome HANDED = new Outcome.Handed();

  private final MailboxService mailboxes;
  private final Accounts accounts;

  public LocalTransport(MailboxService mailboxes, Accounts accounts) {
    this.mailboxes = mailboxes;
    this.accounts = accounts;
  }

  @Override
  public boolean reaches(Person recipient) {
    return recipient.user() != null;
  }

  @Override
  public Future<Outcome> deliver(Outgoing outgoing) {
    UserId user = Objects.requireNonNull(outgoing.recipient().user());
    return accounts
        .byId(user)
        .compose(
            account ->
                account == null || account.disabled()
                    ? Future.succeededFuture(new Outcome.Refused("There is no such recipient any more."))
                    : mailboxes.submit(user, outgoing.deliver()).map(HANDED))
        .recover(LocalTransport::refusal);
  }

  private static Future<Outcome> refusal(Throwable failure) {
    return failure instanceof Rejected rejected && isFinal(rejected.rule())
        ? Future.succeededFuture(new Outcome.Refused(String.valueOf(rejected.getMessage())))
        : Future.failedFuture(failure);
  }

  /** Whether the recipient's mailbox will say the same the next time. */
  private static boolean isFinal(Rejected.Rule rule) {
    return switch (rule) {
      case CONFLICT, NOT_FOUND, INVALID, UNKNOWN_RECIPIENT, TOO_LARGE, OVER_QUOTA, NOT_PERMITTED, NOT_UNDOABLE, RESET -> true;
      case RATE_LIMITED, BUSY, STORE_FULL, STORE_FAILED -> false;
    };
  }
}
