package io.mainstem.delivery;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query.Outgoing;
import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import java.util.function.Predicate;
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

  /**
   * A room in which mail for this recipient may wait: one that is near, for what keeps the
   * recipient's mailbox out of reach may keep others so, too. A mail that comes to stand in two
   * rooms arrives once.
   *
   * @param isNear whether a mailbox can be reached without another node
   */
  public static UserId room(UserId recipient, Predicate<UserId> isNear) {
    int first = Math.floorMod(recipient.value().hashCode(), ROOMS);
    for (int i = 0; i < ROOMS; i++) {
      var room = new UserId(PREFIX + (first + i) % ROOMS);
      if (isNear.test(room)) {
        return room;
      }
    }
    return new UserId(PREFIX + first);
  }

  static boolean isRoom(UserId sender) {
    return sender.value().startsWith(PREFIX);
  }

  /**
   * @param claims whom the mail's From claims to be
   */
  static Command.Deliver restored(Outgoing waiting, @Nullable Person claims) {
    Command.Deliver deliver = waiting.deliver();
    return Command.Deliver.of(
        deliver.id(), OUTSIDE, null, deliver.stamp(), deliver.message(), claims, null);
  }
}
