package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.rendering.ImapText;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.SummaryView;
import io.mainstem.mailbox.UidRange;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * SEARCH (RFC 9051 §6.4.4, RFC 4731). Goes through the folder page by page, away from the event
 * loop; opens a mail only when nothing else decides.
 */
final class SearchHandler {
  private final ImapParts parts;

  SearchHandler(ImapParts parts) {
    this.parts = parts;
  }

  Future<Outcome> onSearch(
      Session.Selected session, String tag, ImapCommand.Search command, Output out) {
    var found = new ArrayList<Match>();
    Set<String> result = command.result();
    Set<String> saves = result != null && result.contains("SAVE") ? result : null;
    return find(session, command.key(), false, found::add)
        .map(
            done -> {
              tell(session, tag, command, found, out);
              if (saves != null) {
                session.folder().onSaved(saved(saves, found));
              }
              return Handlers.done(session, "SEARCH is done");
            })
        .onFailure(
            cause -> {
              if (saves != null) {
                session.folder().onSaved(List.of()); // RFC 9051 §6.4.4.1
              }
            });
  }

  /** A message that was found; with its summary where that was needed. */
  record Match(int uid, long modseq, @Nullable SummaryView summary) {}

  /** With MIN or MAX alone, only these are saved (RFC 9051 §6.4.4.4). */
  private static List<UidRange> saved(Set<String> result, List<Match> found) {
    boolean ends = result.contains("MIN") || result.contains("MAX");
    if (!ends || found.isEmpty() || result.contains("ALL") || result.contains("COUNT")) {
      return Ranges.of(found.stream().mapToInt(Match::uid));
    }
    var out = new ArrayList<UidRange>();
    int min = found.get(0).uid();
    int max = found.get(found.size() - 1).uid();
    if (result.contains("MIN")) {
      out.add(new UidRange(min, min));
    }
    if (result.contains("MAX") && !(result.contains("MIN") && min == max)) {
      out.add(new UidRange(max, max));
    }
    return out;
  }

  private static void tell(
      Session.Selected session,
      String tag,
      ImapCommand.Search command,
      List<Match> found,
      Output out) {
    var folder = session.folder();
    int[] numbers =
        found.stream()
            .mapToInt(m -> command.uid() ? m.uid() : folder.uids().number(m.uid()))
            .toArray();
    boolean modseq = SearchMatcher.asksModseq(command.key());
    if (modseq) {
      session.login().onCondstore(); // RFC 7162 §3.1.5
    }
    long highest = found.stream().mapToLong(Match::modseq).max().orElse(0);
    Set<String> result = command.result();
    if (result == null && session.login().isRev2()) {
      result = Set.of("ALL"); // RFC 9051 §6.4.4
    }
    if (result == null) {
      var text = new StringBuilder("SEARCH");
      for (int n : numbers) {
        text.append(' ').append(n);
      }
      out.untagged(
          modseq && numbers.length > 0 ? text + " (MODSEQ " + highest + ")" : text.toString());
      return;
    }
    if (result.equals(Set.of("SAVE"))) {
      return; // RFC 9051 §6.4.4.1: nothing is told but the end
    }
    var text = new StringBuilder("ESEARCH (TAG " + ImapText.quoted(tag) + ")");
    text.append(command.uid() ? " UID" : "");
    if (numbers.length > 0) {
      text.append(result.contains("MIN") ? " MIN " + numbers[0] : "");
      text.append(result.contains("MAX") ? " MAX " + numbers[numbers.length - 1] : "");
      text.append(
          result.contains("ALL") ? " ALL " + ImapText.set(java.util.Arrays.stream(numbers)) : "");
    }
    text.append(result.contains("COUNT") ? " COUNT " + numbers.length : "");
    text.append(modseq && numbers.length > 0 ? " MODSEQ " + highest : "");
    out.untagged(text.toString());
  }

  /**
   * Finds messages, in ascending order.
   *
   * @param summaries whether a match comes with its summary whatever the key
   */
  Future<Void> find(
      Session.Selected session,
      io.mainstem.gateway.imap.protocol.SearchKey key,
      boolean summaries,
      Consumer<Match> each) {
    var matcher =
        new SearchMatcher(
            key,
            session.folder().uids(),
            session.folder().saved(),
            parts.mails(),
            parts.nowMillis().getAsLong());
    boolean summary = summaries || SearchMatcher.needsSummary(key);
    boolean body = SearchMatcher.needsBody(key);
    return page(session, matcher, summary || body, body, 1, each);
  }

  private Future<Void> page(
      Session.Selected session,
      SearchMatcher matcher,
      boolean summary,
      boolean body,
      int from,
      Consumer<Match> each) {
    return rows(session, summary, body, from)
        .compose(
            page ->
                parts
                    .workers()
                    .executeBlocking(
                        () -> {
                          var out = new ArrayList<Match>();
                          for (SearchMatcher.Candidate c : page.candidates()) {
                            if (matcher.matches(c)) {
                              var p = c.placement();
                              out.add(new Match(p.uid(), p.modseq(), c.summary()));
                            }
                          }
                          return out;
                        },
                        false)
                    .compose(
                        found -> {
                          found.forEach(each);
                          return page.next() == 0
                              ? Future.succeededFuture()
                              : page(session, matcher, summary, body, page.next(), each);
                        }));
  }

  private record Page(List<SearchMatcher.Candidate> candidates, int next) {}

  private Future<Page> rows(Session.Selected session, boolean summary, boolean body, int from) {
    var user = session.login().user();
    var folder = session.folder();
    int to = Math.max(1, folder.uids().lastUid());
    if (!summary) {
      return parts
          .mailboxes()
          .query(user, new Query.Placements(folder.id(), from, to, 0))
          .map(
              page ->
                  new Page(
                      page.placements().stream()
                          .filter(p -> folder.uids().number(p.uid()) > 0)
                          .map(p -> new SearchMatcher.Candidate(p, null, null))
                          .toList(),
                      page.next()));
    }
    return parts
        .mailboxes()
        .query(user, new Query.Summaries(folder.id(), from, to))
        .compose(
            page -> {
              List<SummaryView> seen =
                  page.summaries().stream()
                      .filter(s -> folder.uids().number(s.placement().uid()) > 0)
                      .toList();
              Future<Map<Integer, MailBytes>> mails =
                  body && !seen.isEmpty()
                      ? mails(
                          session,
                          seen.get(0).placement().uid(),
                          seen.get(seen.size() - 1).placement().uid(),
                          new HashMap<>())
                      : Future.succeededFuture(Map.of());
              return mails.map(
                  byUid ->
                      new Page(
                          seen.stream()
                              .map(
                                  s ->
                                      new SearchMatcher.Candidate(
                                          s.placement(), s, byUid.get(s.placement().uid())))
                              .collect(Collectors.toList()),
                          page.next()));
            });
  }

  private Future<Map<Integer, MailBytes>> mails(
      Session.Selected session, int from, int to, Map<Integer, MailBytes> out) {
    return parts
        .mailboxes()
        .query(session.login().user(), new Query.Bodies(session.folder().id(), from, to))
        .compose(
            page -> {
              page.bodies()
                  .forEach(b -> out.put(b.placement().uid(), new MailBytes(parts.blobs(), b)));
              return page.next() == 0
                  ? Future.succeededFuture(out)
                  : mails(session, page.next(), to, out);
            });
  }
}
