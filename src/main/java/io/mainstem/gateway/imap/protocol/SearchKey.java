package io.mainstem.gateway.imap.protocol;

import java.time.LocalDate;
import java.util.List;

/** What SEARCH looks for (RFC 9051 §6.4.4, RFC 5032, RFC 7162, RFC 8474, RFC 8514). */
public sealed interface SearchKey {
  record All() implements SearchKey {}

  record And(List<SearchKey> keys) implements SearchKey {
    public And {
      keys = List.copyOf(keys);
    }
  }

  record Or(SearchKey one, SearchKey other) implements SearchKey {}

  record Not(SearchKey key) implements SearchKey {}

  record Numbers(SequenceSet set) implements SearchKey {}

  record Uids(SequenceSet set) implements SearchKey {}

  /** A system flag or keyword that is set. */
  record Flag(String flag) implements SearchKey {}

  /** A field of the header contains the text; empty: the field is there. */
  record Header(String field, String text) implements SearchKey {}

  /** The body contains it. */
  record Body(String text) implements SearchKey {}

  /** Header or body contain it. */
  record Text(String text) implements SearchKey {}

  record Larger(long sizeBytes) implements SearchKey {}

  record Smaller(long sizeBytes) implements SearchKey {}

  /** Which date is compared. */
  enum DateOf {
    INTERNAL,
    SENT,
    SAVED
  }

  /** The date, without time and zone, is this day or later. */
  record Since(DateOf of, LocalDate day) implements SearchKey {}

  /** The date is before this day. */
  record Before(DateOf of, LocalDate day) implements SearchKey {}

  record On(DateOf of, LocalDate day) implements SearchKey {}

  /** RFC 5032: not older than so many seconds. */
  record Younger(long seconds) implements SearchKey {}

  record Older(long seconds) implements SearchKey {}

  /** RFC 7162: changed with this modseq or later. */
  record Modseq(long atLeast) implements SearchKey {}

  record EmailId(String id) implements SearchKey {}

  record ThreadId(String id) implements SearchKey {}
}
