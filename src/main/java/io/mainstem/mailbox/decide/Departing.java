package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Moved;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.state.Header.Departure;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox goes to another cell. What is said twice changes nothing, and what is said of a move
 * that was given up, or that has ended, is refused.
 */
final class Departing {
  private Departing() {}

  /** A frozen mailbox takes nothing but what ends the move; all else is for its next cell. */
  static void check(Ledger ledger, Command<?> command) {
    var departure = ledger.header.departureFrom(ledger.moment.generation());
    if (departure == null
        || !departure.frozen()
        || command instanceof Command.Freeze
        || command instanceof Command.Thaw) {
      return;
    }
    throw new Moved(departure.cell());
  }

  static Outcome<Reply.Done> leave(Ledger ledger, Command.Leave c) {
    var departure = present(ledger, c.cell(), c.generation());
    return departure != null
        ? Outcome.nothing(ledger)
        : Outcome.done(ledger, new Event.Leaving(c.cell(), c.generation()));
  }

  static Outcome<Reply.Done> freeze(Ledger ledger, Command.Freeze c) {
    var departure = present(ledger, c.cell(), c.generation());
    return departure != null && departure.frozen()
        ? Outcome.nothing(ledger)
        : Outcome.done(
            ledger, new Event.Frozen(c.cell(), ledger.moment.generation(), c.generation()));
  }

  /** The move under way, if it is this one. */
  private static @Nullable Departure present(Ledger ledger, String cell, int generation) {
    int own = ledger.moment.generation();
    if (generation <= own || generation <= ledger.header.givenUp()) {
      throw new Rejected(Rule.CONFLICT, "the move to generation " + generation + " is over");
    }
    var departure = ledger.header.departureFrom(own);
    if (departure != null
        && (departure.generation() != generation || !departure.cell().equals(cell))) {
      throw new Rejected(
          Rule.CONFLICT, "the mailbox is already on its way to cell " + departure.cell());
    }
    return departure;
  }

  static Outcome<Reply.Done> thaw(Ledger ledger, Command.Thaw c) {
    return c.generation() <= ledger.moment.generation() || c.generation() <= ledger.header.givenUp()
        ? Outcome.nothing(ledger)
        : Outcome.done(ledger, new Event.Thawed(c.generation()));
  }
}
