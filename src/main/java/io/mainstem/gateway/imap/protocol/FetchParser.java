package io.mainstem.gateway.imap.protocol;

import io.mainstem.gateway.imap.protocol.FetchItem.Simple;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what FETCH asks for (RFC 9051 §9 {@code fetch}). */
final class FetchParser {
  private static final int MAX_ITEMS = 100;

  /** As many nested parts as one section may name. */
  private static final int MAX_PART_DEPTH = 64;

  private final Scanner in;

  FetchParser(Scanner in) {
    this.in = in;
  }

  List<FetchItem> items() {
    if (!in.take('(')) {
      String name = in.name();
      return switch (name) {
        // RFC 9051 §6.4.5: macros stand alone.
        case "ALL" ->
            List.of(Simple.FLAGS, Simple.INTERNALDATE, Simple.RFC822_SIZE, Simple.ENVELOPE);
        case "FAST" -> List.of(Simple.FLAGS, Simple.INTERNALDATE, Simple.RFC822_SIZE);
        case "FULL" ->
            List.of(
                Simple.FLAGS,
                Simple.INTERNALDATE,
                Simple.RFC822_SIZE,
                Simple.ENVELOPE,
                Simple.BODY);
        default -> List.of(item(name));
      };
    }
    var items = new ArrayList<FetchItem>();
    do {
      if (items.size() == MAX_ITEMS) {
        throw new Malformed("FETCH takes at most " + MAX_ITEMS + " items");
      }
      items.add(item(in.name()));
    } while (in.take(' '));
    in.expect(')');
    return items;
  }

  private FetchItem item(String name) {
    if (name.equals("BODY.PEEK") || name.equals("BODY") && in.peek() == '[') {
      return new FetchItem.Body(section(), partial(), name.equals("BODY.PEEK"));
    }
    switch (name) {
      case "BINARY", "BINARY.PEEK" -> {
        List<Integer> part = binary();
        return new FetchItem.Binary(part, partial(), name.equals("BINARY.PEEK"));
      }
      case "BINARY.SIZE" -> {
        return new FetchItem.BinarySize(binary());
      }
      default -> {}
    }
    if (name.equals("PREVIEW")) {
      lazy();
      return Simple.PREVIEW;
    }
    for (Simple s : Simple.values()) {
      if (s.word().equals(name)) {
        return s;
      }
    }
    throw new Malformed("FETCH knows no " + name);
  }

  /** {@code PREVIEW (LAZY)} (RFC 8970 §3.1): ours cost nothing, so lazy ones are given as well. */
  private void lazy() {
    int mark = in.mark();
    if (!(in.take(' ') && in.take('(') && in.takeWord("LAZY") && in.take(')'))) {
      in.reset(mark); // what stands there is not of PREVIEW
    }
  }

  private Section section() {
    in.expect('[');
    var part = new ArrayList<Integer>();
    while (in.peek() >= '0' && in.peek() <= '9') {
      number(part);
      if (!in.take('.')) {
        in.expect(']');
        return new Section(part, null, List.of());
      }
    }
    if (part.isEmpty() && in.take(']')) {
      return Section.ALL;
    }
    Section section = text(part, in.name());
    in.expect(']');
    return section;
  }

  private void number(List<Integer> part) {
    long n = in.number();
    if (n == 0 || n > 100_000 || part.size() == MAX_PART_DEPTH) {
      throw new Malformed("There is no such part");
    }
    part.add((int) n);
  }

  /** {@code section-binary} (RFC 9051 §9). */
  private List<Integer> binary() {
    var part = new ArrayList<Integer>();
    in.expect('[');
    if (!in.take(']')) {
      do {
        number(part);
      } while (in.take('.'));
      in.expect(']');
    }
    return part;
  }

  private Section text(List<Integer> part, String name) {
    for (Section.Text text : Section.Text.values()) {
      if (text.word().equals(name)) {
        boolean fields = text == Section.Text.FIELDS || text == Section.Text.FIELDS_NOT;
        if (text == Section.Text.MIME && part.isEmpty()) {
          throw new Malformed("MIME is of a part");
        }
        return new Section(part, text, fields ? fieldNames() : List.of());
      }
    }
    throw new Malformed("There is no section " + name);
  }

  private List<String> fieldNames() {
    var names = new ArrayList<String>();
    in.space();
    in.expect('(');
    do {
      names.add(in.astring());
    } while (in.take(' '));
    in.expect(')');
    return names;
  }

  private FetchItem.@Nullable Partial partial() {
    if (!in.take('<')) {
      return null;
    }
    long offset = in.number64();
    in.expect('.');
    long length = in.number64();
    in.expect('>');
    if (length == 0) {
      throw new Malformed("A part of a message has at least one byte"); // RFC 9051 §9 nz-number64
    }
    return new FetchItem.Partial(offset, length);
  }
}
