package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.gateway.imap.session.Status;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.UidRange;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** COPY and MOVE (RFC 9051 §6.4.7, §6.4.8), with COPYUID (RFC 4315). */
final class CopyHandler {
  private final ImapParts parts;
  private final FolderNames names;

  CopyHandler(ImapParts parts, FolderNames names) {
    this.parts = parts;
    this.names = names;
  }

  Future<Outcome> onCopy(Session.Selected session, ImapCommand.Copy command, Output out) {
    if (command.move() && session.folder().isReadOnly()) {
      throw Refused.no("READ-ONLY", "The mailbox was opened to read");
    }
    List<UidRange> all = session.folder().resolve(command.set(), command.uid());
    return names
        .find(session.login(), command.mailbox(), "TRYCREATE")
        .compose(
            target -> {
              FolderNames.requireWritable(target.id());
              return place(session, command, target, all);
            })
        .map(
            copied -> {
              String word = command.move() ? "MOVE" : "COPY";
              if (copied.from.isEmpty()) {
                return Handlers.done(session, word + " found nothing");
              }
              String code =
                  "COPYUID " + copied.validity + " " + list(copied.from) + " " + list(copied.to);
              if (command.move()) {
                // RFC 6851 §4.3: before the EXPUNGEs, which come with the session's next news.
                out.untagged("OK [" + code + "] Moved");
                return Handlers.done(session, "MOVE is done");
              }
              return Outcome.of(session, Status.ok(code, "COPY is done"));
            });
  }

  /** What has been copied so far. */
  private static final class Copied {
    private int validity;
    private final List<Integer> from = new ArrayList<>();
    private final List<Integer> to = new ArrayList<>();
  }

  private Future<Copied> place(
      Session.Selected session, ImapCommand.Copy command, FolderView target, List<UidRange> all) {
    var copied = new Copied();
    Future<Copied> placed = Future.succeededFuture(copied);
    for (List<UidRange> piece : Ranges.pieces(all, StoreHandler.MAX_PER_ENTRY)) {
      placed =
          placed
              .compose(
                  before ->
                      parts.submit(
                          session.login(),
                          new Command.Place(
                              session.folder().id(),
                              Ranges.uids(piece),
                              target.id(),
                              command.move())))
              .map(
                  reply -> {
                    copied.validity = reply.uidValidity();
                    copied.from.addAll(reply.from());
                    copied.to.addAll(reply.to());
                    return copied;
                  });
    }
    return placed;
  }

  /** UIDs in the order in which they were copied: runs where both sides have one. */
  private static String list(List<Integer> uids) {
    var out = new ArrayList<String>();
    for (int i = 0; i < uids.size(); ) {
      int j = i + 1;
      while (j < uids.size() && uids.get(j) == uids.get(j - 1) + 1) {
        j++;
      }
      out.add(j - i == 1 ? String.valueOf(uids.get(i)) : uids.get(i) + ":" + uids.get(j - 1));
      i = j;
    }
    return out.stream().collect(Collectors.joining(","));
  }
}
