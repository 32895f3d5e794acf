package io.mainstem.cell;

import io.mainstem.mailbox.MailboxService;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.vertx.core.Future;
import java.util.List;

/**
 * The mailboxes of one cell, this one or another. What is asked of a mailbox that lives elsewhere,
 * and a watch of it, fails with {@link io.mainstem.mailbox.Moved}.
 */
public interface CellClient extends MailboxService {
  /** As {@link io.mainstem.mailbox.host.LocalMailboxes#adopt}, by the owner in that cell. */
  Future<Long> adopt(Mailbox mailbox, List<Row> rows);

  /**
   * For how long this node has not been sure of what it owns, as {@link
   * io.mainstem.mailbox.host.LocalMailboxes#staleMillis} says; 0 for what others own.
   */
  default long staleMillis() {
    return 0;
  }
}
