package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.state.Content;
import org.jspecify.annotations.Nullable;

/** What a command leads to: at most one event, its content, and the reply. */
public record Outcome<R extends Reply>(@Nullable Event event, @Nullable Content content, R reply) {
  static Outcome<Reply.Done> done(Ledger ledger, Event event) {
    return new Outcome<>(event, null, new Reply.Done(cursor(ledger, ledger.seq), true));
  }

  static Outcome<Reply.Done> nothing(Ledger ledger) {
    return new Outcome<>(null, null, new Reply.Done(cursor(ledger, ledger.header.covers()), false));
  }

  /** As replies say it: null where the cursor does. */
  static @Nullable Integer generation(Ledger ledger) {
    int generation = ledger.moment.generation();
    return ledger.header.cursorGeneration(generation) == generation ? null : generation;
  }

  static Cursor cursor(Ledger ledger, long seq) {
    return new Cursor(ledger.header.cursorGeneration(ledger.moment.generation()), seq);
  }
}
