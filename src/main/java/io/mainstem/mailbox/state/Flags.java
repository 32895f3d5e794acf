package io.mainstem.mailbox.state;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** System flags as bits (RFC 9051 §2.3.2); keywords stand beside them as words. */
public final class Flags {
  public static final int SEEN = 1;
  public static final int ANSWERED = 2;
  public static final int FLAGGED = 4;
  public static final int DELETED = 8;
  public static final int DRAFT = 16;

  private static final List<String> WORDS =
      List.of("\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft");

  private Flags() {}

  /** The bits of the system flags among these; letter case does not count. */
  public static int bits(Set<String> flags) {
    int bits = 0;
    for (String flag : flags) {
      for (int i = 0; i < WORDS.size(); i++) {
        if (WORDS.get(i).equalsIgnoreCase(flag)) {
          bits |= 1 << i;
        }
      }
    }
    return bits;
  }

  /** Whether this is a system flag's word. */
  public static boolean isSystem(String flag) {
    return flag.startsWith("\\");
  }

  /** Whether this backslash word is a flag that can be stored. */
  public static boolean isKnown(String flag) {
    return WORDS.stream().anyMatch(w -> w.equalsIgnoreCase(flag));
  }

  /** The words of these bits, then the keywords. */
  public static Set<String> words(int bits, List<String> keywords) {
    var out = new LinkedHashSet<String>();
    for (int i = 0; i < WORDS.size(); i++) {
      if ((bits & 1 << i) != 0) {
        out.add(WORDS.get(i));
      }
    }
    out.addAll(keywords);
    return out;
  }
}
