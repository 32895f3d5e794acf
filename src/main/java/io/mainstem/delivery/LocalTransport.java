package io.mainstem.delivery;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobStore;
import io.mainstem.directory.Account;
import io.mainstem.directory.Accounts;
import io.mainstem.directory.Recipient;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query.Outgoing;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Hands messages to mailboxes here. */
public final class LocalTransport implements Transport {
  private static final Outcome HANDED = new Outcome.Handed();

  private final MailboxService mailboxes;
  private final Accounts accounts;
  private final BlobStore blobs;

  public LocalTransport(MailboxService mailboxes, Accounts accounts, BlobStore blobs) {
    this.mailboxes = mailboxes;
    this.accounts = accounts;
    this.blobs = blobs;
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
                    ? Future.succeededFuture(
                        new Outcome.Refused("There is no such recipient any more."))
                    : command(outgoing).compose(deliver -> handOver(account, deliver)).map(HANDED))
        .recover(
            failure ->
                isThereAlready(outgoing, failure)
                    ? Future.succeededFuture(HANDED)
                    : refusal(failure));
  }

  /**
   * The recipient's log will name the message's blobs, so they must stay when the sender erases his
   * own copy.
   */
  private Future<Void> handOver(Account recipient, Command.Deliver deliver) {
    Set<BlobKey> keys = keys(deliver.message());
    var reference = new BlobReference(recipient.id(), recipient.generation());
    Future<Void> referred = Future.succeededFuture();
    for (BlobKey key : keys) {
      referred = referred.compose(before -> blobs.refer(key, List.of(reference)));
    }
    return referred
        .compose(done -> mailboxes.submit(recipient.id(), deliver))
        .compose(reply -> MovedReferences.follow(blobs, keys, reference, reply));
  }

  private static Set<BlobKey> keys(Message message) {
    var keys = new LinkedHashSet<BlobKey>();
    if (message.raw() != null) {
      keys.add(message.raw());
    }
    if (message.longText() != null) {
      keys.add(message.longText().range().blob());
    }
    if (message.html() != null) {
      keys.add(message.html().range().blob());
    }
    message.attachments().forEach(attachment -> keys.add(attachment.part().range().blob()));
    return keys;
  }

  private Future<Command.Deliver> command(Outgoing outgoing) {
    if (!WaitingMail.isRoom(outgoing.sender())) {
      return Future.succeededFuture(outgoing.deliver());
    }
    return accounts
        .resolve(outgoing.deliver().message().from().address())
        .map(
            claimed ->
                WaitingMail.restored(
                    outgoing,
                    claimed instanceof Recipient.Local local ? local.account().person() : null));
  }

  /**
   * The id of a mail from outside is a hash of it: another content under it is the same mail, which
   * came by itself meanwhile.
   */
  private static boolean isThereAlready(Outgoing outgoing, Throwable failure) {
    return WaitingMail.isRoom(outgoing.sender())
        && failure instanceof Rejected rejected
        && rejected.rule() == Rejected.Rule.CONFLICT;
  }

  private static Future<Outcome> refusal(Throwable failure) {
    return failure instanceof Rejected rejected && isFinal(rejected.rule())
        ? Future.succeededFuture(new Outcome.Refused(String.valueOf(rejected.getMessage())))
        : Future.failedFuture(failure);
  }

  /** Whether the recipient's mailbox will say the same the next time. */
  private static boolean isFinal(Rejected.Rule rule) {
    return switch (rule) {
      case CONFLICT,
          NOT_FOUND,
          INVALID,
          UNKNOWN_RECIPIENT,
          TOO_LARGE,
          OVER_QUOTA,
          NOT_PERMITTED,
          NOT_UNDOABLE,
          RESET ->
          true;
      case RATE_LIMITED, BUSY, STORE_FULL, STORE_FAILED -> false;
    };
  }
}
