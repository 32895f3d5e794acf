package io.mainstem.delivery;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query.Outgoing;
import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import org.jspecify.annotations.Nullable;

/**
 * Mail from outside that waits for a recipient whose mailbox could not take it: it stands in the
 * outbox of an internal mailbox, a room, which belongs to nobody. A room is a log like any other,
 * so what waits is durable, is tried again, and fails over with its partition. On its way out the
 * mail becomes again what the gateway would have delivered.
 */
public final class WaitingMail {
  /** The sender's key of all mail from outside, by which mailboxes recognise a repeat. */
  public static final String OUTSIDE = "smtp";

  private static final String PREFIX = "waiting-";

  /** As many as a cell has partitions, so that they lie everywhere. */
  private static final int ROOMS = 1_024;

  private WaitingMail() {}

  /** The room in which mail for this recipient waits. */
  public static UserId room(UserId recipient) {
    return new UserId(PREFIX + Math.floorMod(recipient.value().hashCode(), ROOMS));
  }

  static boolean isRoom(UserId sender) {
    return sender.value().startsWith(PREFIX);
  }

  /**
   * @param claims whom the mail's From claims to be
   */
  static Command.Deliver restored(Outgoing waiting, @Nullable Person claims) {
    Command.Deliver deliver = waiting.deliver();
    return new Command.Deliver(
        deliver.id(), OUTSIDE, null, deliver.stamp(), deliver.message(), claims, null);
  }
}
