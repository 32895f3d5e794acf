package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.gateway.imap.session.Status;
import io.mainstem.mailbox.Command;
import io.vertx.core.Future;
import java.util.List;

/** EXPUNGE, UID EXPUNGE and CLOSE (RFC 9051 §6.4.3, §6.4.9, §6.4.1). */
final class ExpungeHandler {
  private final ImapParts parts;

  ExpungeHandler(ImapParts parts) {
    this.parts = parts;
  }

  Future<Outcome> onExpunge(Session.Selected session, ImapCommand.Expunge command) {
    if (session.folder().isReadOnly()) {
      throw Refused.no("READ-ONLY", "The mailbox was opened to read");
    }
    var set = command.uids();
    List<Integer> uids = set == null ? List.of() : Ranges.uids(session.folder().resolve(set, true));
    if (set != null && uids.isEmpty()) {
      return Handlers.done(session, "Nothing to expunge").now();
    }
    return parts
        .submit(session.login(), new Command.Expunge(session.folder().id(), uids))
        .map(
            reply ->
                Outcome.of(
                    session,
                    session.login().usesCondstore() && reply.changed()
                        ? Status.ok(
                            "HIGHESTMODSEQ " + reply.cursor().seq(),
                            "EXPUNGE is done") // RFC 7162 §3.2.7
                        : Status.ok("EXPUNGE is done")));
  }

  /** CLOSE expunges silently, unless the mailbox was only read. */
  Future<Outcome> onClose(Session.Selected session) {
    Future<?> expunged =
        session.folder().isReadOnly()
            ? Future.succeededFuture()
            : parts.submit(session.login(), new Command.Expunge(session.folder().id(), List.of()));
    return expunged.map(done -> Outcome.of(session.toAuthenticated(), Status.ok("CLOSE is done")));
  }
}
