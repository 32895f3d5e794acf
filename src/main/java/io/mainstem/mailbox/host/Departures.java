package io.mainstem.mailbox.host;

import io.mainstem.mailbox.state.Header.Departure;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Mailbox;

/**
 * Is told of mailboxes that are to go to another cell, and moves them. Called on the owner's
 * context; what it is told is in the log, and it is told again by whoever owns the mailbox next.
 */
public interface Departures {
  /** Nobody ever moves. */
  Departures NONE =
      new Departures() {
        @Override
        public void onDeparting(Mailbox mailbox, Departure departure) {}

        @Override
        public void onDropped(UserId user) {}

        @Override
        public void onDead(Mailbox mailbox) {}
      };

  /** A mailbox of this node is on its way: an entry that says so is settled. */
  void onDeparting(Mailbox mailbox, Departure departure);

  /** The user is owned here no longer. */
  void onDropped(UserId user);

  /**
   * The agenda names a generation that is not the user's present one: he has moved away, or a move
   * to here was given up, or is still under way.
   */
  void onDead(Mailbox mailbox);
}
