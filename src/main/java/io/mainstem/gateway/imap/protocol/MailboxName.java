package io.mainstem.gateway.imap.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Mailbox names in the modified UTF-7 of IMAP4rev1 (RFC 3501 §5.1.3). */
public final class MailboxName {
  private MailboxName() {}

  public static String toUtf7(String name) {
    var out = new StringBuilder();
    for (int i = 0; i < name.length(); ) {
      char c = name.charAt(i);
      if (c >= 32 && c < 127) {
        out.append(c == '&' ? "&-" : String.valueOf(c));
        i++;
        continue;
      }
      int end = i;
      while (end < name.length() && (name.charAt(end) < 32 || name.charAt(end) >= 127)) {
        end++;
      }
      byte[] utf16 = name.substring(i, end).getBytes(StandardCharsets.UTF_16BE);
      out.append('&')
          .append(Base64.getEncoder().withoutPadding().encodeToString(utf16).replace('/', ','))
          .append('-');
      i = end;
    }
    return out.toString();
  }

  /** The name; text that is no modified UTF-7 stands for itself. */
  public static String fromUtf7(String text) {
    var out = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      char c = text.charAt(i);
      if (c != '&') {
        out.append(c);
        i++;
        continue;
      }
      int end = text.indexOf('-', i);
      if (end < 0) {
        return text;
      }
      if (end == i + 1) {
        out.append('&');
      } else {
        try {
          byte[] utf16 = Base64.getDecoder().decode(text.substring(i + 1, end).replace(',', '/'));
          if (utf16.length % 2 != 0) {
            return text;
          }
          out.append(new String(utf16, StandardCharsets.UTF_16BE));
        } catch (IllegalArgumentException e) {
          return text;
        }
      }
      i = end + 1;
    }
    return out.toString();
  }
}
