package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.FetchItem;
import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.protocol.ImapCommand.EventGroup;
import io.mainstem.gateway.imap.protocol.ImapCommand.StatusItem;
import io.mainstem.gateway.imap.session.Following;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Notifications;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.Query;
import io.mainstem.message.FolderId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** NOTIFY (RFC 5465 §3): what the session hears of from here on. */
final class NotifyHandler {
  private static final Set<String> EVENTS =
      new TreeSet<>(Arrays.asList(Notifications.EVENTS.toUpperCase(Locale.ROOT).split(" ")));

  private final ImapParts parts;
  private final FolderNames names;
  private final StatusHandler status;
  private final Following following;

  NotifyHandler(ImapParts parts, FolderNames names, StatusHandler status, Following following) {
    this.parts = parts;
    this.names = names;
    this.status = status;
    this.following = following;
  }

  Future<Outcome> onNotify(
      Session.Authenticated who, Session session, ImapCommand.Notify command, Output out) {
    Login login = who.login();
    if (command.groups() == null) {
      login.onNotify(Notifications.none());
      return Handlers.done(session, "NOTIFY is done").now();
    }
    List<EventGroup> groups = new ArrayList<>();
    for (EventGroup g : command.groups()) {
      if (!EVENTS.containsAll(g.events())) {
        throw Refused.no("BADEVENT (" + Notifications.EVENTS + ")", "There is no such event");
      }
      groups.add(
          new EventGroup(
              g.which(),
              g.mailboxes().stream().map(name -> FolderNames.decoded(login, name)).toList(),
              g.events(),
              g.items().stream().map(NotifyHandler::peeking).toList()));
    }
    // What happens after this moment is told, however long the rest takes.
    return parts
        .mailboxes()
        .query(login.user(), new Query.Head())
        .compose(
            head ->
                names
                    .all(login)
                    .compose(
                        folders -> {
                          Map<FolderId, FolderView> known = new HashMap<>();
                          folders.forEach(f -> known.put(f.id(), f));
                          var wanted = new Notifications(groups, head, known);
                          Future<Void> told =
                              command.status()
                                  ? tell(login, session, wanted, folders, out)
                                  : Future.succeededFuture();
                          return told.compose(done -> tellAll(session, out)).map(wanted);
                        }))
        .map(
            wanted -> {
              login.onNotify(wanted);
              return Handlers.done(session, "NOTIFY is done");
            });
  }

  /** As NOOP does: what has gathered in the selected mailbox is told (RFC 5465 §3.1). */
  private Future<Void> tellAll(Session session, Output out) {
    return session instanceof Session.Selected selected
        ? following.tellAll(selected, out)
        : Future.succeededFuture();
  }

  /** Nobody has read what was told unasked. */
  private static FetchItem peeking(FetchItem item) {
    return switch (item) {
      case FetchItem.Body b -> new FetchItem.Body(b.section(), b.partial(), true);
      case FetchItem.Binary b -> new FetchItem.Binary(b.part(), b.partial(), true);
      case FetchItem.BinarySize b -> b;
      case FetchItem.Simple s
          when s == FetchItem.Simple.RFC822 || s == FetchItem.Simple.RFC822_TEXT ->
          throw Refused.bad("NOTIFY takes BODY.PEEK");
      case FetchItem.Simple s -> s;
    };
  }

  /** RFC 5465 §3.1: STATUS of all that will be told of, but of the selected mailbox. */
  private Future<Void> tell(
      Login login, Session session, Notifications wanted, List<FolderView> folders, Output out) {
    Future<Void> told = Future.succeededFuture();
    for (FolderView f : folders) {
      boolean open = session instanceof Session.Selected s && s.folder().id().equals(f.id());
      if (!open && wanted.of(f).contains("MESSAGENEW")) {
        boolean flags = wanted.of(f).contains("FLAGCHANGE");
        told = told.compose(before -> status.tell(login, f, items(login, flags), out));
      }
    }
    return told;
  }

  /**
   * What STATUS tells unasked (RFC 5465 §5.1 to §5.3).
   *
   * @param modseq whether the client needs it though it has not said so (RFC 5465 §3.1)
   */
  static List<StatusItem> items(Login login, boolean modseq) {
    return modseq || login.usesCondstore()
        ? List.of(
            StatusItem.MESSAGES,
            StatusItem.UIDNEXT,
            StatusItem.UIDVALIDITY,
            StatusItem.UNSEEN,
            StatusItem.HIGHESTMODSEQ)
        : List.of(
            StatusItem.MESSAGES, StatusItem.UIDNEXT, StatusItem.UIDVALIDITY, StatusItem.UNSEEN);
  }
}
