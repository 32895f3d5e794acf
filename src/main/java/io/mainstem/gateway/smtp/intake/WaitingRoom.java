package io.mainstem.gateway.smtp.intake;

import io.mainstem.delivery.WaitingMail;
import io.mainstem.gateway.smtp.session.Recipient;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;
import java.util.List;

/**
 * Puts a mail where it waits for a recipient whose mailbox cannot take it now: see {@link
 * WaitingMail}.
 */
final class WaitingRoom {
  private final MailboxService mailboxes;

  WaitingRoom(MailboxService mailboxes) {
    this.mailboxes = mailboxes;
  }

  /** Completes when the mail is durable there. */
  Future<Void> keep(Recipient recipient, Command.Deliver deliver) {
    var send =
        Command.Send.of(deliver.id(), null, deliver.message(), List.of(recipient.person()), null);
    return mailboxes.submit(WaitingMail.room(recipient.user(), mailboxes::isHere), send).mapEmpty();
  }
}
