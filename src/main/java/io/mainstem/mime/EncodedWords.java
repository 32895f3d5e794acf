package io.mainstem.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Text as header fields may carry it (RFC 2047): ASCII as it is, else UTF-8 in base64, in words of
 * at most 75 characters.
 */
final class EncodedWords {
  /** 75 less {@code =?UTF-8?B?} and {@code ?=}, in whole groups of base64. */
  private static final int WORD_BYTES = 45;

  private EncodedWords() {}

  static String encode(String text) {
    return isPlain(text) ? text : String.join(" ", words(text));
  }

  /** Whether a field may hold it as it is. */
  static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) >= 0x7f) {
        return false;
      }
    }
    return !text.contains("=?");
  }

  /** Each word holds whole characters. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    int bytes = 0;
    for (int at = 0; at < text.length(); ) {
      int c = text.codePointAt(at);
      String one = Character.toString(c);
      int length = one.getBytes(StandardCharsets.UTF_8).length;
      if (bytes + length > WORD_BYTES) {
        words.add(word(word.toString()));
        word.setLength(0);
        bytes = 0;
      }
      word.append(one);
      bytes += length;
      at += one.length();
    }
    words.add(word(word.toString()));
    return words;
  }

  private static String word(String text) {
    return "=?UTF-8?B?"
        + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))
        + "?=";
  }
}
