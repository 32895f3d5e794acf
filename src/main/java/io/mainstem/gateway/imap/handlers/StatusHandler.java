package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.protocol.ImapCommand.StatusItem;
import io.mainstem.gateway.imap.session.Following;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.state.Flags;
import io.vertx.core.Future;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;

/** STATUS (RFC 9051 §6.3.11, RFC 8438, RFC 7162, RFC 8474, RFC 7889). */
final class StatusHandler {
  private final ImapParts parts;
  private final FolderNames names;

  StatusHandler(ImapParts parts, FolderNames names) {
    this.parts = parts;
    this.names = names;
  }

  Future<Outcome> onStatus(
      Session.Authenticated who, Session session, ImapCommand.Status command, Output out) {
    if (command.items().contains(StatusItem.HIGHESTMODSEQ)) {
      who.login().onCondstore(); // RFC 7162 §3.1.2
    }
    return names
        .find(who.login(), command.mailbox())
        .compose(folder -> tell(who.login(), folder, command.items(), out))
        .map(told -> Handlers.done(session, "STATUS is done"));
  }

  Future<Void> tell(Login login, FolderView folder, List<StatusItem> items, Output out) {
    Future<Integer> deleted =
        items.contains(StatusItem.DELETED)
            ? countDeleted(login, folder)
            : Future.succeededFuture(0);
    return deleted.map(
        n -> {
          var text = new StringJoiner(" ", "(", ")");
          for (StatusItem item : items) {
            text.add(item + " " + value(item, folder, n));
          }
          out.untagged("STATUS " + FolderNames.encoded(login, folder.name()) + " " + text);
          return null;
        });
  }

  private String value(StatusItem item, FolderView f, int deleted) {
    return switch (item) {
      case MESSAGES -> String.valueOf(f.messages());
      case UIDNEXT -> String.valueOf(f.uidNext());
      case UIDVALIDITY -> String.valueOf(f.uidValidity());
      case UNSEEN -> String.valueOf(f.unseen());
      case DELETED -> String.valueOf(deleted);
      case SIZE -> String.valueOf(f.sizeBytes());
      case RECENT -> "0"; // RFC 9051 appendix A has no \Recent any more
      case HIGHESTMODSEQ -> String.valueOf(Math.max(1, f.highestModseq()));
      case MAILBOXID -> "(" + f.id() + ")";
      case APPENDLIMIT -> String.valueOf(parts.config().limits().maxMessageBytes());
    };
  }

  private Future<Integer> countDeleted(Login login, FolderView folder) {
    var count = new AtomicInteger();
    return new Following(parts.mailboxes())
        .placements(
            login.user(),
            new Query.Placements(folder.id(), 1, Integer.MAX_VALUE, 0),
            p -> {
              if (p.has(Flags.DELETED)) {
                count.incrementAndGet();
              }
            })
        .map(done -> count.get());
  }
}
