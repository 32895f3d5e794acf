package io.mainstem.gateway.smtp.protocol;

/**
 * A mailbox of the envelope (RFC 5321 §4.1.2).
 *
 * @param localPart without quotes and escapes: {@code "a b"@c} and its unquoted value are one
 */
public record Mailbox(String localPart, Domain domain) {

  /** {@code local@domain}, the local part quoted where the grammar asks for it. */
  @Override
  public String toString() {
    return quoted(localPart) + "@" + domain;
  }

  private static String quoted(String localPart) {
    if (isDotString(localPart)) {
      return localPart;
    }
    var out = new StringBuilder("\"");
    for (int i = 0; i < localPart.length(); i++) {
      char c = localPart.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    return out.append('"').toString();
  }

  private static boolean isDotString(String s) {
    boolean atomBefore = false;
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c == '.' ? !atomBefore : !Scanner.isAtomText(c)) {
        return false;
      }
      atomBefore = c != '.';
    }
    return atomBefore;
  }
}
