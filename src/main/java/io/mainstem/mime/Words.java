package io.mainstem.mime;

import java.nio.charset.StandardCharsets;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;

/** Encoded words (RFC 2047) in what was meant to be read by people. */
final class Words {
  private static final int MAX_CHARS = 16 << 10;
  private static final int MAX_CHARSET = 75;
  private static final int MAX_STRAY = 16;

  private Words() {}

  /**
   * The text as it was meant; what cannot be decoded stays as it is. Control characters become
   * spaces.
   */
  static String decode(String text) {
    String bounded = text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS) : text;
    String decoded = bounded;
    if (bounded.contains("=?") && isWorthDecoding(bounded)) {
      try {
        decoded =
            DecoderUtil.decodeEncodedWords(bounded, DecodeMonitor.SILENT, StandardCharsets.UTF_8);
      } catch (RuntimeException | StackOverflowError malformed) {
        decoded = bounded;
      }
    }
    StringBuilder clean = null;
    for (int i = 0; i < decoded.length(); i++) {
      char c = decoded.charAt(i);
      if (Character.isISOControl(c) || isDirectionOverride(c)) {
        clean = clean == null ? new StringBuilder(decoded) : clean;
        clean.setCharAt(i, ' ');
      }
    }
    return (clean == null ? decoded : clean.toString()).strip();
  }

  /**
   * A field's body for mime4j, which decodes encoded words by itself: without their beginnings when
   * those are there to keep it busy.
   */
  static String harmless(String body) {
    return isWorthDecoding(body) ? body : body.replace("=?", "");
  }

  /**
   * Whether nearly all that looks like the beginning of an encoded word is one that ends: each that
   * is none makes the decoder look at all that follows.
   */
  private static boolean isWorthDecoding(String text) {
    int lastEnd = text.lastIndexOf("?=");
    int stray = 0;
    for (int at = text.indexOf("=?"); at >= 0; at = text.indexOf("=?", at + 2)) {
      if ((at > lastEnd || !isBeginning(text, at + 2)) && ++stray > MAX_STRAY) {
        return false;
      }
    }
    return true;
  }

  /** {@code charset "?" ("B" / "Q") "?"} (RFC 2047 §2). */
  private static boolean isBeginning(String text, int from) {
    int mark = text.indexOf('?', from);
    return mark > from
        && mark - from <= MAX_CHARSET
        && mark + 2 < text.length()
        && text.charAt(mark + 2) == '?'
        && "BbQq".indexOf(text.charAt(mark + 1)) >= 0;
  }

  /** Marks that turn the following text around, with which a file or sender poses as another. */
  private static boolean isDirectionOverride(char c) {
    return c == 0x202d || c == 0x202e;
  }
}
