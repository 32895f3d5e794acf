package io.mainstem.mime;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One header field (RFC 5322 §2.2).
 *
 * @param name in lower case
 * @param body unfolded, not decoded
 */
record Field(String name, String body) {
  private static final Charset WESTERN = Charset.forName("windows-1252");

  /** A field with its folded lines, or null for a line that is none. */
  static @Nullable Field parse(byte[] line, int length) {
    int colon = colon(line, length);
    if (colon < 0) {
      return null;
    }
    String name = new String(line, 0, colon, StandardCharsets.US_ASCII).strip();
    String body = text(line, colon + 1, length - colon - 1);
    StringBuilder unfolded = new StringBuilder(body.length());
    for (int i = 0; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c != '\r' && c != '\n') {
        unfolded.append(c == 0 ? '\ufffd' : c);
      }
    }
    return new Field(name.toLowerCase(Locale.ROOT), unfolded.toString().strip());
  }

  /**
   * Where the name of a field ends, or −1 when the line is none: a name has no spaces within (RFC
   * 5322 §2.2).
   */
  static int colon(byte[] line, int length) {
    int nameEnd = 0;
    while (nameEnd < length && line[nameEnd] > 32 && line[nameEnd] < 127 && line[nameEnd] != ':') {
      nameEnd++;
    }
    int colon = nameEnd;
    while (colon < length && (line[colon] == ' ' || line[colon] == '\t')) {
      colon++; // RFC 5322 §4.5.8
    }
    return nameEnd > 0 && colon < length && line[colon] == ':' ? colon : -1;
  }

  /**
   * Bytes without a declared charset: UTF-8 where they are (RFC 6532 §3.2), else what such mail
   * mostly meant.
   */
  static String text(byte[] bytes, int from, int length) {
    try {
      CharBuffer text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length));
      return text.toString();
    } catch (CharacterCodingException notUtf8) {
      return new String(bytes, from, length, WESTERN);
    }
  }
}
