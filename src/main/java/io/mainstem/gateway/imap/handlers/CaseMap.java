package io.mainstem.gateway.imap.handlers;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/**
 * Strings as SEARCH, SORT and THREAD compare them, whatever their letter case: {@code
 * i;unicode-casemap} (RFC 5051, which RFC 5256 §7 asks for).
 */
final class CaseMap {
  private CaseMap() {}

  /** Each character in title case, then decomposed (RFC 5051 §2). */
  static String of(String text) {
    byte[] ascii = new byte[text.length()];
    for (int i = 0; i < ascii.length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return decomposed(text);
      }
      ascii[i] = (byte) (c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    return new String(ascii, StandardCharsets.ISO_8859_1);
  }

  private static String decomposed(String text) {
    var out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      int title = Character.toTitleCase(c);
      if (title < 0x80 || isHangul(title)) {
        out.appendCodePoint(title);
      } else {
        out.append(Normalizer.normalize(Character.toString(title), Normalizer.Form.NFKD));
      }
    }
    return out.toString();
  }

  /** Syllables are decomposed by a rule, not by the property that RFC 5051 goes by. */
  private static boolean isHangul(int c) {
    return c >= 0xAC00 && c <= 0xD7A3;
  }

  /** As their bytes in UTF-8 compare, which is by code point. */
  static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Integer.compare(rank(x), rank(y));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** Halves of code points beyond 16 bits come after all others. */
  private static int rank(char c) {
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }
}
