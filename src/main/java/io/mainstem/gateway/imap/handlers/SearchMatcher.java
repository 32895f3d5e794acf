package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.SearchKey;
import io.mainstem.gateway.imap.session.UidMap;
import io.mainstem.mailbox.PlacementView;
import io.mainstem.mailbox.SummaryView;
import io.mainstem.mailbox.UidRange;
import io.mainstem.mailbox.state.Flags;
import io.mainstem.message.Person;
import io.mainstem.mime.Mails;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether a message meets a search key. Looks at placement and summary first, and opens the mail
 * only when these do not decide. Runs on a worker; of one search, one at a time.
 */
final class SearchMatcher {
  /** Fields that a summary has. */
  private static final Set<String> SUMMARY_FIELDS =
      Set.of("FROM", "TO", "CC", "BCC", "SUBJECT", "MESSAGE-ID", "IN-REPLY-TO");

  /** A line end that no folded line follows (RFC 5322 §2.2.3). */
  private static final Pattern FIELD_END = Pattern.compile("\r?\n(?![ \t])");

  private final SearchKey key;
  private final UidMap uids;
  private final List<UidRange> saved;
  private final Mails mails;
  private final long nowMillis;

  /**
   * @param saved what {@code $} stands for
   */
  SearchMatcher(SearchKey key, UidMap uids, List<UidRange> saved, Mails mails, long nowMillis) {
    this.key = key;
    this.uids = uids;
    this.saved = saved;
    this.mails = mails;
    this.nowMillis = nowMillis;
  }

  /** A message and what was loaded of it. */
  record Candidate(
      PlacementView placement, @Nullable SummaryView summary, @Nullable MailBytes mail) {}

  static boolean needsSummary(SearchKey key) {
    return switch (key) {
      case SearchKey.And and -> and.keys().stream().anyMatch(SearchMatcher::needsSummary);
      case SearchKey.Or or -> needsSummary(or.one()) || needsSummary(or.other());
      case SearchKey.Not not -> needsSummary(not.key());
      case SearchKey.Header header -> true;
      case SearchKey.Since since -> since.of() == SearchKey.DateOf.SENT;
      case SearchKey.Before before -> before.of() == SearchKey.DateOf.SENT;
      case SearchKey.On on -> on.of() == SearchKey.DateOf.SENT;
      case SearchKey.Body b -> true;
      case SearchKey.Text t -> true;
      default -> false;
    };
  }

  static boolean needsBody(SearchKey key) {
    return switch (key) {
      case SearchKey.And and -> and.keys().stream().anyMatch(SearchMatcher::needsBody);
      case SearchKey.Or or -> needsBody(or.one()) || needsBody(or.other());
      case SearchKey.Not not -> needsBody(not.key());
      case SearchKey.Header h -> !SUMMARY_FIELDS.contains(h.field().toUpperCase(Locale.ROOT));
      case SearchKey.Body b -> true;
      case SearchKey.Text t -> true;
      default -> false;
    };
  }

  static boolean asksModseq(SearchKey key) {
    return switch (key) {
      case SearchKey.And and -> and.keys().stream().anyMatch(SearchMatcher::asksModseq);
      case SearchKey.Or or -> asksModseq(or.one()) || asksModseq(or.other());
      case SearchKey.Not not -> asksModseq(not.key());
      case SearchKey.Modseq m -> true;
      default -> false;
    };
  }

  boolean matches(Candidate c) {
    Boolean cheap = decide(key, c, false);
    return cheap != null ? cheap : Boolean.TRUE.equals(decide(key, c, true));
  }

  /**
   * @param open whether mails may be opened
   * @return null when only that decides
   */
  private @Nullable Boolean decide(SearchKey k, Candidate c, boolean open) {
    return switch (k) {
      case SearchKey.And and -> all(and.keys(), c, open);
      case SearchKey.Or or -> {
        Boolean one = decide(or.one(), c, open);
        Boolean other = Boolean.TRUE.equals(one) ? one : decide(or.other(), c, open);
        yield Boolean.TRUE.equals(one) || Boolean.TRUE.equals(other)
            ? Boolean.TRUE
            : one == null || other == null ? null : Boolean.FALSE;
      }
      case SearchKey.Not not -> {
        Boolean inner = decide(not.key(), c, open);
        yield inner == null ? null : !inner;
      }
      case SearchKey.Header h -> header(h, c, open);
      case SearchKey.Body b -> open ? body(b.text(), c) : null;
      case SearchKey.Text t -> open ? shown(t.text(), c) || body(t.text(), c) : null;
      default -> plain(k, c);
    };
  }

  private @Nullable Boolean all(List<SearchKey> keys, Candidate c, boolean open) {
    boolean unknown = false;
    for (SearchKey k : keys) {
      Boolean one = decide(k, c, open);
      if (Boolean.FALSE.equals(one)) {
        return false;
      }
      unknown |= one == null;
    }
    return unknown ? null : Boolean.TRUE;
  }

  /** Keys that the placement, or the Date of the summary, decides. */
  private boolean plain(SearchKey k, Candidate c) {
    PlacementView p = c.placement();
    return switch (k) {
      case SearchKey.All all -> true;
      case SearchKey.Numbers n ->
          n.set().isSaved()
              ? isSaved(p.uid())
              : n.set().contains(uids.number(p.uid()), uids.size());
      case SearchKey.Uids u ->
          u.set().isSaved() ? isSaved(p.uid()) : u.set().contains(p.uid(), uids.lastUid());
      case SearchKey.Flag f ->
          Flags.isSystem(f.flag())
              ? (p.flags() & Flags.bits(Set.of(f.flag()))) != 0
              : p.keywords().stream().anyMatch(w -> w.equalsIgnoreCase(f.flag()));
      case SearchKey.Larger l -> p.sizeBytes() > l.sizeBytes();
      case SearchKey.Smaller s -> p.sizeBytes() < s.sizeBytes();
      case SearchKey.Since s -> !date(s.of(), c).isBefore(s.day());
      case SearchKey.Before b -> date(b.of(), c).isBefore(b.day());
      case SearchKey.On on -> date(on.of(), c).equals(on.day());
      case SearchKey.Younger y -> nowMillis - p.receivedMillis() <= y.seconds() * 1000;
      case SearchKey.Older o -> nowMillis - p.receivedMillis() >= o.seconds() * 1000;
      case SearchKey.Modseq m -> p.modseq() >= m.atLeast();
      case SearchKey.EmailId e -> p.emailId().equals(e.id());
      case SearchKey.ThreadId t -> p.thread().value().equals(t.id());
      case SearchKey.And and -> throw new IllegalStateException("decided above");
      case SearchKey.Or or -> throw new IllegalStateException("decided above");
      case SearchKey.Not not -> throw new IllegalStateException("decided above");
      case SearchKey.Header h -> throw new IllegalStateException("decided above");
      case SearchKey.Body b -> throw new IllegalStateException("decided above");
      case SearchKey.Text t -> throw new IllegalStateException("decided above");
    };
  }

  private boolean isSaved(int uid) {
    return saved.stream().anyMatch(r -> r.holds(uid));
  }

  /** Days are those of the date's own zone (RFC 9051 §6.4.4: zones do not count). */
  private static LocalDate date(SearchKey.DateOf of, Candidate c) {
    PlacementView p = c.placement();
    return switch (of) {
      case INTERNAL ->
          Instant.ofEpochMilli(p.receivedMillis())
              .atOffset(ZoneOffset.ofTotalSeconds(p.zoneMinutes() * 60))
              .toLocalDate();
      case SAVED -> Instant.ofEpochMilli(p.savedMillis()).atOffset(ZoneOffset.UTC).toLocalDate();
      case SENT -> {
        SummaryView s = c.summary();
        Long sent = s == null ? null : s.headers().dateMillis();
        yield Instant.ofEpochMilli(sent == null ? p.receivedMillis() : sent)
            .atOffset(ZoneOffset.UTC)
            .toLocalDate();
      }
    };
  }

  private @Nullable Boolean header(SearchKey.Header h, Candidate c, boolean open) {
    String field = h.field().toUpperCase(Locale.ROOT);
    SummaryView s = c.summary();
    if (SUMMARY_FIELDS.contains(field)) {
      SummaryView.Text t = s == null ? null : s.text();
      if (s == null || t == null) {
        return false;
      }
      String value =
          switch (field) {
            case "FROM" -> people(List.of(t.from()));
            case "TO" -> people(t.to());
            case "CC" -> people(t.cc());
            case "BCC" -> people(s.headers().bcc());
            case "SUBJECT" -> t.subject();
            case "MESSAGE-ID" -> id(s.headers().messageId());
            default -> id(s.headers().inReplyTo());
          };
      return h.text().isEmpty() ? !value.isEmpty() : contains(value, h.text());
    }
    return open ? fieldContains(h, c) : null;
  }

  private static String id(@Nullable String id) {
    return id == null ? "" : "<" + id + ">";
  }

  private static String people(List<Person> people) {
    return people.stream()
        .map(p -> Objects.requireNonNullElse(p.name(), "") + " <" + p.address() + ">")
        .collect(Collectors.joining(", "));
  }

  private static boolean fieldContains(SearchKey.Header h, Candidate c) {
    String wanted = h.field().toLowerCase(Locale.ROOT) + ":";
    for (String line : FIELD_END.split(header(c), -1)) {
      if (line.toLowerCase(Locale.ROOT).startsWith(wanted)
          && contains(line.substring(wanted.length()), h.text())) {
        return true;
      }
    }
    return false;
  }

  private static String header(Candidate c) {
    try {
      MailBytes mail = c.mail();
      return mail == null ? "" : new String(mail.header(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is shown of the header, decoded, or the header as it stands. */
  private static boolean shown(String text, Candidate c) {
    SummaryView s = c.summary();
    SummaryView.Text t = s == null ? null : s.text();
    return t != null
            && (contains(t.subject(), text)
                || contains(people(List.of(t.from())), text)
                || contains(people(t.to()), text)
                || contains(people(t.cc()), text))
        || contains(header(c), text);
  }

  private boolean body(String text, Candidate c) {
    MailBytes mail = c.mail();
    return mail != null && !mail.isErased() && contains(mail.text(mails), text);
  }

  private static boolean contains(String in, String text) {
    return CaseMap.of(in).contains(CaseMap.of(text));
  }
}
