package io.mainstem.mailbox.host;

import io.mainstem.message.UserId;
import io.vertx.core.Future;

/** Tells which generation of a user's log is the present one; the directory knows. */
@FunctionalInterface
public interface Generations {
  Future<Integer> of(UserId user);
}
