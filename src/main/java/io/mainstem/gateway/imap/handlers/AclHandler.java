package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.rendering.ImapText;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.mailbox.FolderView;
import io.mainstem.message.FolderId;
import io.vertx.core.Future;

/**
 * MYRIGHTS, GETACL and LISTRIGHTS (RFC 4314 §3). Folders are shared with nobody: the owner has all
 * the rights that make sense of a folder, they cannot be taken from him, and others have none.
 */
final class AclHandler {
  private final FolderNames names;

  AclHandler(FolderNames names) {
    this.names = names;
  }

  Future<Outcome> onMyRights(
      Session.Authenticated who, Session session, ImapCommand.MyRights command, Output out) {
    return names
        .find(who.login(), command.mailbox())
        .map(
            folder -> {
              out.untagged("MYRIGHTS " + name(who.login(), folder) + " " + rights(folder));
              return Handlers.done(session, "MYRIGHTS is done");
            });
  }

  Future<Outcome> onGet(
      Session.Authenticated who, Session session, ImapCommand.GetAcl command, Output out) {
    return names
        .find(who.login(), command.mailbox())
        .map(
            folder -> {
              out.untagged(
                  "ACL "
                      + name(who.login(), folder)
                      + " "
                      + ImapText.string(who.login().name())
                      + " "
                      + rights(folder));
              return Handlers.done(session, "GETACL is done");
            });
  }

  Future<Outcome> onListRights(
      Session.Authenticated who, Session session, ImapCommand.ListRights command, Output out) {
    return names
        .find(who.login(), command.mailbox())
        .map(
            folder -> {
              boolean owner = command.identifier().equals(who.login().name());
              out.untagged(
                  "LISTRIGHTS "
                      + name(who.login(), folder)
                      + " "
                      + ImapText.string(command.identifier())
                      + " "
                      + (owner ? rights(folder) : "\"\""));
              return Handlers.done(session, "LISTRIGHTS is done");
            });
  }

  Future<Outcome> onChange(Session.Authenticated who, ImapCommand.ChangeAcl command) {
    return names
        .find(who.login(), command.mailbox())
        .compose(
            folder -> Future.failedFuture(Refused.no("NOPERM", "Mailboxes cannot be shared here")));
  }

  private static String name(Login login, FolderView folder) {
    return FolderNames.encoded(login, folder.name());
  }

  /** RFC 4314 §2.1, with c and d for clients of the older RFC (§2.1.1). */
  private static String rights(FolderView folder) {
    boolean insert = FolderNames.isWritable(folder.id());
    boolean delete = !FolderId.SYSTEM.contains(folder.id());
    return "lrsw" + (insert ? "i" : "") + "k" + (delete ? "x" : "") + "tecd";
  }
}
