package io.mainstem.app.archive;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Names in modified UTF-7 (RFC 3501 §5.1.3), as mail servers write them on disks. */
final class ModifiedUtf7 {
  private ModifiedUtf7() {}

  /**
   * @param escaped these characters are written as if they were not ASCII, which every reader
   *     understands: so a name may hold what separates levels on the disk
   */
  static String encode(String name, String escaped) {
    StringBuilder out = new StringBuilder();
    StringBuilder shifted = new StringBuilder();
    for (int i = 0; i <= name.length(); i++) {
      char c = i < name.length() ? name.charAt(i) : ' ';
      if (i < name.length() && (c < ' ' || c > '~' || escaped.indexOf(c) >= 0)) {
        shifted.append(c);
        continue;
      }
      if (!shifted.isEmpty()) {
        byte[] units = shifted.toString().getBytes(StandardCharsets.UTF_16BE);
        String base64 = Base64.getEncoder().withoutPadding().encodeToString(units);
        out.append('&').append(base64.replace('/', ',')).append('-');
        shifted.setLength(0);
      }
      if (i < name.length()) {
        out.append(c == '&' ? "&-" : String.valueOf(c));
      }
    }
    return out.toString();
  }

  /** Null when it is not such a name. */
  static @Nullable String decode(String text) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != '&') {
        out.append(c);
        at++;
        continue;
      }
      int end = text.indexOf('-', at);
      if (end < 0) {
        return null;
      }
      if (end == at + 1) {
        out.append('&');
      } else {
        try {
          String base64 = text.substring(at + 1, end).replace(',', '/');
          byte[] units = Base64.getDecoder().decode(base64);
          if (units.length % 2 != 0) {
            return null;
          }
          out.append(new String(units, StandardCharsets.UTF_16BE));
        } catch (IllegalArgumentException malformed) {
          return null;
        }
      }
      at = end + 1;
    }
    return out.toString();
  }
}
