package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.gateway.imap.session.Status;
import io.mainstem.mailbox.Command;
import io.vertx.core.Future;

/**
 * CREATE, DELETE, RENAME, SUBSCRIBE and UNSUBSCRIBE (RFC 9051 §6.3.4 to §6.3.8): commands of the
 * user's log like any other.
 */
final class FolderHandler {
  private final ImapParts parts;
  private final FolderNames names;

  FolderHandler(ImapParts parts, FolderNames names) {
    this.parts = parts;
    this.names = names;
  }

  Future<Outcome> onCreate(Session.Authenticated who, Session session, ImapCommand.Create command) {
    String name = FolderNames.decoded(who.login(), command.mailbox());
    // A separator at the end says that others will stand below (RFC 9051 §6.3.4).
    String folder = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    return parts
        .submit(who.login(), new Command.CreateFolder(folder))
        .map(
            made ->
                Outcome.of(
                    session,
                    Status.ok(
                        "MAILBOXID (" + made.folder() + ")", "CREATE is done"))); // RFC 8474 §4.1
  }

  Future<Outcome> onDelete(Session.Authenticated who, Session session, ImapCommand.Delete command) {
    return names
        .find(who.login(), command.mailbox())
        .compose(f -> parts.submit(who.login(), new Command.DeleteFolder(f.id())))
        .map(done -> Handlers.done(session, "DELETE is done"));
  }

  Future<Outcome> onRename(Session.Authenticated who, Session session, ImapCommand.Rename command) {
    String to = FolderNames.decoded(who.login(), command.to());
    return names
        .find(who.login(), command.mailbox())
        .compose(f -> parts.submit(who.login(), new Command.RenameFolder(f.id(), to)))
        .map(done -> Handlers.done(session, "RENAME is done"));
  }

  Future<Outcome> onSubscribe(
      Session.Authenticated who, Session session, ImapCommand.Subscribe command) {
    return names
        .find(who.login(), command.mailbox())
        .compose(f -> parts.submit(who.login(), new Command.Subscribe(f.id(), command.on())))
        .map(
            done ->
                Handlers.done(session, (command.on() ? "SUBSCRIBE" : "UNSUBSCRIBE") + " is done"));
  }
}
