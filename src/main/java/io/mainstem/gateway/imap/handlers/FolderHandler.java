package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.gateway.imap.session.Status;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.Query;
import io.mainstem.message.FolderId;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    String name = FolderNames.decoded(who.login(), command.mailbox());
    return names
        .all(who.login())
        .compose(
            folders -> {
              FolderView folder = named(folders, name);
              if (folder == null) {
                // RFC 9051 §6.3.5: what is no folder itself goes with the last one below it.
                throw below(folders, name).isEmpty()
                    ? Refused.no("NONEXISTENT", "There is no such mailbox")
                    : Refused.no("HASCHILDREN", "There are mailboxes below this name");
              }
              return parts.submit(who.login(), new Command.DeleteFolder(folder.id()));
            })
        .map(done -> Handlers.done(session, "DELETE is done"));
  }

  Future<Outcome> onRename(Session.Authenticated who, Session session, ImapCommand.Rename command) {
    String from = FolderNames.decoded(who.login(), command.mailbox());
    String to = FolderNames.decoded(who.login(), command.to());
    return names
        .all(who.login())
        .compose(
            folders -> {
              FolderView folder = named(folders, from);
              if (folder == null) {
                return renameBelow(who.login(), folders, from, to);
              }
              return folder.id().equals(FolderId.INBOX)
                  ? emptyInbox(who.login(), to)
                  : parts
                      .submit(who.login(), new Command.RenameFolder(folder.id(), to))
                      .<Void>mapEmpty();
            })
        .map(done -> Handlers.done(session, "RENAME is done"));
  }

  /** Those below a name that is no folder itself (RFC 9051 §6.3.6). */
  private Future<Void> renameBelow(Login login, List<FolderView> folders, String from, String to) {
    List<FolderView> below = below(folders, from);
    if (below.isEmpty()) {
      throw Refused.no("NONEXISTENT", "There is no such mailbox");
    }
    Future<Void> renamed = Future.succeededFuture();
    for (FolderView f : below) {
      String name = to + f.name().substring(from.length());
      renamed =
          renamed.compose(
              before -> parts.submit(login, new Command.RenameFolder(f.id(), name)).mapEmpty());
    }
    return renamed;
  }

  /**
   * What is in INBOX moves to a new folder; INBOX stays, and what is below it (RFC 9051 §6.3.6).
   */
  private Future<Void> emptyInbox(Login login, String to) {
    return parts
        .submit(login, new Command.CreateFolder(to))
        .compose(made -> emptyInbox(login, made.folder(), 1));
  }

  private Future<Void> emptyInbox(Login login, FolderId to, int from) {
    return parts
        .mailboxes()
        .query(login.user(), new Query.Uids(FolderId.INBOX, from))
        .compose(
            page -> {
              Future<Void> moved = Future.succeededFuture();
              for (var piece : Ranges.pieces(page.uids(), StoreHandler.MAX_PER_ENTRY)) {
                var place = new Command.Place(FolderId.INBOX, Ranges.uids(piece), to, true);
                moved = moved.compose(before -> parts.submit(login, place).mapEmpty());
              }
              return page.next() == 0
                  ? moved
                  : moved.compose(before -> emptyInbox(login, to, page.next()));
            });
  }

  private static @Nullable FolderView named(List<FolderView> folders, String name) {
    for (FolderView f : folders) {
      if (f.name().equals(name)) {
        return f;
      }
    }
    return null;
  }

  /** Those above come before those below. */
  private static List<FolderView> below(List<FolderView> folders, String name) {
    return folders.stream()
        .filter(f -> f.name().startsWith(name + "/"))
        .sorted(Comparator.comparing(FolderView::name))
        .toList();
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
