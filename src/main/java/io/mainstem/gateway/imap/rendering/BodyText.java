package io.mainstem.gateway.imap.rendering;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;

/**
 * BODY out of BODYSTRUCTURE: the same without extension data (RFC 9051 §7.5.2). Works on the
 * rendered text, since that is what is kept.
 */
public final class BodyText {
  private final String text;
  private int at;

  private BodyText(String text) {
    this.text = text;
  }

  public static String withoutExtensions(String bodyStructure) {
    return new BodyText(bodyStructure).body();
  }

  private String body() {
    at++; // (
    var out = new ArrayList<String>();
    if (text.charAt(at) == '(') {
      var parts = new StringBuilder();
      while (text.charAt(at) == '(') {
        parts.append(body());
      }
      at++; // the space before the subtype
      out.add(parts.toString());
      out.add(value());
      skipRest();
      return "(" + String.join(" ", out) + ")";
    }
    for (int i = 0; i < 7; i++) { // type subtype parameters id description encoding size
      out.add(value());
      space();
    }
    boolean message =
        out.get(0).equalsIgnoreCase("\"message\"")
            && (out.get(1).equalsIgnoreCase("\"rfc822\"")
                || out.get(1).equalsIgnoreCase("\"global\""));
    if (message && text.charAt(at) == '(') {
      out.add(value()); // envelope
      space();
      out.add(body());
      space();
      out.add(value());
    } else if (out.get(0).equalsIgnoreCase("\"text\"")) {
      out.add(value());
    }
    skipRest();
    return "(" + String.join(" ", out) + ")";
  }

  private void space() {
    if (text.charAt(at) == ' ') {
      at++;
    }
  }

  /** A string, number, NIL or list, as it stands. */
  @CanIgnoreReturnValue
  private String value() {
    int from = at;
    switch (text.charAt(at)) {
      case '"' -> quoted();
      case '(' -> list();
      default -> {
        while (" ()".indexOf(text.charAt(at)) < 0) {
          at++;
        }
      }
    }
    return text.substring(from, at);
  }

  private void quoted() {
    at++;
    while (text.charAt(at) != '"') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    at++;
  }

  private void list() {
    int depth = 0;
    do {
      char c = text.charAt(at);
      if (c == '"') {
        quoted();
        continue;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      at++;
    } while (depth > 0);
  }

  /** To the end of the list that is open. */
  private void skipRest() {
    while (text.charAt(at) != ')') {
      if (text.charAt(at) == ' ') {
        at++;
      } else {
        value();
      }
    }
    at++;
  }
}
