package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.FetchItem;
import io.mainstem.gateway.imap.protocol.FetchItem.Simple;
import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.protocol.Section;
import io.mainstem.gateway.imap.rendering.ImapText;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.gateway.imap.session.Status;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.UidRange;
import io.mainstem.mailbox.state.Flags;
import io.mainstem.message.FolderId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * FETCH (RFC 9051 §6.4.5, RFC 7162 §3.1.4). Goes through the folder page by page, and on only when
 * the client has read what was written.
 */
final class FetchHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FetchHandler.class);

  /** Holes up to this size are asked for with what stands around them. */
  private static final int MAX_HOLE = 16;

  private final ImapParts parts;
  private final FetchPages pages;

  FetchHandler(ImapParts parts) {
    this.parts = parts;
    this.pages = new FetchPages(parts);
  }

  Future<Outcome> onFetch(Session.Selected session, ImapCommand.Fetch command, Output out) {
    List<FetchItem> items = items(command);
    if (command.changedSince() > 0 || items.contains(Simple.MODSEQ)) {
      session.login().onCondstore(); // RFC 7162 §3.1
    }
    if (command.vanished() && !session.login().usesQresync()) {
      return Outcome.of(session, Status.bad("Say ENABLE QRESYNC first")).now();
    }
    boolean marks =
        !session.folder().isReadOnly() && items.stream().anyMatch(FetchHandler::marksSeen);
    var request = new FetchPages.Request(session, items, command.changedSince(), marks, out);
    List<UidRange> wanted = session.folder().resolve(command.set(), command.uid());
    Future<Void> told =
        command.vanished() ? vanished(session, command, out) : Future.succeededFuture();
    for (List<UidRange> span : spans(wanted)) {
      told = told.compose(before -> range(request, span));
    }
    return told.onSuccess(done -> onHanded(request))
        .map(
            done ->
                Outcome.of(
                    session,
                    session.folder().hasGone()
                        ? Status.ok("EXPUNGEISSUED", "FETCH is done") // RFC 5530 §3
                        : Status.ok("FETCH is done")));
  }

  /** A device of the owner has this now: the senders of chats are told so. */
  private void onHanded(FetchPages.Request request) {
    var session = request.session();
    boolean fromOthers =
        session.folder().id().equals(FolderId.CHATS)
            || session.folder().id().equals(FolderId.INBOX);
    if (request.handed() > 0 && fromOthers) {
      parts
          .mailboxes()
          .submit(session.login().user(), new Command.Handed(request.handed()))
          .onFailure(
              cause -> LOG.debug("Handing was not noted; the next FETCH says it again", cause));
    }
  }

  private static List<FetchItem> items(ImapCommand.Fetch command) {
    var items = new ArrayList<FetchItem>();
    if (command.uid()) {
      items.add(Simple.UID);
    }
    for (FetchItem item : command.items()) {
      if (!items.contains(item)) {
        items.add(item);
      }
    }
    if (command.changedSince() > 0 && !items.contains(Simple.MODSEQ)) {
      items.add(Simple.MODSEQ); // RFC 7162 §3.1.4.1
    }
    return items;
  }

  private static boolean marksSeen(FetchItem item) {
    return item instanceof FetchItem.Body body && !body.peek()
        || item instanceof FetchItem.Binary binary && !binary.peek()
        || item == Simple.RFC822
        || item == Simple.RFC822_TEXT;
  }

  /** Neighbouring runs, to be asked for together. */
  private static List<List<UidRange>> spans(List<UidRange> wanted) {
    var out = new ArrayList<List<UidRange>>();
    var span = new ArrayList<UidRange>();
    for (UidRange r : wanted) {
      if (!span.isEmpty() && r.from() - span.get(span.size() - 1).to() > MAX_HOLE) {
        out.add(List.copyOf(span));
        span.clear();
      }
      span.add(r);
    }
    if (!span.isEmpty()) {
      out.add(List.copyOf(span));
    }
    return out;
  }

  private Future<Void> range(FetchPages.Request request, List<UidRange> span) {
    int from = span.get(0).from();
    int to = span.get(span.size() - 1).to();
    return page(request, span, from, to);
  }

  private Future<Void> page(FetchPages.Request request, List<UidRange> span, int from, int to) {
    Future<Integer> next =
        request.marks()
            ? markSeen(request, from, to)
                .compose(
                    end ->
                        pages
                            .page(request, span, from, end)
                            .map(n -> n != 0 ? n : end < to ? end + 1 : 0))
            : pages.page(request, span, from, to);
    return next.compose(n -> n == 0 ? Future.succeededFuture() : page(request, span, n, to));
  }

  /** Reading a body sets \Seen, before it is told (RFC 9051 §6.4.5). Gives how far it has gone. */
  private Future<Integer> markSeen(FetchPages.Request request, int from, int to) {
    var session = request.session();
    return parts
        .mailboxes()
        .query(session.login().user(), new Query.Placements(session.folder().id(), from, to, 0))
        .compose(
            page -> {
              int end = page.next() == 0 ? to : page.next() - 1;
              List<Integer> unseen =
                  page.placements().stream()
                      .filter(
                          p -> !p.has(Flags.SEEN) && session.folder().uids().number(p.uid()) > 0)
                      .filter(p -> request.wants(p.uid()))
                      .map(p -> p.uid())
                      .toList();
              if (unseen.isEmpty()) {
                return Future.succeededFuture(end);
              }
              return parts
                  .submit(
                      session.login(),
                      new Command.StoreFlags(
                          session.folder().id(),
                          unseen,
                          Set.of("\\Seen"),
                          Command.FlagsMode.ADD,
                          0))
                  .map(
                      reply -> {
                        if (reply.changed()) {
                          session.folder().onOwn(reply.cursor().seq());
                          request.onMarked(unseen);
                        }
                        return end;
                      });
            });
  }

  /** RFC 7162 §3.2.6. */
  private Future<Void> vanished(Session.Selected session, ImapCommand.Fetch command, Output out) {
    var gone = new ArrayList<UidRange>();
    return expunged(session, 1, command.changedSince(), gone)
        .map(
            all -> {
              // Behind the last message others may have stood: to * all UIDs there are belong.
              String set =
                  ImapText.set(
                      Ranges.stream(gone)
                          .filter(uid -> command.set().contains(uid, Integer.MAX_VALUE)));
              if (!set.isEmpty()) {
                out.untagged("VANISHED (EARLIER) " + set);
              }
              return null;
            });
  }

  private Future<Void> expunged(
      Session.Selected session, int from, long since, List<UidRange> gone) {
    return parts
        .mailboxes()
        .query(
            session.login().user(),
            new Query.Expunged(session.folder().id(), from, Integer.MAX_VALUE, since))
        .compose(
            page -> {
              gone.addAll(page.uids());
              return page.next() == 0
                  ? Future.succeededFuture()
                  : expunged(session, page.next(), since, gone);
            });
  }

  /** Whether a mail must be opened for this. */
  static boolean opens(FetchItem item) {
    return section(item) != null
        || item instanceof FetchItem.Binary
        || item instanceof FetchItem.BinarySize;
  }

  /** RFC 3501 names of sections. */
  static FetchItem.@org.jspecify.annotations.Nullable Body section(FetchItem item) {
    if (item instanceof FetchItem.Body body) {
      return body;
    }
    Section.Text text =
        item == Simple.RFC822_HEADER
            ? Section.Text.HEADER
            : item == Simple.RFC822_TEXT ? Section.Text.TEXT : null;
    return text == null && item != Simple.RFC822
        ? null
        : new FetchItem.Body(new Section(List.of(), text, List.of()), null, true);
  }
}
