package io.mainstem.mime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.charset.StandardCharsets;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;

/** Text to show and to search, made of the bodies of a mail. */
final class PlainText {
  private PlainText() {}

  /** HTML as text: paragraphs become lines, links keep their words only. */
  static String ofHtml(String html) {
    Document document = Jsoup.parse(html);
    document.select("script, style, head, title, template, noscript").remove();
    StringBuilder text = new StringBuilder();
    document
        .body()
        .traverse(
            new NodeVisitor() {
              @Override
              public void head(Node node, int depth) {
                if (node instanceof TextNode words) {
                  append(text, words);
                } else if (node instanceof Element element) {
                  switch (element.normalName()) {
                    case "br" -> text.append('\n');
                    case "li" -> breakLine(text).append("• ");
                    case "hr" -> breakLine(text).append("—\n");
                    case "td", "th" -> space(text);
                    case "img" -> text.append(element.attr("alt"));
                    default -> {
                      if (element.isBlock()) {
                        breakLine(text);
                      }
                    }
                  }
                }
              }

              @Override
              public void tail(Node node, int depth) {
                if (node instanceof Element element && element.isBlock()) {
                  breakLine(text);
                  if (element.normalName().equals("p")) {
                    text.append('\n');
                  }
                }
              }
            });
    return tidy(text.toString());
  }

  /** Joins the lines of format=flowed (RFC 3676 §4). */
  static String unflow(String text, boolean delSp) {
    StringBuilder out = new StringBuilder(text.length());
    int quoted = -1;
    boolean flowing = false;
    for (String line : text.split("\n", -1)) {
      int depth = 0;
      while (depth < line.length() && line.charAt(depth) == '>') {
        depth++;
      }
      String words = line.substring(depth);
      boolean stuffed = words.startsWith(" ");
      words = stuffed ? words.substring(1) : words;
      boolean signature = words.equals("-- ");
      if (flowing && depth == quoted && !signature) {
        out.append(words, 0, end(words, delSp));
      } else {
        if (quoted >= 0) {
          out.append('\n');
        }
        out.append(">".repeat(depth))
            .append(depth > 0 ? " " : "")
            .append(words, 0, end(words, delSp));
      }
      flowing = words.endsWith(" ") && !signature;
      quoted = depth;
    }
    return out.toString();
  }

  private static int end(String words, boolean delSp) {
    boolean soft = words.endsWith(" ") && !words.equals("-- ");
    return soft && delSp ? words.length() - 1 : words.length();
  }

  /** Line breaks as LF, no control characters, no blank ends, no more than two blank lines. */
  static String tidy(String text) {
    StringBuilder out = new StringBuilder(text.length() + 1);
    int length = text.length();
    int line = 0;
    int blank = 0;
    for (int i = 0; i <= length; i++) {
      char c = i < length ? text.charAt(i) : '\n';
      if (c == '\r') {
        if (i + 1 < length && text.charAt(i + 1) == '\n') {
          continue;
        }
        c = '\n';
      }
      if (c != '\n') {
        if (!isUnshown(c)) {
          out.append(c);
        }
        continue;
      }
      stripTrailing(out, line);
      blank = out.length() == line ? blank + 1 : 0;
      if (blank <= 2 && !out.isEmpty()) {
        out.append('\n');
      }
      line = out.length();
    }
    stripTrailing(out, 0);
    return out.toString();
  }

  private static void stripTrailing(StringBuilder text, int from) {
    int end = text.length();
    while (end > from && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    text.setLength(end);
  }

  private static boolean isUnshown(char c) {
    return c < 32 && c != '\t' || c == 127 || c == 0xfeff;
  }

  /** As many characters as fit in this many bytes of UTF-8. */
  static String within(String text, int bytes) {
    if (text.length() * 3L <= bytes || text.getBytes(StandardCharsets.UTF_8).length <= bytes) {
      return text;
    }
    int used = 0;
    int at = 0;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      used += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      if (used > bytes) {
        break;
      }
      at += Character.charCount(c);
    }
    return text.substring(0, at);
  }

  private static void append(StringBuilder text, TextNode words) {
    String line = words.getWholeText().replaceAll("[\\s\\u00a0]+", " ");
    boolean atStart =
        text.isEmpty()
            || text.charAt(text.length() - 1) == '\n'
            || text.charAt(text.length() - 1) == ' ';
    text.append(atStart ? line.stripLeading() : line);
  }

  private static void space(StringBuilder text) {
    if (!text.isEmpty() && !Character.isWhitespace(text.charAt(text.length() - 1))) {
      text.append(' ');
    }
  }

  @CanIgnoreReturnValue
  private static StringBuilder breakLine(StringBuilder text) {
    if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
      text.append('\n');
    }
    return text;
  }
}
