package io.mainstem.gateway.imap.session;

import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.PlacementView;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.UidRange;
import io.mainstem.message.FolderId;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Loads a folder for a session and brings it up to date: from the entries of the log since its
 * cursor, or, where these are too many, from the folder's pages.
 */
public final class Following {
  private static final int FRAMES = 256;

  private final MailboxService mailboxes;

  public Following(MailboxService mailboxes) {
    this.mailboxes = mailboxes;
  }

  /**
   * What SELECT tells.
   *
   * @param folder as it was at the cursor
   * @param firstUnseen UID; 0: none
   */
  public record Loaded(UidMap uids, int firstUnseen, FolderView folder, Cursor cursor) {}

  public Future<Loaded> load(UserId user, FolderId folder) {
    return load(user, folder, 1, new UidMap(), 0, null);
  }

  /**
   * Pages may be of different moments: the first one's cursor counts, and later entries are met
   * again without effect.
   */
  private Future<Loaded> load(
      UserId user,
      FolderId folder,
      int from,
      UidMap uids,
      int firstUnseen,
      Query.@Nullable UidPage first) {
    return mailboxes
        .query(user, new Query.Uids(folder, from))
        .compose(
            page -> {
              page.uids().forEach(r -> uids.add(r.from(), r.to()));
              int unseen =
                  firstUnseen > 0 || page.unseen().isEmpty()
                      ? firstUnseen
                      : page.unseen().get(0).from();
              var head = first == null ? page : first;
              return page.next() == 0
                  ? Future.succeededFuture(new Loaded(uids, unseen, head.folder(), head.cursor()))
                  : load(user, folder, page.next(), uids, unseen, head);
            });
  }

  /** Follows the log to its end, telling as it goes. */
  public Future<Void> sync(Session.Selected session, Output out, boolean mayExpunge) {
    var folder = session.folder();
    return mailboxes
        .query(session.login().user(), new Query.Updates(folder.cursor(), FRAMES))
        .compose(
            page -> {
              page.frames().forEach(frame -> folder.onFrame(frame, session.login()));
              folder.tell(out, session.login(), mayExpunge);
              return page.frames().size() < FRAMES
                  ? Future.<Void>succeededFuture()
                  : sync(session, out, mayExpunge);
            })
        .recover(
            cause ->
                cause instanceof Rejected refused && refused.rule() == Rule.RESET
                    ? reload(session, out, mayExpunge)
                    : Future.failedFuture(cause));
  }

  /**
   * Follows the log to its end and tells all of it, with what was kept back because the client did
   * not want to hear of it.
   */
  public Future<Void> tellAll(Session.Selected session, Output out) {
    var folder = session.folder();
    return sync(session, out, true)
        .compose(
            done ->
                folder.unheardSince() == Long.MAX_VALUE
                    ? Future.<Void>succeededFuture()
                    : placements(
                        session.login().user(),
                        new Query.Placements(
                            folder.id(), 1, Integer.MAX_VALUE, Math.max(0, folder.unheardSince())),
                        folder::onChanged))
        .map(
            done -> {
              folder.tellAll(out, session.login());
              return null;
            });
  }

  /** The session is further behind than the log is read: compares the folder with what it knew. */
  public Future<Void> reload(Session.Selected session, Output out, boolean mayExpunge) {
    var folder = session.folder();
    var user = session.login().user();
    long since = folder.cursor().seq();
    int generation = folder.cursor().generation();
    return load(user, folder.id())
        .compose(
            loaded -> {
              if (loaded.cursor().generation() != generation) {
                return Future.<Void>failedFuture(
                    new Rejected(Rule.BUSY, "the mailbox has moved: connect again"));
              }
              missing(folder.uids(), loaded.uids()).forEach(folder::onExpunged);
              for (UidRange r : loaded.uids().ranges()) {
                int from = Math.max(r.from(), folder.uids().lastUid() + 1);
                if (from <= r.to()) {
                  folder.uids().add(from, r.to());
                }
              }
              return placements(
                      user,
                      new Query.Placements(folder.id(), 1, Integer.MAX_VALUE, since),
                      folder::onChanged)
                  .map(
                      done -> {
                        folder.onCursor(loaded.cursor());
                        folder.tell(out, session.login(), mayExpunge);
                        return (Void) null;
                      });
            });
  }

  private static List<UidRange> missing(UidMap known, UidMap now) {
    var out = new ArrayList<UidRange>();
    for (UidRange r : known.ranges()) {
      for (int uid = r.from(); uid <= r.to(); uid++) {
        if (now.number(uid) == 0) {
          out.add(new UidRange(uid, uid));
        }
      }
    }
    return out;
  }

  /** Every placement that a query finds, page by page. */
  public Future<Void> placements(
      UserId user, Query.Placements query, Consumer<PlacementView> each) {
    return mailboxes
        .query(user, query)
        .compose(
            page -> {
              page.placements().forEach(each);
              return page.next() == 0
                  ? Future.<Void>succeededFuture()
                  : placements(
                      user,
                      new Query.Placements(
                          query.folder(), page.next(), query.to(), query.changedSince()),
                      each);
            });
  }
}
