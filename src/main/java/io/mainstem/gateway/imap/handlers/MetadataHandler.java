package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.rendering.ImapText;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.gateway.imap.session.Status;
import io.mainstem.mailbox.Annotation;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query;
import io.mainstem.message.FolderId;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * GETMETADATA and SETMETADATA (RFC 5464): annotations of a folder or of the whole account, kept in
 * the owner's log. Folders are shared with nobody, so the owner alone sees {@code /shared} too.
 */
final class MetadataHandler {
  private final ImapParts parts;
  private final FolderNames names;

  MetadataHandler(ImapParts parts, FolderNames names) {
    this.parts = parts;
    this.names = names;
  }

  Future<Outcome> onGet(
      Session.Authenticated who, Session session, ImapCommand.GetMetadata command, Output out) {
    Login login = who.login();
    return folder(login, command.mailbox())
        .compose(
            folder -> parts.mailboxes().query(login.user(), new Query.Annotations(folder.id())))
        .map(
            there -> {
              long longest = tell(command, there, out);
              return Outcome.of(
                  session,
                  longest > 0
                      ? Status.ok("METADATA LONGENTRIES " + longest, "GETMETADATA is done")
                      : Status.ok("GETMETADATA is done"));
            });
  }

  /** Which annotations are meant: null for those of the account. */
  private record Where(@Nullable FolderId id) {}

  private Future<Where> folder(Login login, String mailbox) {
    return mailbox.isEmpty()
        ? Future.succeededFuture(new Where(null))
        : names.find(login, mailbox).map(f -> new Where(f.id()));
  }

  /** Gives the size of the longest value that was left out; 0 when none was. */
  private static long tell(ImapCommand.GetMetadata command, List<Annotation> there, Output out) {
    var values = new TreeMap<String, String>();
    for (Annotation a : there) {
      if (a.value() != null) {
        values.put(a.name(), a.value());
      }
    }
    var told = new TreeMap<String, @Nullable String>();
    for (String entry : command.entries()) {
      if (command.depth() == 0) {
        told.put(entry, values.get(entry)); // NIL says that there is none
      }
      values.forEach(
          (name, value) -> {
            if (isWithin(entry, name, command.depth())) {
              told.put(name, value);
            }
          });
    }
    long longest = 0;
    var text = new StringJoiner(" ", "(", ")");
    for (var e : told.entrySet()) {
      String value = e.getValue();
      long size = value == null ? 0 : value.getBytes(StandardCharsets.UTF_8).length;
      if (size > command.maxSize()) {
        longest = Math.max(longest, size);
      } else {
        text.add(e.getKey() + " " + ImapText.nstring(value));
      }
    }
    if (text.length() > 2) {
      out.untagged("METADATA " + ImapText.quoted(command.mailbox()) + " " + text);
    }
    return longest;
  }

  /** RFC 5464 §4.2.2. */
  private static boolean isWithin(String entry, String name, int depth) {
    if (name.equals(entry)) {
      return true;
    }
    if (depth == 0 || !name.startsWith(entry + "/")) {
      return false;
    }
    return depth > 1 || name.indexOf('/', entry.length() + 1) < 0;
  }

  Future<Outcome> onSet(
      Session.Authenticated who, Session session, ImapCommand.SetMetadata command) {
    int max = parts.config().limits().maxAnnotationBytes();
    List<Annotation> annotations = new ArrayList<>();
    for (ImapCommand.Entry e : command.entries()) {
      if (command.mailbox().isEmpty() && e.name().startsWith("/shared")) {
        throw Refused.no("NOPERM", "What all users share is the administrator's to set");
      }
      if (e.name().indexOf('/', 1) < 0) {
        throw Refused.no("CANNOT", "An entry has a name below /private or /shared");
      }
      if (e.value() != null && e.value().getBytes(StandardCharsets.UTF_8).length > max) {
        throw Refused.no("METADATA MAXSIZE " + max, "A value has at most " + max + " bytes");
      }
      annotations.add(new Annotation(e.name(), e.value()));
    }
    return folder(who.login(), command.mailbox())
        .compose(
            folder -> parts.submit(who.login(), new Command.Annotate(folder.id(), annotations)))
        .map(done -> Handlers.done(session, "SETMETADATA is done"))
        .recover(
            cause ->
                cause instanceof Rejected refused && refused.rule() == Rule.OVER_QUOTA
                    ? Future.failedFuture(
                        Refused.no("METADATA TOOMANY", String.valueOf(refused.getMessage())))
                    : Future.failedFuture(cause));
  }
}
