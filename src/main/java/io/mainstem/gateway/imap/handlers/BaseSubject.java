package io.mainstem.gateway.imap.handlers;

/**
 * A subject without what answers and lists put around it (RFC 5256 §2.1).
 *
 * @param text as it is compared
 * @param isAnswer whether what was taken away says that it answers or forwards
 */
record BaseSubject(String text, boolean isAnswer) {
  static BaseSubject of(String subject) {
    var rest = new Rest(subject.replaceAll("\\s+", " "));
    do {
      rest.dropTrailers();
      rest.dropLeaders();
    } while (rest.unwrap());
    return new BaseSubject(CaseMap.of(rest.text()), rest.answer);
  }

  /** What is left of a subject. */
  private static final class Rest {
    private final String all;
    private int from;
    private int to;
    private boolean answer;

    Rest(String all) {
      this.all = all;
      this.to = all.length();
    }

    String text() {
      return all.substring(from, to);
    }

    private boolean starts(String word, int at) {
      return at + word.length() <= to && all.regionMatches(true, at, word, 0, word.length());
    }

    /** Step 2: {@code subj-trailer}. */
    void dropTrailers() {
      while (to > from) {
        if (all.charAt(to - 1) == ' ') {
          to--;
        } else if (to - from >= 5 && starts("(fwd)", to - 5)) {
          to -= 5;
          answer = true;
        } else {
          return;
        }
      }
    }

    /** Steps 3 to 5: {@code subj-leader}, and each {@code subj-blob} that something follows. */
    void dropLeaders() {
      while (true) {
        from = spaces(from);
        int last = from;
        int behind = from;
        for (int next = blob(from); next > 0; next = blob(next)) {
          last = behind;
          behind = next;
        }
        int text = answers(behind);
        if (text > 0) {
          from = text;
          answer = true;
        } else {
          from = behind < to ? behind : last;
          return;
        }
      }
    }

    /** Step 6: {@code subj-fwd}. */
    boolean unwrap() {
      boolean wrapped = starts("[fwd:", from) && all.charAt(to - 1) == ']';
      if (wrapped) {
        from += 5;
        to--;
        answer = true;
      }
      return wrapped;
    }

    private int spaces(int at) {
      int i = at;
      while (i < to && all.charAt(i) == ' ') {
        i++;
      }
      return i;
    }

    /** Behind a {@code subj-blob} that begins here; 0 when none does. */
    private int blob(int at) {
      if (at >= to || all.charAt(at) != '[') {
        return 0;
      }
      for (int i = at + 1; i < to; i++) {
        char c = all.charAt(i);
        if (c == ']') {
          return spaces(i + 1);
        }
        if (c == '[') {
          return 0;
        }
      }
      return 0;
    }

    /** Behind a {@code subj-refwd} that begins here; 0 when none does. */
    private int answers(int at) {
      int word = starts("fwd", at) ? 3 : starts("re", at) || starts("fw", at) ? 2 : 0;
      if (word == 0) {
        return 0;
      }
      int behind = spaces(at + word);
      int blob = blob(behind);
      int colon = blob > 0 ? blob : behind;
      return colon < to && all.charAt(colon) == ':' ? colon + 1 : 0;
    }
  }
}
