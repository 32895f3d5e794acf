package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;

/** Threads go from folder to folder. */
final class Sorting {
  private Sorting() {}

  static Outcome<Reply.Done> move(Ledger ledger, Command.Move c) {
    var from = ledger.folder(c.from().value()).id();
    var to = ledger.folder(c.to().value()).id();
    if (to.equals("sent") || to.equals("drafts") || to.equals("requests")) {
      throw new Rejected(Rule.NOT_PERMITTED, "nothing is moved to Sent, Drafts or Requests");
    }
    var t = ledger.thread(c.thread().value());
    boolean stays = from.equals("sent") || from.equals("drafts");
    boolean inbox = from.equals("inbox");
    if (stays || !t.standsIn(from) && !(inbox && t.standsIn("chats"))) {
      return Outcome.nothing(ledger);
    }
    boolean home = to.equals("inbox");
    Moves.all(
        ledger,
        t,
        (page, ref) ->
            Moves.moved(
                ledger,
                ref,
                s -> s.folder().equals(from) || inbox && s.folder().equals("chats"),
                home ? Moves.home(ref.channel()) : to));
    if (ledger.isEmpty()) {
      return Outcome.nothing(ledger);
    }
    ledger.faces();
    return Outcome.done(ledger, new Event.Moved(ledger.effect(), t.id, from, to));
  }
}
