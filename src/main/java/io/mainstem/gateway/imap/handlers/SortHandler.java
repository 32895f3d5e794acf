package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.protocol.SearchKey;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.mailbox.SummaryView;
import io.mainstem.message.Person;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** SORT and THREAD (RFC 5256). */
final class SortHandler {
  private final ImapParts parts;
  private final SearchHandler search;

  SortHandler(ImapParts parts, SearchHandler search) {
    this.parts = parts;
    this.search = search;
  }

  /** What a message is sorted and threaded by. */
  record Row(
      int uid,
      long receivedMillis,
      long sentMillis,
      long sizeBytes,
      String from,
      String to,
      String cc,
      BaseSubject subject,
      String messageId,
      List<String> references) {
    /** What needs no quotes (RFC 5322 §3.2.3). */
    private static final Pattern ATOM =
        Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*");

    static Row of(SearchHandler.Match match) {
      SummaryView s = match.summary();
      if (s == null) {
        throw new IllegalStateException("a search for sorting brings summaries");
      }
      var p = s.placement();
      var t = s.text();
      Long sent = s.headers().dateMillis();
      String id = s.headers().messageId();
      String answered = s.headers().inReplyTo();
      // RFC 5256 §3 REFERENCES: In-Reply-To counts when there are no References.
      List<String> references =
          !s.headers().references().isEmpty()
              ? s.headers().references()
              : answered == null ? List.of() : List.of(answered);
      return new Row(
          p.uid(),
          p.receivedMillis(),
          sent == null ? p.receivedMillis() : sent,
          p.sizeBytes(),
          t == null ? "" : local(List.of(t.from())),
          t == null ? "" : local(t.to()),
          t == null ? "" : local(t.cc()),
          BaseSubject.of(t == null ? "" : t.subject()),
          id == null ? "" : unquoted(id),
          references.stream().map(Row::unquoted).toList());
    }

    /** Quoting makes no other Message-ID (RFC 5256 §3 REFERENCES). */
    static String unquoted(String id) {
      int close = id.startsWith("\"") ? id.indexOf("\"@", 1) : -1;
      String local = close < 0 ? "" : id.substring(1, close);
      return ATOM.matcher(local).matches() ? local + id.substring(close + 1) : id;
    }

    /** RFC 5256 §3: the mailbox of the first address. */
    private static String local(List<Person> people) {
      if (people.isEmpty()) {
        return "";
      }
      String address = people.get(0).address();
      int at = address.lastIndexOf('@');
      return CaseMap.of(at < 0 ? address : address.substring(0, at));
    }
  }

  Future<Outcome> onSort(Session.Selected session, ImapCommand.Sort command, Output out) {
    return rows(session, command.key())
        .compose(
            rows ->
                parts
                    .workers()
                    .executeBlocking(
                        () -> {
                          rows.sort(order(command.order()));
                          return rows;
                        },
                        false))
        .map(
            rows -> {
              var text = new StringBuilder("SORT");
              for (Row r : rows) {
                text.append(' ').append(number(session, r.uid(), command.uid()));
              }
              out.untagged(text.toString());
              return Handlers.done(session, "SORT is done");
            });
  }

  private static Comparator<Row> order(List<ImapCommand.Order> order) {
    Comparator<Row> all = null;
    for (ImapCommand.Order o : order) {
      Comparator<Row> one =
          switch (o.by()) {
            case ARRIVAL -> Comparator.comparingLong(Row::receivedMillis);
            case CC -> Comparator.comparing(Row::cc, CaseMap::compare);
            case DATE -> Comparator.comparingLong(Row::sentMillis);
            case FROM -> Comparator.comparing(Row::from, CaseMap::compare);
            case SIZE -> Comparator.comparingLong(Row::sizeBytes);
            case SUBJECT -> Comparator.comparing(r -> r.subject().text(), CaseMap::compare);
            case TO -> Comparator.comparing(Row::to, CaseMap::compare);
          };
      one = o.reverse() ? one.reversed() : one;
      all = all == null ? one : all.thenComparing(one);
    }
    Comparator<Row> last = Comparator.comparingInt(Row::uid);
    return all == null ? last : all.thenComparing(last);
  }

  Future<Outcome> onThread(Session.Selected session, ImapCommand.Thread command, Output out) {
    return rows(session, command.key())
        .compose(
            rows ->
                parts
                    .workers()
                    .executeBlocking(
                        () ->
                            command.references()
                                ? ReferenceThreads.of(rows)
                                : SubjectThreads.of(rows),
                        false))
        .map(
            threads -> {
              var text = new StringBuilder("THREAD");
              threads.forEach(
                  t -> {
                    if (text.length() == 6) {
                      text.append(' ');
                    }
                    t.write(text, uid -> number(session, uid, command.uid()));
                  });
              out.untagged(text.toString());
              return Handlers.done(session, "THREAD is done");
            });
  }

  private static int number(Session.Selected session, int uid, boolean asUid) {
    return asUid ? uid : session.folder().uids().number(uid);
  }

  private Future<List<Row>> rows(Session.Selected session, SearchKey key) {
    int max = parts.config().limits().maxSortMessages();
    if (session.folder().uids().size() > max) {
      return Future.failedFuture(
          Refused.no("LIMIT", "At most " + max + " messages are sorted at once"));
    }
    var rows = new ArrayList<Row>();
    return search.find(session, key, true, match -> rows.add(Row.of(match))).map(rows);
  }
}
