package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.state.Content;
import io.mainstem.mailbox.state.DraftContent;
import io.mainstem.mailbox.state.Header.DraftRow;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the owner has begun to write. */
final class Drafting {
  private Drafting() {}

  static Outcome<Reply.Done> save(Ledger ledger, Command.SaveDraft c) {
    var limits = ledger.moment.limits();
    if (c.text().length() > limits.maxTextBytes()) {
      throw new Rejected(
          Rule.TOO_LARGE, "the text is longer than " + limits.maxTextBytes() + " bytes");
    }
    var id = c.id().value();
    var thread = c.thread() == null ? null : ledger.reads.thread(c.thread().value()).id();
    var content = new DraftContent(c.to(), c.channel(), c.subject(), c.text(), c.attachments());
    var row = row(ledger, id);
    if (row != null) {
      var old = ledger.reads.draft(id);
      if (old != null && content.equals(old.content()) && Objects.equals(thread, old.thread())) {
        return Outcome.nothing(ledger);
      }
    } else if (ledger.header.drafts().size() >= limits.maxDrafts()) {
      throw new Rejected(Rule.OVER_QUOTA, "more than " + limits.maxDrafts() + " drafts");
    }
    var event = new Event.DraftSaved(id, thread, row == null ? 0 : row.seq());
    return new Outcome<>(
        event,
        new Content(null, List.of(), null, content, null),
        Outcome.done(ledger, event).reply());
  }

  static Outcome<Reply.Done> discard(Ledger ledger, Command.DiscardDraft c) {
    var row = row(ledger, c.id().value());
    return row == null
        ? Outcome.nothing(ledger)
        : Outcome.done(ledger, new Event.DraftDiscarded(row.id(), List.of(row.seq())));
  }

  private static @Nullable DraftRow row(Ledger ledger, String id) {
    for (DraftRow d : ledger.header.drafts()) {
      if (d.id().equals(id)) {
        return d;
      }
    }
    return null;
  }
}
