package io.mainstem.mime;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Message-IDs without their angle brackets (RFC 5322 §3.6.4). */
final class MessageIds {
  private static final int MAX_CHARS = 998;

  private MessageIds() {}

  static List<String> all(@Nullable String field) {
    List<String> ids = new ArrayList<>();
    if (field == null) {
      return ids;
    }
    int at = 0;
    while (true) {
      int open = field.indexOf('<', at);
      int close = field.indexOf('>', open + 1);
      if (open < 0 || close < 0) {
        return ids;
      }
      String id = field.substring(open + 1, close).replaceAll("\\s+", "");
      if (!id.isEmpty() && id.length() <= MAX_CHARS && id.indexOf('<') < 0) {
        ids.add(id);
      }
      at = close + 1;
    }
  }

  /** The first; an id whose program forgot the brackets counts too. */
  static @Nullable String first(@Nullable String field) {
    List<String> ids = all(field);
    if (!ids.isEmpty()) {
      return ids.get(0);
    }
    String bare = field == null ? "" : field.strip();
    return bare.isEmpty() || bare.length() > MAX_CHARS || bare.indexOf(' ') >= 0 ? null : bare;
  }
}
