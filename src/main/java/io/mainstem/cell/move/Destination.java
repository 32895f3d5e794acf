package io.mainstem.cell.move;

import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.vertx.core.Future;
import java.util.List;

/** Other cells, as one sees them who brings a mailbox there. */
public interface Destination {
  /**
   * Gives entries to the mailbox's owner in that cell, who appends those that are not there yet;
   * completes with the last number that is settled there.
   */
  Future<Long> adopt(String cell, Mailbox mailbox, List<Row> rows);

  /** The user lives in that cell now: its owner looks what is to do for him. */
  Future<Void> greet(String cell, UserId user);
}
