package io.mainstem.gateway.smtp.protocol;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * A position in one command line, with the small steps that the grammar of RFC 5321 §4.1.2 is made
 * of.
 */
final class Scanner {
  private final String text;
  private int at;

  Scanner(String text) {
    this.text = text;
  }

  boolean isEnd() {
    return at == text.length();
  }

  int position() {
    return at;
  }

  String since(int start) {
    return text.substring(start, at);
  }

  /** The next character, or NUL at the end: no line holds a NUL. */
  char peek() {
    return isEnd() ? '\0' : text.charAt(at);
  }

  @CanIgnoreReturnValue
  char next() {
    return text.charAt(at++);
  }

  boolean take(char c) {
    if (peek() != c || isEnd()) {
      return false;
    }
    at++;
    return true;
  }

  /** Takes this ASCII word if it stands here, in upper or lower case. */
  boolean takeWord(String word) {
    if (!text.regionMatches(true, at, word, 0, word.length())) {
      return false;
    }
    at += word.length();
    return true;
  }

  /** As many characters as fit, perhaps none. */
  @CanIgnoreReturnValue
  String takeWhile(IntPredicate fits) {
    int start = at;
    while (!isEnd() && fits.test(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  void skipSpaces() {
    takeWhile(c -> c == ' ');
  }

  @CanIgnoreReturnValue
  String rest() {
    String rest = text.substring(at);
    at = text.length();
    return rest;
  }

  /** {@code atext} of RFC 5322 §3.2.3, and what RFC 6531 §3.3 adds to it. */
  static boolean isAtomText(int c) {
    return isLetterOrDigit(c) || c > 0x7f || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
  }

  static boolean isLetterOrDigit(int c) {
    return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
  }

  static boolean isAscii(String s) {
    for (int i = 0; i < s.length(); i++) {
      if (s.charAt(i) > 0x7f) {
        return false;
      }
    }
    return true;
  }

  static String upper(String s) {
    return s.toUpperCase(Locale.ROOT);
  }
}
