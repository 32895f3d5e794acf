package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Image;
import io.mainstem.mailbox.Moment;
import io.mainstem.mailbox.Reply;

/** Hands each command to the class that decides it. */
public final class Deciding {
  private Deciding() {}

  @SuppressWarnings("unchecked") // a command names the type of its reply
  public static <R extends Reply> Outcome<R> decide(
      Image image, Command<R> command, Moment moment) {
    var ledger = new Ledger(image, moment);
    Departing.check(ledger, command);
    return (Outcome<R>) outcome(ledger, command);
  }

  private static Outcome<? extends Reply> outcome(Ledger ledger, Command<?> command) {
    return switch (command) {
      case Command.Send c -> Sending.send(ledger, c);
      case Command.Edit c -> Editing.edit(ledger, c);
      case Command.Deliver c -> Arriving.deliver(ledger, c);
      case Command.Append c -> Arriving.append(ledger, c);
      case Command.Read c -> Reading.read(ledger, c);
      case Command.Unread c -> Reading.unread(ledger, c);
      case Command.Handed c -> Reading.handed(ledger, c);
      case Command.Report c -> Outbound.report(ledger, c);
      case Command.Fail c -> Outbound.fail(ledger, c);
      case Command.Retry c -> Outbound.retry(ledger, c);
      case Command.ReceiptsTold c -> Outbound.told(ledger, c);
      case Command.Move c -> Sorting.move(ledger, c);
      case Command.SetFlags c -> Flagging.set(ledger, c);
      case Command.StoreFlags c -> Flagging.store(ledger, c);
      case Command.Place c -> Placements.place(ledger, c);
      case Command.Expunge c -> Placements.expunge(ledger, c);
      case Command.Delete c -> Deleting.delete(ledger, c);
      case Command.Erase c -> Deleting.erase(ledger, c);
      case Command.Undo c -> Undoing.undo(ledger, c);
      case Command.CreateFolder c -> Foldering.create(ledger, c);
      case Command.RenameFolder c -> Foldering.rename(ledger, c);
      case Command.DeleteFolder c -> Foldering.delete(ledger, c);
      case Command.Subscribe c -> Foldering.subscribe(ledger, c);
      case Command.SaveDraft c -> Drafting.save(ledger, c);
      case Command.DiscardDraft c -> Drafting.discard(ledger, c);
      case Command.ChangeSettings c -> Policy.settings(ledger, c);
      case Command.ChangeThread c -> Policy.thread(ledger, c);
      case Command.Accept c -> Policy.accept(ledger, c);
      case Command.Decline c -> Policy.decline(ledger, c);
      case Command.ChangeGroup c -> Policy.group(ledger, c);
      case Command.Admit c -> Arriving.admit(ledger, c);
      case Command.Annotate c -> Annotating.annotate(ledger, c);
      case Command.Due c -> Timing.due(ledger);
      case Command.Leave c -> Departing.leave(ledger, c);
      case Command.Freeze c -> Departing.freeze(ledger, c);
      case Command.Thaw c -> Departing.thaw(ledger, c);
    };
  }
}
