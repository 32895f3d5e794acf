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
import io.mainstem.message.FolderId;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
    boolean own = login.isOwn(frame.cursor().seq()); // the client knows of it (RFC 5465 §5)
    onFolders(login, wanted, frame, own, out);
    Session.Selected selected = session instanceof Session.Selected s ? s : null;
    Future<Void> told = Future.succeededFuture();
    for (FolderChange change : frame.folders()) {
      FolderView after = change.after();
      if (after != null) {
        wanted.known().put(after.id(), after);
      }
      boolean open = selected != null && selected.folder().id().equals(change.folder());
      if (!open && !own && after != null && concerns(wanted.of(after), change)) {
        told =
            told.compose(
                before -> status.tell(login, after, NotifyHandler.items(login, false), out));
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
    if (!wanted.hearsMessages()) {
      return Future.succeededFuture(); // the next NOTIFY tells it
    }
    selected.folder().onFrame(frame, selected.login());
    selected.folder().tell(out, selected.login(), mayExpunge);
    return tellFresh(selected, out);
  }

  /** What NOTIFY wants to hear of messages that others added (RFC 5465 §5.2). */
  Future<Void> tellFresh(Session.Selected selected, Output out) {
    int[] uids = selected.folder().takeFresh().stream().mapToInt(uid -> uid).toArray();
    Notifications wanted = selected.login().notifications();
    if (uids.length == 0 || wanted == null || wanted.items().isEmpty()) {
      return Future.succeededFuture();
    }
    return fetch
        .onFetch(
            selected,
            new ImapCommand.Fetch(SequenceSet.of(uids), wanted.items(), 0, false, true),
            out)
        .mapEmpty();
  }

  /** What happened to folders themselves and to annotations. */
  private static void onFolders(
      Login login, Notifications wanted, Frame frame, boolean own, Output out) {
    var known = new HashMap<FolderId, FolderView>();
    var renamed = new HashMap<String, String>();
    for (Change change : frame.changes()) {
      if (change instanceof Change.FoldersChanged c) {
        FolderView now = c.folder();
        FolderView before =
            c.deleted() ? wanted.known().remove(now.id()) : wanted.known().put(now.id(), now);
        if (before != null) {
          known.put(now.id(), before);
          renamed.put(before.name(), now.name());
        }
      }
    }
    if (own) {
      return;
    }
    for (Change change : frame.changes()) {
      switch (change) {
        case Change.FoldersChanged c ->
            onFolder(login, wanted, c, known.get(c.folder().id()), renamed, out);
        case Change.AnnotationsChanged c -> onAnnotations(login, wanted, c, out);
        default -> {}
      }
    }
  }

  /** MailboxName and SubscriptionChange (RFC 5465 §5.4, §5.5). */
  private static void onFolder(
      Login login,
      Notifications wanted,
      Change.FoldersChanged c,
      @Nullable FolderView before,
      Map<String, String> renamed,
      Output out) {
    FolderView now = c.folder();
    Set<String> events = new TreeSet<>(wanted.of(now));
    if (before != null) {
      events.addAll(wanted.of(before)); // it went to where nobody listens
    }
    boolean subscription = (before != null && before.subscribed()) != now.subscribed();
    boolean name = events.contains("MAILBOXNAME");
    if (c.deleted()) {
      if (name) {
        out.untagged("LIST (\\NonExistent) \"/\" " + FolderNames.encoded(login, now.name()));
      }
    } else if (before != null && !before.name().equals(now.name())) {
      if (name && !isBelow(before.name(), now.name(), renamed)) {
        String old = FolderNames.encoded(login, before.name());
        out.untagged(listed(login, wanted, now) + " (\"OLDNAME\" (" + old + "))");
      }
      return;
    } else if (before == null && name || subscription && events.contains("SUBSCRIPTIONCHANGE")) {
      out.untagged(listed(login, wanted, now));
    }
    if (before == null || c.deleted()) {
      onParent(login, wanted, now.name(), out);
    }
  }

  /** Whether a folder was renamed because one above it was. */
  private static boolean isBelow(String old, String now, Map<String, String> renamed) {
    return renamed.entrySet().stream()
        .anyMatch(
            above ->
                old.startsWith(above.getKey() + "/")
                    && now.equals(above.getValue() + old.substring(above.getKey().length())));
  }

  /** The mailbox right above one that came or went is affected too: it may have children now. */
  private static void onParent(Login login, Notifications wanted, String name, Output out) {
    int slash = name.lastIndexOf('/');
    String parent = slash < 0 ? "" : name.substring(0, slash);
    wanted.known().values().stream()
        .filter(f -> f.name().equals(parent) && wanted.of(f).contains("MAILBOXNAME"))
        .findFirst()
        .ifPresent(f -> out.untagged(listed(login, wanted, f)));
  }

  private static String listed(Login login, Notifications wanted, FolderView f) {
    boolean children =
        wanted.known().values().stream().anyMatch(c -> c.name().startsWith(f.name() + "/"));
    return "LIST ("
        + (f.subscribed() ? "\\Subscribed " : "")
        + (children ? "\\HasChildren" : "\\HasNoChildren")
        + ") \"/\" "
        + FolderNames.encoded(login, f.name());
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
