package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Query;
import io.mainstem.message.UserId;
import java.util.List;

/**
 * Takes what a settled entry owes to others: messages to hand over and receipts to tell. Called on
 * the owner's context, in the order of the log.
 */
public interface Outbox {
  /** New work of this user, in memory only: the log holds the truth. */
  void onSettled(UserId user, List<Query.Outgoing> outgoing, List<Query.Receipt> receipts);

  /**
   * The user was taken over (or loaded for its agenda): ask {@link Query.Outstanding} and go on
   * from there.
   */
  void onLoaded(UserId user);

  /** The user is owned here no longer. */
  void onDropped(UserId user);
}
