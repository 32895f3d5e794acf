package io.mainstem.gateway.imap.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Reads GETMETADATA and SETMETADATA (RFC 5464 §5), behind the word. */
final class MetadataParser {
  private static final int MAX_ENTRIES = 100;

  private final Scanner in;
  private int depth;
  private long maxSize = Long.MAX_VALUE;

  MetadataParser(Scanner in) {
    this.in = in;
  }

  /** The options stand before the mailbox; many clients write them behind it. */
  ImapCommand get() {
    in.space();
    if (in.peek() == '(') {
      options();
      in.space();
    }
    String mailbox = in.astring();
    in.space();
    var entries = new ArrayList<String>();
    if (in.peek() == '(' && in.isOption()) {
      options();
      in.space();
    }
    if (in.take('(')) {
      do {
        entries.add(entry(entries.size()));
      } while (in.take(' '));
      in.expect(')');
    } else {
      entries.add(entry(0));
    }
    return new ImapCommand.GetMetadata(mailbox, entries, depth, maxSize);
  }

  private void options() {
    in.expect('(');
    do {
      String option = in.word();
      in.space();
      switch (option) {
        case "MAXSIZE" -> maxSize = in.number();
        case "DEPTH" ->
            depth =
                switch (in.word()) {
                  case "0" -> 0;
                  case "1" -> 1;
                  case "INFINITY" -> Integer.MAX_VALUE;
                  default -> throw new Malformed("DEPTH is 0, 1 or infinity");
                };
        default -> throw new Malformed("GETMETADATA takes MAXSIZE and DEPTH");
      }
    } while (in.take(' '));
    in.expect(')');
  }

  ImapCommand set() {
    in.space();
    String mailbox = in.astring();
    in.space();
    in.expect('(');
    List<ImapCommand.Entry> entries = new ArrayList<>();
    Set<String> names = new TreeSet<>();
    do {
      String name = entry(entries.size());
      in.space();
      entries.add(new ImapCommand.Entry(name, in.takeWord("NIL") ? null : in.utf8()));
      if (!names.add(name)) {
        throw new Malformed("An entry stands there twice");
      }
    } while (in.take(' '));
    in.expect(')');
    return new ImapCommand.SetMetadata(mailbox, entries);
  }

  /** Names count in any letter case (RFC 5464 §3.2). */
  private String entry(int before) {
    String name = in.astring().toLowerCase(Locale.ROOT);
    boolean plain = name.chars().allMatch(c -> c > 32 && c < 127 && c != '*' && c != '%');
    if (before == MAX_ENTRIES) {
      throw new Malformed("There are at most " + MAX_ENTRIES + " entries");
    }
    if (!plain
        || !name.startsWith("/private") && !name.startsWith("/shared")
        || name.endsWith("/")
        || name.contains("//")) {
      throw new Malformed("An entry is called /private/... or /shared/...");
    }
    return name;
  }
}
