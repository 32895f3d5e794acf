package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.mailbox.Query;
import io.vertx.core.Future;

/**
 * GETQUOTA, GETQUOTAROOT and SETQUOTA (RFC 9208 §4.1). A mailbox has one quota root, named by the
 * empty string, for all its folders.
 */
final class QuotaHandler {
  private static final int UNIT_BYTES = 1024; // RFC 9208 §5.1

  private final ImapParts parts;
  private final FolderNames names;

  QuotaHandler(ImapParts parts, FolderNames names) {
    this.parts = parts;
    this.names = names;
  }

  Future<Outcome> onGet(
      Session.Authenticated who, Session session, ImapCommand.GetQuota command, Output out) {
    if (!command.root().isEmpty()) {
      throw Refused.no("NONEXISTENT", "There is no such quota root");
    }
    return tell(who.login(), out).map(told -> Handlers.done(session, "GETQUOTA is done"));
  }

  Future<Outcome> onGetRoot(
      Session.Authenticated who, Session session, ImapCommand.GetQuotaRoot command, Output out) {
    return names
        .find(who.login(), command.mailbox())
        .compose(
            folder -> {
              out.untagged(
                  "QUOTAROOT " + FolderNames.encoded(who.login(), folder.name()) + " \"\"");
              return tell(who.login(), out);
            })
        .map(told -> Handlers.done(session, "GETQUOTAROOT is done"));
  }

  private Future<Void> tell(Login login, Output out) {
    return parts
        .mailboxes()
        .query(login.user(), new Query.Usage())
        .map(
            usage -> {
              out.untagged(
                  "QUOTA \"\" (STORAGE "
                      + (usage.sizeBytes() + UNIT_BYTES - 1) / UNIT_BYTES
                      + " "
                      + usage.maxBytes() / UNIT_BYTES
                      + " MESSAGE "
                      + usage.messages()
                      + " "
                      + usage.maxMessages()
                      + ")");
              return null;
            });
  }
}
