package io.mainstem.cell.move;

import io.mainstem.directory.Account;
import io.mainstem.mailbox.Moved;
import io.mainstem.message.Rejected;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** What an owner asks of the directory before he loads a mailbox. */
public final class Residence {
  private Residence() {}

  /**
   * Which generation of a user's data is to be loaded in a cell; fails with {@link Moved} when he
   * lives in another, and with BUSY while his mailbox is mended.
   *
   * @param account null: the directory knows nobody, and what there is of him is here
   */
  public static Future<Integer> generation(@Nullable Account account, String cell) {
    if (account == null) {
      return Future.succeededFuture(1);
    }
    if (!account.cell().equals(cell)) {
      return Future.failedFuture(new Moved(account.cell()));
    }
    return account.isMended()
        ? Future.failedFuture(
            new Rejected(Rejected.Rule.BUSY, "the mailbox is being mended; ask again"))
        : Future.succeededFuture(account.generation());
  }
}
