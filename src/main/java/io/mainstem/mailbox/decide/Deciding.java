package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Image;
import io.mainstem.mailbox.Moment;
import io.mainstem.mailbox.Reply;

/** Hands each command to the class that decides it. */
public final class Deciding {
  private Deciding() {}

  @SuppressWarnings("unchecked") // a command names the type of its reply
  public static <R extends Reply> Outcome<R> decide(Image image, Command<R> command, Moment moment) {
    return (Outcome<R>) outcome(new Ledger(image, moment), command);
  }

  private static Outcome<? extends Reply> outcome(Ledger ledger, Command<?> command) {
    return switch (command) {
      case Command.Send c -> Sending.send(ledger, c);
      case Command.Deliver c -> Arriving.deliver(ledger, c);
      case Command.Append c -> Arriving.append(ledger, c);
      case Command.Read c -> Reading.read(ledger, c);
      case Command.Unread c -> Reading.unread(ledger, c);
      case Command.Handed c -> Reading.handed(ledger, c);
      case Command.Report c -> Outbound.report(ledger, c);
      case Command.Fail c -> Outbound.fail(ledger, c);
      case Command.Retry c -> Outbound.retry(ledger, c);
      case Command.ReceiptsTold c -> Outbound.told(ledger, c);
      default -> throw new UnsupportedOperationException(command.getClass().getSimpleName());
    };
  }
}
