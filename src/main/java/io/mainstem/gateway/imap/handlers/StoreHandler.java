package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.rendering.FetchText;
import io.mainstem.gateway.imap.rendering.ImapText;
import io.mainstem.gateway.imap.session.Following;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.gateway.imap.session.Status;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.UidRange;
import io.mainstem.mailbox.state.Flags;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** STORE (RFC 9051 §6.4.6) with UNCHANGEDSINCE (RFC 7162 §3.1.3). */
final class StoreHandler {
  /** As many messages as one entry of the log changes. */
  static final int MAX_PER_ENTRY = 1000;

  private final ImapParts parts;
  private final Following following;

  StoreHandler(ImapParts parts, Following following) {
    this.parts = parts;
    this.following = following;
  }

  Future<Outcome> onStore(Session.Selected session, ImapCommand.Store command, Output out) {
    if (session.folder().isReadOnly()) {
      throw Refused.no("READ-ONLY", "The mailbox was opened to read");
    }
    Set<String> flags = known(command.flags());
    if (command.unchangedSince() >= 0) {
      session.login().onCondstore(); // RFC 7162 §3.1
    }
    List<UidRange> all = session.folder().resolve(command.set(), command.uid());
    var modified = new ArrayList<Integer>();
    Future<Void> stored = Future.succeededFuture();
    for (List<UidRange> piece : Ranges.pieces(all, MAX_PER_ENTRY)) {
      stored =
          stored
              .compose(before -> store(session, command, flags, piece))
              .compose(
                  left -> {
                    modified.addAll(left);
                    return tell(session, command, piece, left, out);
                  });
    }
    return stored.map(
        done ->
            Outcome.of(
                session,
                modified.isEmpty()
                    ? Status.ok("STORE is done")
                    : Status.ok(
                        "MODIFIED " + modified(session, command, modified),
                        "Others had changed since")));
  }

  /** System flags that exist and keywords; \Recent is nobody's to set (RFC 3501 §2.3.2). */
  static Set<String> known(Set<String> flags) {
    var out = new TreeSet<String>();
    for (String flag : flags) {
      if (flag.equalsIgnoreCase("\\Recent")) {
        continue;
      }
      if (Flags.isSystem(flag) && !Flags.isKnown(flag)) {
        throw Refused.no("CANNOT", "There is no flag " + flag);
      }
      out.add(flag);
    }
    return out;
  }

  private Future<List<Integer>> store(
      Session.Selected session,
      ImapCommand.Store command,
      Set<String> flags,
      List<UidRange> piece) {
    if (command.unchangedSince() == 0) {
      // No message has modseq 0: nothing is unchanged since then (RFC 7162 §3.1.3).
      return Future.succeededFuture(Ranges.uids(piece));
    }
    return parts
        .submit(
            session.login(),
            new Command.StoreFlags(
                session.folder().id(),
                Ranges.uids(piece),
                flags,
                switch (command.mode()) {
                  case SET -> Command.FlagsMode.SET;
                  case ADD -> Command.FlagsMode.ADD;
                  case REMOVE -> Command.FlagsMode.REMOVE;
                },
                Math.max(0, command.unchangedSince())))
        .map(
            reply -> {
              if (reply.changed()) {
                session.folder().onOwn(reply.cursor().seq());
              }
              return reply.modified();
            });
  }

  /**
   * The new flags; of a silent STORE, the new modseqs alone, for who asked for them. What was left
   * alone is told with its flags as they are (RFC 7162 §3.1.3).
   */
  private Future<Void> tell(
      Session.Selected session,
      ImapCommand.Store command,
      List<UidRange> piece,
      List<Integer> left,
      Output out) {
    boolean modseq = session.login().usesCondstore();
    if (command.silent() && !modseq) {
      return Future.succeededFuture();
    }
    var folder = session.folder();
    Future<Void> told = Future.succeededFuture();
    for (UidRange r : piece) {
      told =
          told.compose(
              before ->
                  following.placements(
                      session.login().user(),
                      new Query.Placements(folder.id(), r.from(), r.to(), 0),
                      p -> {
                        int number = folder.uids().number(p.uid());
                        if (number == 0) {
                          return;
                        }
                        folder.onKeywords(out, p);
                        out.untagged(
                            command.silent() && !left.contains(p.uid())
                                ? FetchText.modseq(number, p)
                                : FetchText.flags(number, p, modseq));
                      }));
    }
    return told;
  }

  private static String modified(
      Session.Selected session, ImapCommand.Store command, List<Integer> uids) {
    var ascending = uids.stream().mapToInt(uid -> uid).sorted();
    return ImapText.set(command.uid() ? ascending : session.folder().numbers(ascending));
  }
}
