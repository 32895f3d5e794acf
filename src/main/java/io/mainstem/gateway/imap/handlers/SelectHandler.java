package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.rendering.FetchText;
import io.mainstem.gateway.imap.rendering.ImapText;
import io.mainstem.gateway.imap.session.Following;
import io.mainstem.gateway.imap.session.Following.Loaded;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.SelectedFolder;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.gateway.imap.session.Status;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.UidRange;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** SELECT and EXAMINE (RFC 9051 §6.3.2, §6.3.3) with CONDSTORE and QRESYNC (RFC 7162). */
final class SelectHandler {
  private final ImapParts parts;
  private final FolderNames names;
  private final Following following;

  SelectHandler(ImapParts parts, FolderNames names, Following following) {
    this.parts = parts;
    this.names = names;
    this.following = following;
  }

  Future<Outcome> onSelect(
      Session.Authenticated who, Session session, ImapCommand.Select command, Output out) {
    Login login = who.login();
    ImapCommand.Resync resync = command.resync();
    if (resync != null && !login.usesQresync()) {
      // RFC 7162 §3.2.5.
      return Outcome.of(session, Status.bad("Say ENABLE QRESYNC first")).now();
    }
    if (command.condstore()) {
      login.onCondstore();
    }
    if (session instanceof Session.Selected) {
      out.untagged("OK [CLOSED] The mailbox before is closed"); // RFC 9051 §7.1
    }
    return names
        .find(login, command.mailbox())
        .compose(folder -> following.load(login.user(), folder.id()))
        .compose(
            loaded -> {
              var selected =
                  new SelectedFolder(
                      loaded.folder().id(),
                      command.readOnly(),
                      loaded.uids(),
                      Set.of(),
                      loaded.cursor());
              tell(login, loaded, selected, out);
              Future<Void> resynced =
                  resync == null || resync.uidValidity() != loaded.folder().uidValidity()
                      ? Future.succeededFuture()
                      : resync(login, selected, resync, out);
              return resynced.map(
                  done ->
                      Outcome.of(
                          who.toSelected(selected),
                          command.readOnly()
                              ? Status.ok("READ-ONLY", "EXAMINE is done")
                              : Status.ok("READ-WRITE", "SELECT is done")));
            })
        // A SELECT that fails leaves no mailbox selected (RFC 9051 §6.3.2).
        .recover(cause -> Outcome.of(who, Refusals.status(cause)).now());
  }

  private static void tell(Login login, Loaded loaded, SelectedFolder selected, Output out) {
    FolderView f = loaded.folder();
    out.untagged("FLAGS " + selected.flagList());
    out.untagged("OK [PERMANENTFLAGS " + selected.permanentFlags() + "] Flags that are kept");
    out.untagged(selected.uids().size() + " EXISTS");
    if (!login.isRev2()) {
      out.untagged("0 RECENT"); // RFC 3501 §7.3.2
      if (loaded.firstUnseen() > 0) {
        out.untagged(
            "OK [UNSEEN " + selected.uids().number(loaded.firstUnseen()) + "] First unseen");
      }
    }
    out.untagged("OK [UIDVALIDITY " + f.uidValidity() + "] UIDs are valid");
    out.untagged("OK [UIDNEXT " + f.uidNext() + "] Next UID");
    out.untagged("OK [HIGHESTMODSEQ " + Math.max(1, f.highestModseq()) + "] Highest");
    out.untagged("OK [MAILBOXID (" + f.id() + ")] Object id"); // RFC 8474 §4.2
    if (login.isRev2()) {
      // RFC 9051 §6.3.2. A client of IMAP4rev1 would take it for an answer to its next LIST.
      out.untagged("LIST () \"/\" " + FolderNames.encoded(login, f.name()));
    }
  }

  /** What has changed since the client was here last (RFC 7162 §3.2.5). */
  private Future<Void> resync(
      Login login, SelectedFolder selected, ImapCommand.Resync resync, Output out) {
    int last = Integer.MAX_VALUE;
    return vanished(login, selected, resync.modseq(), last)
        .compose(
            gone -> {
              List<UidRange> told = gone;
              var known = resync.known();
              int matched = matched(selected, resync.pairs());
              if (known != null || matched > 0) {
                told = new ArrayList<>();
                for (UidRange r : gone) {
                  for (int uid = Math.max(r.from(), matched + 1); uid <= r.to(); uid++) {
                    if (known == null || known.contains(uid, last)) {
                      told.add(new UidRange(uid, uid));
                    }
                  }
                }
              }
              if (!told.isEmpty()) {
                out.untagged(
                    "VANISHED (EARLIER) "
                        + ImapText.set(
                            told.stream()
                                .flatMapToInt(
                                    r ->
                                        java.util.stream.IntStream.rangeClosed(r.from(), r.to()))));
              }
              return following.placements(
                  login.user(),
                  new Query.Placements(selected.id(), 1, last, resync.modseq()),
                  p -> {
                    int number = selected.uids().number(p.uid());
                    boolean wanted =
                        known == null || known.contains(p.uid(), selected.uids().lastUid());
                    if (number > 0 && wanted) {
                      selected.onKeywords(out, p);
                      out.untagged(FetchText.flags(number, p, true));
                    }
                  });
            });
  }

  /**
   * The highest UID up to which the client's folder is as ours (RFC 7162 §3.2.5.2): where its
   * message numbers still belong to the UIDs that it remembers, nothing before them has gone that
   * it does not know of. 0 when it remembers none.
   */
  private static int matched(SelectedFolder selected, ImapCommand.@Nullable KnownPairs pairs) {
    if (pairs == null) {
      return 0;
    }
    int matched = 0;
    var numbers = pairs.numbers().ranges().iterator();
    var uids = pairs.uids().ranges().iterator();
    int number = 0;
    int numberTo = -1;
    int uid = 0;
    int uidTo = -1;
    while (true) {
      if (number > numberTo) {
        if (!numbers.hasNext()) {
          return matched;
        }
        var next = numbers.next();
        number = next.from();
        numberTo = next.to();
      }
      if (uid > uidTo) {
        if (!uids.hasNext()) {
          return matched;
        }
        var next = uids.next();
        uid = next.from();
        uidTo = next.to();
      }
      if (selected.uids().number(uid) != number) {
        return matched;
      }
      matched = uid;
      number++;
      uid++;
    }
  }

  /** UIDs that were expunged after a modseq, ascending. */
  Future<List<UidRange>> vanished(Login login, SelectedFolder selected, long since, int to) {
    return vanished(login, selected, 1, since, to, new ArrayList<>());
  }

  private Future<List<UidRange>> vanished(
      Login login, SelectedFolder selected, int from, long since, int to, List<UidRange> found) {
    return parts
        .mailboxes()
        .query(login.user(), new Query.Expunged(selected.id(), from, to, since))
        .compose(
            page -> {
              found.addAll(page.uids());
              return page.next() == 0
                  ? Future.succeededFuture(found)
                  : vanished(login, selected, page.next(), since, to, found);
            });
  }
}
