package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.protocol.ImapCommand.StatusItem;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.mailbox.FolderView;
import io.mainstem.message.FolderId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** LIST and LSUB (RFC 9051 §6.3.9, RFC 3501 §6.3.9, RFC 5258, RFC 5819, RFC 6154). */
final class ListHandler {
  private static final Map<FolderId, String> USES =
      Map.of(
          FolderId.SENT, "\\Sent",
          FolderId.DRAFTS, "\\Drafts",
          FolderId.ARCHIVE, "\\Archive",
          FolderId.JUNK, "\\Junk",
          FolderId.TRASH, "\\Trash");

  private final FolderNames names;
  private final StatusHandler status;

  ListHandler(FolderNames names, StatusHandler status) {
    this.names = names;
    this.status = status;
  }

  Future<Outcome> onList(
      Session.Authenticated who, Session session, ImapCommand.ListFolders command, Output out) {
    String word = command.lsub() ? "LSUB" : "LIST";
    if (!command.lsub() && command.patterns().equals(List.of("")) && command.select().isEmpty()) {
      // RFC 9051 §6.3.9: asks for the separator alone.
      out.untagged("LIST (\\Noselect) \"/\" \"\"");
      return Handlers.done(session, "LIST is done").now();
    }
    if (command.status().contains(StatusItem.HIGHESTMODSEQ)) {
      who.login().onCondstore(); // RFC 7162 §3.1.2
    }
    return names
        .all(who.login())
        .compose(
            folders -> {
              Future<Void> told = Future.succeededFuture();
              for (Row row : rows(folders, command)) {
                told = told.compose(before -> tell(who.login(), row, command, out));
              }
              return told;
            })
        .map(told -> Handlers.done(session, word + " is done"));
  }

  /**
   * A name to list.
   *
   * @param folder null for a name that only has others below it, or stands for its children
   * @param childInfo whether a selected folder below it is why it is listed (RFC 5258 §3.5)
   */
  private record Row(
      String name, @Nullable FolderView folder, boolean hasChildren, boolean childInfo) {}

  private static List<Row> rows(List<FolderView> folders, ImapCommand.ListFolders command) {
    Map<String, @Nullable FolderView> all = new LinkedHashMap<>();
    for (FolderView f : folders) {
      for (int i = f.name().indexOf('/'); i >= 0; i = f.name().indexOf('/', i + 1)) {
        all.putIfAbsent(f.name().substring(0, i), null); // a name above that is no folder itself
      }
      all.put(f.name(), f);
    }
    var out = new ArrayList<Row>();
    for (var entry : all.entrySet()) {
      String name = entry.getKey();
      FolderView folder = entry.getValue();
      if (!matches(name, command)) {
        continue;
      }
      boolean children = all.keySet().stream().anyMatch(n -> n.startsWith(name + "/"));
      boolean below =
          folders.stream().anyMatch(f -> f.name().startsWith(name + "/") && isSelected(f, command));
      boolean itself =
          folder == null
              ? command.select().isEmpty() && !command.lsub()
              : isSelected(folder, command);
      boolean info = below && command.select().contains("RECURSIVEMATCH");
      // RFC 3501 §6.3.9: a % shows the parents of what is subscribed.
      boolean parent = command.lsub() && below && !itself;
      if (itself || info || parent) {
        out.add(new Row(name, parent ? null : folder, children, info));
      }
    }
    return out;
  }

  private static boolean isSelected(FolderView f, ImapCommand.ListFolders command) {
    boolean subscribed = command.lsub() || command.select().contains("SUBSCRIBED");
    boolean special = command.select().contains("SPECIAL-USE");
    return (!subscribed || f.subscribed()) && (!special || USES.containsKey(f.id()));
  }

  private static boolean matches(String name, ImapCommand.ListFolders command) {
    for (String pattern : command.patterns()) {
      String whole = command.reference() + pattern;
      if (matches(name, name.equals("INBOX") ? upperInbox(whole) : whole)) {
        return true;
      }
    }
    return false;
  }

  private static String upperInbox(String pattern) {
    return pattern.equalsIgnoreCase("INBOX") ? "INBOX" : pattern;
  }

  /**
   * Whether a pattern with {@code *} and {@code %} fits. Walks once over the name for each letter
   * of the pattern, whatever the wildcards.
   */
  static boolean matches(String name, String pattern) {
    boolean[] at = new boolean[name.length() + 1];
    at[0] = true;
    for (int p = 0; p < pattern.length(); p++) {
      char c = pattern.charAt(p);
      boolean[] next = new boolean[name.length() + 1];
      boolean open = false;
      for (int n = 0; n <= name.length(); n++) {
        if (c == '*' || c == '%') {
          open |= at[n];
          next[n] = open;
          if (c == '%' && n < name.length() && name.charAt(n) == '/') {
            open = false;
          }
        } else if (n < name.length() && at[n] && name.charAt(n) == c) {
          next[n + 1] = true;
        }
      }
      at = next;
    }
    return at[name.length()];
  }

  private Future<Void> tell(Login login, Row row, ImapCommand.ListFolders command, Output out) {
    var attributes = new ArrayList<String>();
    FolderView f = row.folder();
    if (f == null) {
      attributes.add(
          login.isRev2() || !command.select().isEmpty() ? "\\NonExistent" : "\\Noselect");
    } else {
      boolean asked =
          command.give().contains("SUBSCRIBED") || command.select().contains("SUBSCRIBED");
      if (asked && f.subscribed()) {
        attributes.add("\\Subscribed");
      }
      String use = USES.get(f.id());
      if (use != null) {
        attributes.add(use);
      }
    }
    if (!command.lsub()) {
      attributes.add(row.hasChildren() ? "\\HasChildren" : "\\HasNoChildren");
    }
    boolean info = row.childInfo();
    out.untagged(
        (command.lsub() ? "LSUB (" : "LIST (")
            + String.join(" ", attributes)
            + ") \"/\" "
            + FolderNames.encoded(login, row.name())
            + (info ? " (\"CHILDINFO\" (\"SUBSCRIBED\"))" : ""));
    return f == null || command.status().isEmpty()
        ? Future.succeededFuture()
        : status.tell(login, f, command.status(), out);
  }
}
