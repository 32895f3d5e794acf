package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Moved;
import io.mainstem.message.UserId;
import io.vertx.core.Future;

/** Tells which generation of a user's log is the present one; the directory knows. */
@FunctionalInterface
public interface Generations {
  /**
   * Asked when a mailbox is loaded, so it should be read anew and not be remembered; fails with
   * {@link Moved} when the user lives in another cell.
   */
  Future<Integer> of(UserId user);
}
