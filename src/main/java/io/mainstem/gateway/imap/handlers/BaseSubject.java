package io.mainstem.gateway.imap.handlers;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A subject without what answers and lists put around it (RFC 5256 §2.1). */
record BaseSubject(String text, boolean isAnswer) {
  private static final Pattern TRAILER = Pattern.compile("(?i)(\\s|\\(fwd\\))+$");
  private static final Pattern LEADER =
      Pattern.compile("(?i)^(\\s+|(\\[[^\\[\\]]*\\]\\s*)*(re|fwd?)\\s*(\\[[^\\[\\]]*\\]\\s*)?:)");
  private static final Pattern BLOB = Pattern.compile("^\\[[^\\[\\]]*\\]\\s*(?=.*\\S)");

  static BaseSubject of(String subject) {
    String text = subject.replaceAll("\\s+", " ");
    boolean answer = false;
    while (true) {
      Matcher trailer = TRAILER.matcher(text);
      if (trailer.find()) {
        answer |= trailer.group().toLowerCase(Locale.ROOT).contains("fwd");
        text = text.substring(0, trailer.start());
      }
      String before = text;
      Matcher leader = LEADER.matcher(text);
      if (leader.find()) {
        answer |= !leader.group().isBlank();
        text = text.substring(leader.end());
      } else {
        Matcher blob = BLOB.matcher(text);
        if (blob.find()) {
          text = text.substring(blob.end());
        }
      }
      if (text.equals(before)) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("[fwd:") && text.endsWith("]")) {
          answer = true;
          text = text.substring(5, text.length() - 1);
          continue;
        }
        return new BaseSubject(lower, answer);
      }
    }
  }
}
