package io.mainstem.mime;

import java.nio.charset.StandardCharsets;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;

/** Encoded words (RFC 2047) in what was meant to be read by people. */
final class Words {
  private static final int MAX_CHARS = 16 << 10;

  private Words() {}

  /**
   * The text as it was meant; what cannot be decoded stays as it is. Control characters become
   * spaces.
   */
  static String decode(String text) {
    String bounded = text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS) : text;
    String decoded = bounded;
    if (bounded.contains("=?")) {
      try {
        decoded =
            DecoderUtil.decodeEncodedWords(bounded, DecodeMonitor.SILENT, StandardCharsets.UTF_8);
      } catch (RuntimeException | StackOverflowError malformed) {
        decoded = bounded;
      }
    }
    StringBuilder clean = new StringBuilder(decoded.length());
    decoded
        .codePoints()
        .map(c -> Character.isISOControl(c) || isDirectionOverride(c) ? ' ' : c)
        .forEach(clean::appendCodePoint);
    return clean.toString().strip();
  }

  /** Marks that turn the following text around, with which a file or sender poses as another. */
  private static boolean isDirectionOverride(int c) {
    return c == 0x202d || c == 0x202e;
  }
}
