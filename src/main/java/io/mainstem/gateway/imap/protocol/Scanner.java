package io.mainstem.gateway.imap.protocol;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the small words of the grammar from one whole command (RFC 9051 §9). */
final class Scanner {
  private final byte[] bytes;
  private int at;

  Scanner(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean atEnd() {
    return at == bytes.length;
  }

  void end() {
    if (!atEnd()) {
      throw new Malformed("Something stands behind the command");
    }
  }

  int peek() {
    return at < bytes.length ? bytes[at] & 0xff : -1;
  }

  /** Where the scanner stands, for {@link #reset}. */
  int mark() {
    return at;
  }

  void reset(int mark) {
    at = mark;
  }

  @CanIgnoreReturnValue
  boolean take(char c) {
    if (peek() == c) {
      at++;
      return true;
    }
    return false;
  }

  void expect(char c) {
    if (!take(c)) {
      throw new Malformed(c == ' ' ? "A space is missing" : "A " + c + " is missing");
    }
  }

  void space() {
    expect(' ');
  }

  /** Takes this word, in any letter case, when it comes next and ends there. */
  boolean takeWord(String word) {
    int end = at + word.length();
    if (end > bytes.length || end < bytes.length && isAtomChar(bytes[end] & 0xff)) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (Character.toUpperCase((char) (bytes[at + i] & 0xff)) != word.charAt(i)) {
        return false;
      }
    }
    at = end;
    return true;
  }

  private static boolean isAtomChar(int c) {
    return c > 32 && c < 127 && "(){%*\"\\]".indexOf(c) < 0;
  }

  private static boolean isAstringChar(int c) {
    return isAtomChar(c) || c == ']';
  }

  /** A tag: an astring character but {@code +} (RFC 9051 §9). */
  String tag() {
    int from = at;
    while (isAstringChar(peek()) && peek() != '+') {
      at++;
    }
    if (at == from || at - from > 255) {
      at = from;
      throw new Malformed("A command begins with a tag");
    }
    return ascii(from);
  }

  /** All that is left of the command. */
  String rest() {
    int from = at;
    at = bytes.length;
    return ascii(from);
  }

  /** An atom in upper case. */
  @CanIgnoreReturnValue
  String word() {
    return atom().toUpperCase(Locale.ROOT);
  }

  /**
   * One of these words.
   *
   * @param what begins the sentence that says that it is none
   */
  String wordOf(Set<String> known, String what) {
    return oneOf(word(), known, what);
  }

  static String oneOf(String word, Set<String> known, String what) {
    if (!known.contains(word)) {
      throw new Malformed(what + " no " + word);
    }
    return word;
  }

  String atom() {
    int from = at;
    while (isAtomChar(peek())) {
      at++;
    }
    if (at == from) {
      throw new Malformed("A word is missing");
    }
    return ascii(from);
  }

  /** Letters, digits, points and hyphens: names of FETCH items, in upper case. */
  String name() {
    int from = at;
    while (isAtomChar(peek()) && peek() != '[' && peek() != '<') {
      at++;
    }
    if (at == from) {
      throw new Malformed("A name is missing");
    }
    return ascii(from).toUpperCase(Locale.ROOT);
  }

  private String ascii(int from) {
    return new String(bytes, from, at - from, StandardCharsets.US_ASCII);
  }

  /** A flag or keyword. */
  String flag() {
    return take('\\') ? "\\" + atom() : atom();
  }

  /** {@code ( flag … )}; what stands more than once counts once. */
  List<String> flags() {
    var out = new ArrayList<String>();
    expect('(');
    if (!take(')')) {
      do {
        out.add(flag());
      } while (take(' '));
      expect(')');
    }
    return out;
  }

  long number() {
    return number(0xffff_ffffL);
  }

  /** A number of 63 bits (RFC 9051 §9 {@code number64}). */
  @CanIgnoreReturnValue
  long number64() {
    return number(Long.MAX_VALUE);
  }

  private long number(long max) {
    int from = at;
    long n = 0;
    while (peek() >= '0' && peek() <= '9') {
      int digit = peek() - '0';
      if (n > (max - digit) / 10) {
        throw new Malformed("A number is too large");
      }
      n = n * 10 + digit;
      at++;
    }
    if (at == from) {
      throw new Malformed("A number is missing");
    }
    return n;
  }

  /** {@code sequence-set}, or {@code $}. Numbers no folder can have count as the highest. */
  SequenceSet sequenceSet() {
    if (take('$')) {
      return SequenceSet.SAVED;
    }
    var ranges = new ArrayList<SequenceSet.Range>();
    do {
      int from = sequenceNumber();
      ranges.add(new SequenceSet.Range(from, take(':') ? sequenceNumber() : from));
    } while (take(','));
    return new SequenceSet(ranges);
  }

  /** A number, or {@code *}. */
  int sequenceNumber() {
    if (take('*')) {
      return SequenceSet.LAST;
    }
    long n = number();
    if (n == 0) {
      throw new Malformed("Messages are counted from 1");
    }
    return (int) Math.min(n, Integer.MAX_VALUE);
  }

  String astring() {
    int c = peek();
    if (c == '"' || c == '{') {
      return string();
    }
    int from = at;
    while (isAstringChar(peek())) {
      at++;
    }
    if (at == from) {
      throw new Malformed("A string is missing");
    }
    return ascii(from);
  }

  /** {@code list-mailbox}: an astring that may have wildcards (RFC 9051 §6.3.9). */
  String pattern() {
    int c = peek();
    if (c == '"' || c == '{') {
      return string();
    }
    int from = at;
    while (isAstringChar(peek()) || peek() == '%' || peek() == '*') {
      at++;
    }
    if (at == from) {
      throw new Malformed("A mailbox pattern is missing");
    }
    return ascii(from);
  }

  @Nullable String nstring() {
    return takeWord("NIL") ? null : string();
  }

  /** A quoted string or a literal. */
  @CanIgnoreReturnValue
  String string() {
    return text(stringBytes());
  }

  /** A string that must be UTF-8. */
  String utf8() {
    byte[] bytes = stringBytes();
    String text = text(bytes);
    if (!java.util.Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8))) {
      throw new Malformed("A value is text in UTF-8");
    }
    return text;
  }

  /** Whether a letter stands behind the parenthesis that comes next. */
  boolean isOption() {
    return at + 1 < bytes.length && Character.isLetter(bytes[at + 1]);
  }

  private byte[] stringBytes() {
    if (peek() == '{' || peek() == '~') {
      return literal();
    }
    expect('"');
    var out = new byte[bytes.length - at];
    int n = 0;
    while (true) {
      int c = peek();
      if (c < 0 || c == '\r' || c == '\n') {
        throw new Malformed("A quoted string does not end");
      }
      at++;
      if (c == '"') {
        return java.util.Arrays.copyOf(out, n);
      }
      if (c == '\\') {
        c = peek();
        if (c != '"' && c != '\\') {
          throw new Malformed("Only \" and \\ stand behind a \\");
        }
        at++;
      }
      out[n++] = (byte) c;
    }
  }

  private byte[] literal() {
    take('~');
    expect('{');
    long size = number64();
    take('+');
    expect('}');
    take('\r');
    expect('\n');
    if (size > bytes.length - at) {
      throw new Malformed("A literal is shorter than it says");
    }
    at += (int) size;
    return java.util.Arrays.copyOfRange(bytes, at - (int) size, at);
  }

  /** Bytes as text: UTF-8 where they are (RFC 9051 §4.3), else Latin-1. */
  static String text(byte[] bytes) {
    for (byte b : bytes) {
      if (b == 0) {
        throw new Malformed("A string has no NUL");
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notUtf8) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }
}
