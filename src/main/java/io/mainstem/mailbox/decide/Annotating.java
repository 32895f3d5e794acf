package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Annotation;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.state.Annotations;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import java.util.ArrayList;

/** The owner's programs write something down about a folder (RFC 5464). */
final class Annotating {
  private static final int MAX_NAME = 255;

  private Annotating() {}

  static Outcome<Reply.Done> annotate(Ledger ledger, Command.Annotate c) {
    var folder = c.folder() == null ? null : ledger.folder(c.folder().value()).id();
    var before = ledger.reads.annotations();
    var there = before.of(folder);
    var changed = new ArrayList<Annotation>();
    for (Annotation a : c.annotations()) {
      if (a.name().isEmpty() || a.name().length() > MAX_NAME) {
        throw new Rejected(Rule.INVALID, "the name of an annotation has 1 to 255 characters");
      }
      boolean same =
          a.value() == null
              ? there.stream().noneMatch(t -> t.name().equals(a.name()))
              : there.contains(a);
      if (!same) {
        changed.add(a);
      }
    }
    if (changed.isEmpty()) {
      return Outcome.nothing(ledger);
    }
    var after = before.with(ledger.seq, folder, changed);
    boolean more =
        after.notes().size() > before.notes().size() || after.textLength() > before.textLength();
    if (more
        && (after.notes().size() > Annotations.MAX || after.textLength() > Annotations.MAX_BYTES)) {
      throw new Rejected(
          Rule.OVER_QUOTA,
          "there are at most "
              + Annotations.MAX
              + " annotations of "
              + Annotations.MAX_BYTES
              + " characters together");
    }
    return Outcome.done(ledger, new Event.Annotated(folder, changed));
  }
}
