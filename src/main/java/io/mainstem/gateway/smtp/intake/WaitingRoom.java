package io.mainstem.gateway.smtp.intake;

import io.mainstem.gateway.smtp.session.Recipient;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.util.List;

/**
 * Where a mail waits for a recipient whose mailbox cannot take it now: the outbox of an internal mailbox. That is a log like any
 * other, so what waits is durable, is tried again, and fails over with its partition.
 */
final class WaitingRoom {
  /** The sender's key of all mail from outside, by which mailboxes recognise a repeat. */
  static final String OUTSIDE = "smtp";

  /** As many as a cell has partitions, so that they lie everywhere. */
  private static final int ROOMS = 1_024;

  private final MailboxService mailboxes;

  WaitingRoom(MailboxService mailboxes) {
    this.mailboxes = mailboxes;
  }

  /** Completes when the mail is durable there. */
  Future<Void> keep(Recipient recipient, Command.Deliver deliver) {
    var send = new Command.Send(deliver.id(), null, deliver.message(), List.of(recipient.person()), null);
    return mailboxes.submit(room(recipient.user()), send).mapEmpty();
  }

  static UserId room(UserId recipient) {
    return new UserId("waiting-" + Math.floorMod(recipient.value().hashCode(), ROOMS));
  }
}
