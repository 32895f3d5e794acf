package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.protocol.SequenceSet;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Notifications;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.mailbox.Change;
import io.mainstem.mailbox.FolderChange;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.PlacementView;
import io.mainstem.message.FolderId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells a session unasked of what it wanted to hear of by NOTIFY (RFC 5465 §5). */
public final class News {
  private final StatusHandler status;
  private final FetchHandler fetch;

  News(StatusHandler status, FetchHandler fetch) {
    this.status = status;
    this.fetch = fetch;
  }

  /**
   * Tells of one entry of the log.
   *
   * @param mayExpunge whether message numbers may change now
   */
  public Future<Void> tell(
      Session session,
      Login login,
      Notifications wanted,
      Frame frame,
      boolean mayExpunge,
      Output out) {
    for (Change change : frame.changes()) {
      switch (change) {
        case Change.FoldersChanged c -> onFolder(login, wanted, c, out);
        case Change.AnnotationsChanged c -> onAnnotations(login, wanted, c, out);
        default -> {}
      }
    }
    Session.Selected selected = session instanceof Session.Selected s ? s : null;
    Future<Void> told = Future.succeededFuture();
    for (FolderChange change : frame.folders()) {
      FolderView after = change.after();
      if (after != null) {
        wanted.known().put(after.id(), after);
      }
      boolean open = selected != null && selected.folder().id().equals(change.folder());
      if (!open && after != null && concerns(wanted.of(after), change)) {
        told = told.compose(before -> status.tell(login, after, NotifyHandler.items(login), out));
      }
    }
    return selected == null || frame.cursor().seq() <= selected.folder().cursor().seq()
        ? told
        : told.compose(before -> onSelected(selected, wanted, frame, mayExpunge, out));
  }

  private static boolean concerns(Set<String> events, FolderChange change) {
    return events.contains("MESSAGENEW") && !change.added().isEmpty()
        || events.contains("MESSAGEEXPUNGE") && !change.expunged().isEmpty()
        || events.contains("FLAGCHANGE") && !change.changed().isEmpty();
  }

  private Future<Void> onSelected(
      Session.Selected selected,
      Notifications wanted,
      Frame frame,
      boolean mayExpunge,
      Output out) {
    var folder = selected.folder();
    if (!wanted.selected().contains("MESSAGENEW")) {
      return Future.succeededFuture(); // told behind the next command
    }
    folder.onFrame(frame);
    folder.tell(out, selected.login(), mayExpunge, wanted.selected().contains("FLAGCHANGE"));
    var fresh = new ArrayList<Integer>();
    for (FolderChange change : frame.folders()) {
      if (change.folder().equals(folder.id())) {
        change.added().stream().map(PlacementView::uid).forEach(fresh::add);
      }
    }
    if (fresh.isEmpty() || wanted.items().isEmpty()) {
      return Future.succeededFuture();
    }
    int[] uids = fresh.stream().mapToInt(uid -> uid).toArray();
    return fetch
        .onFetch(
            selected,
            new ImapCommand.Fetch(SequenceSet.of(uids), wanted.items(), 0, false, true),
            out)
        .mapEmpty();
  }

  /** MailboxName and SubscriptionChange (RFC 5465 §5.4, §5.5). */
  private static void onFolder(
      Login login, Notifications wanted, Change.FoldersChanged c, Output out) {
    FolderView now = c.folder();
    FolderView before =
        c.deleted() ? wanted.known().remove(now.id()) : wanted.known().put(now.id(), now);
    Set<String> events = wanted.of(now);
    if (before != null && !before.name().equals(now.name()) && events.isEmpty()) {
      events = wanted.of(before); // it was renamed to where nobody listens
    }
    String name = FolderNames.encoded(login, now.name());
    if (events.contains("MAILBOXNAME")) {
      if (c.deleted()) {
        out.untagged("LIST (\\NonExistent) \"/\" " + name);
        return;
      }
      if (before == null) {
        out.untagged("LIST " + subscribed(now) + " \"/\" " + name);
        return;
      }
      if (!before.name().equals(now.name())) {
        String old = FolderNames.encoded(login, before.name());
        out.untagged("LIST " + subscribed(now) + " \"/\" " + name + " (\"OLDNAME\" (" + old + "))");
        return;
      }
    }
    if (events.contains("SUBSCRIPTIONCHANGE") && !c.deleted()) {
      out.untagged("LIST " + subscribed(now) + " \"/\" " + name);
    }
  }

  private static String subscribed(FolderView f) {
    return f.subscribed() ? "(\\Subscribed)" : "()";
  }

  /** MailboxMetadataChange and ServerMetadataChange (RFC 5465 §5.6, §5.7). */
  private static void onAnnotations(
      Login login, Notifications wanted, Change.AnnotationsChanged c, Output out) {
    FolderId id = c.folder();
    @Nullable String name = null;
    if (id == null) {
      name = wanted.wantsServerMetadata() ? "" : null;
    } else {
      FolderView folder = wanted.known().get(id);
      name =
          folder != null && wanted.of(folder).contains("MAILBOXMETADATACHANGE")
              ? folder.name()
              : null;
    }
    if (name != null) {
      List<String> entries = c.names();
      out.untagged(
          "METADATA " + FolderNames.encoded(login, name) + " " + String.join(" ", entries));
    }
  }
}
