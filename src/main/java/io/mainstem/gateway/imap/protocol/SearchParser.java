package io.mainstem.gateway.imap.protocol;

import io.mainstem.gateway.imap.protocol.ImapCommand.Order;
import io.mainstem.gateway.imap.protocol.ImapCommand.SortBy;
import io.mainstem.gateway.imap.protocol.SearchKey.DateOf;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads SEARCH, SORT and THREAD, behind the word, and what they look for (RFC 9051 §9 {@code
 * search-program}).
 */
final class SearchParser {
  /** As deep as keys may be nested in one another. */
  private static final int MAX_DEPTH = 32;

  private static final int MAX_ORDER = 10;

  private static final Set<String> RETURNS = Set.of("MIN", "MAX", "ALL", "COUNT", "SAVE");
  private static final Set<String> CHARSETS = Set.of("UTF-8", "US-ASCII");

  private final Scanner in;
  private int depth;

  SearchParser(Scanner in) {
    this.in = in;
  }

  /** Takes a charset's name; only UTF-8 and US-ASCII are known. */
  private static void charset(Scanner in) {
    String charset = in.astring().toUpperCase(Locale.ROOT);
    if (!CHARSETS.contains(charset)) {
      throw new BadCharset();
    }
  }

  /** NO [BADCHARSET (…)] rather than BAD (RFC 9051 §6.4.4). */
  static final class BadCharset extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadCharset() {
      super("Strings are searched in UTF-8", null, false, false);
    }
  }

  /** RFC 9051 §6.4.4, RFC 4731. */
  ImapCommand search(boolean uid) {
    in.space();
    Set<String> result = null;
    if (in.takeWord("RETURN")) {
      in.space();
      in.expect('(');
      result = new TreeSet<>();
      if (!in.take(')')) {
        do {
          result.add(in.wordOf(RETURNS, "SEARCH returns"));
        } while (in.take(' '));
        in.expect(')');
      }
      if (result.isEmpty()) {
        result.add("ALL");
      }
      in.space();
    }
    if (in.takeWord("CHARSET")) {
      in.space();
      charset(in);
      in.space();
    }
    return new ImapCommand.Search(result, keys(), uid);
  }

  /** RFC 5256 BASE.6.4.SORT. */
  ImapCommand sort(boolean uid) {
    in.space();
    in.expect('(');
    var order = new ArrayList<Order>();
    do {
      boolean reverse = in.takeWord("REVERSE");
      if (reverse) {
        in.space();
      }
      String word = in.word();
      SortBy by = null;
      for (SortBy known : SortBy.values()) {
        by = known.name().equals(word) ? known : by;
      }
      if (by == null || order.size() == MAX_ORDER) {
        throw new Malformed("SORT knows no " + word);
      }
      order.add(new Order(by, reverse));
    } while (in.take(' '));
    in.expect(')');
    in.space();
    charset(in);
    in.space();
    return new ImapCommand.Sort(order, keys(), uid);
  }

  ImapCommand thread(boolean uid) {
    in.space();
    String algorithm = in.word().toUpperCase(Locale.ROOT);
    if (!algorithm.equals("REFERENCES") && !algorithm.equals("ORDEREDSUBJECT")) {
      throw new Malformed("THREAD knows REFERENCES and ORDEREDSUBJECT");
    }
    in.space();
    charset(in);
    in.space();
    return new ImapCommand.Thread(algorithm.equals("REFERENCES"), keys(), uid);
  }

  /** One key or more, all of which a message must meet. */
  private SearchKey keys() {
    var keys = new ArrayList<SearchKey>();
    do {
      keys.add(key());
    } while (in.take(' '));
    return keys.size() == 1 ? keys.get(0) : new SearchKey.And(keys);
  }

  private SearchKey key() {
    if (++depth > MAX_DEPTH) {
      throw new Malformed("Search keys are nested too deep");
    }
    try {
      if (in.take('(')) {
        SearchKey keys = keys();
        in.expect(')');
        return keys;
      }
      int c = in.peek();
      if (c >= '0' && c <= '9' || c == '*' || c == '$') {
        return new SearchKey.Numbers(in.sequenceSet());
      }
      return named(in.word());
    } finally {
      depth--;
    }
  }

  private SearchKey named(String word) {
    return switch (word) {
      case "ALL" -> new SearchKey.All();
      case "ANSWERED", "DELETED", "DRAFT", "FLAGGED", "SEEN" -> flag(word);
      case "UNANSWERED", "UNDELETED", "UNDRAFT", "UNFLAGGED", "UNSEEN" ->
          new SearchKey.Not(flag(word.substring(2)));
      // RFC 9051 has no \Recent: nothing is recent, so everything is old (RFC 3501 §2.3.2).
      case "RECENT", "NEW" -> new SearchKey.Not(new SearchKey.All());
      case "OLD" -> new SearchKey.All();
      case "KEYWORD" -> new SearchKey.Flag(space().flag());
      case "UNKEYWORD" -> new SearchKey.Not(new SearchKey.Flag(space().flag()));
      case "BCC", "CC", "FROM", "SUBJECT", "TO" -> new SearchKey.Header(word, text());
      case "HEADER" -> new SearchKey.Header(text(), text());
      case "BODY" -> new SearchKey.Body(text());
      case "TEXT" -> new SearchKey.Text(text());
      case "LARGER" -> new SearchKey.Larger(space().number64());
      case "SMALLER" -> new SearchKey.Smaller(space().number64());
      case "NOT" -> new SearchKey.Not(space(this::key));
      case "OR" -> new SearchKey.Or(space(this::key), space(this::key));
      case "UID" -> new SearchKey.Uids(space().sequenceSet());
      case "YOUNGER" -> new SearchKey.Younger(interval());
      case "OLDER" -> new SearchKey.Older(interval());
      case "MODSEQ" -> modseq();
      case "EMAILID" -> new SearchKey.EmailId(space().astring());
      case "THREADID" -> new SearchKey.ThreadId(space().astring());
      // RFC 8514 §4.3: every message here has a save date.
      case "SAVEDATESUPPORTED" -> new SearchKey.All();
      default -> dated(word);
    };
  }

  private SearchKey dated(String word) {
    DateOf of =
        word.startsWith("SENT")
            ? DateOf.SENT
            : word.startsWith("SAVED") ? DateOf.SAVED : DateOf.INTERNAL;
    return switch (word) {
      case "BEFORE", "SENTBEFORE", "SAVEDBEFORE" -> new SearchKey.Before(of, date());
      case "ON", "SENTON", "SAVEDON" -> new SearchKey.On(of, date());
      case "SINCE", "SENTSINCE", "SAVEDSINCE" -> new SearchKey.Since(of, date());
      default -> throw new Malformed("There is no search key " + word);
    };
  }

  private static SearchKey flag(String word) {
    return new SearchKey.Flag("\\" + word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT));
  }

  private java.time.LocalDate date() {
    return DateParser.date(text());
  }

  private String text() {
    return space().astring();
  }

  private long interval() {
    long seconds = space().number();
    if (seconds == 0) {
      throw new Malformed("An interval has at least one second"); // RFC 5032 §3
    }
    return seconds;
  }

  /** {@code MODSEQ ["/flags/…" all] n} (RFC 7162 §3.1.5): our modseqs are of the whole message. */
  private SearchKey modseq() {
    in.space();
    if (in.peek() == '"') {
      in.string();
      in.space();
      String type = in.word();
      if (!List.of("ALL", "PRIV", "SHARED").contains(type)) {
        throw new Malformed("MODSEQ takes all, priv or shared");
      }
      in.space();
    }
    return new SearchKey.Modseq(in.number64());
  }

  private Scanner space() {
    in.space();
    return in;
  }

  private SearchKey space(java.util.function.Supplier<SearchKey> key) {
    in.space();
    return key.get();
  }
}
