package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that a Range field asks for (RFC 9110 §14.1.2).
 *
 * @param first of the file
 * @param last included
 */
record ByteRange(long first, long last) {
  private static final Pattern ONE =
      Pattern.compile("bytes\\s*=\\s*(\\d{0,18})\\s*-\\s*(\\d{0,18})\\s*");

  long sizeBytes() {
    return last - first + 1;
  }

  /**
   * Null when the whole file is to be sent: there is no range, or one that need not be understood
   * (several, another unit).
   *
   * @throws Refused RANGE_NOT_SATISFIABLE
   */
  static @Nullable ByteRange of(@Nullable String header, long sizeBytes) {
    Matcher m = header == null ? null : ONE.matcher(header);
    if (m == null || !m.matches() || m.group(1).isEmpty() && m.group(2).isEmpty()) {
      return null;
    }
    if (m.group(1).isEmpty()) {
      long suffix = Math.min(sizeBytes, Long.parseLong(m.group(2)));
      if (suffix == 0) {
        throw new Refused(ProblemType.RANGE_NOT_SATISFIABLE);
      }
      return new ByteRange(sizeBytes - suffix, sizeBytes - 1);
    }
    long first = Long.parseLong(m.group(1));
    long last = m.group(2).isEmpty() ? sizeBytes - 1 : Long.parseLong(m.group(2));
    if (last < first && !m.group(2).isEmpty()) {
      return null;
    }
    if (first >= sizeBytes) {
      throw new Refused(ProblemType.RANGE_NOT_SATISFIABLE);
    }
    return new ByteRange(first, Math.min(last, sizeBytes - 1));
  }
}
