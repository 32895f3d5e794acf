package io.mainstem.gateway.imap.protocol;

import java.util.List;

/**
 * Message numbers or UIDs as a client names them (RFC 9051 §9 {@code sequence-set}).
 *
 * @param ranges in the client's order
 */
public record SequenceSet(List<Range> ranges) {
  /** Stands for {@code *}: the largest number there is. */
  public static final int LAST = 0;

  /** {@code $}, the saved result of a search (RFC 9051 §6.4.4.1). */
  public static final SequenceSet SAVED = new SequenceSet(List.of());

  public SequenceSet {
    ranges = List.copyOf(ranges);
  }

  /** From and to in any order, each may be {@link #LAST}. */
  public record Range(int from, int to) {
    /** Its lower end when the largest number is {@code max}. */
    public int low(int max) {
      return Math.min(end(from, max), end(to, max));
    }

    public int high(int max) {
      return Math.max(end(from, max), end(to, max));
    }

    private static int end(int n, int max) {
      return n == LAST ? max : n;
    }
  }

  public static SequenceSet of(int... numbers) {
    return new SequenceSet(
        java.util.Arrays.stream(numbers).mapToObj(n -> new Range(n, n)).toList());
  }

  public boolean isSaved() {
    return ranges.isEmpty();
  }

  /** Whether {@code n} is meant, when {@code max} is the largest number. */
  public boolean contains(int n, int max) {
    for (Range r : ranges) {
      if (n >= r.low(max) && n <= r.high(max)) {
        return true;
      }
    }
    return false;
  }

  /** How many numbers are named; {@code *} is none of them. */
  public long count() {
    long count = 0;
    for (Range r : ranges) {
      count += (long) Math.abs(r.to() - r.from()) + 1;
    }
    return count;
  }

  /** Whether every number is above the one before it, as RFC 7162 §3.2.5.2 asks of pairs. */
  public boolean isAscending() {
    int last = 0;
    for (Range r : ranges) {
      if (r.from() <= last || r.to() < r.from()) {
        return false;
      }
      last = r.to();
    }
    return true;
  }

  @Override
  public String toString() {
    if (isSaved()) {
      return "$";
    }
    var out = new StringBuilder();
    for (Range r : ranges) {
      if (!out.isEmpty()) {
        out.append(',');
      }
      out.append(number(r.from()));
      if (r.from() != r.to()) {
        out.append(':').append(number(r.to()));
      }
    }
    return out.toString();
  }

  private static String number(int n) {
    return n == LAST ? "*" : String.valueOf(n);
  }
}
