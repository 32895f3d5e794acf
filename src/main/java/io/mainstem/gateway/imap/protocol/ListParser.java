package io.mainstem.gateway.imap.protocol;

import io.mainstem.gateway.imap.protocol.ImapCommand.ListFolders;
import io.mainstem.gateway.imap.protocol.ImapCommand.StatusItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads LIST and LSUB, behind the word, and what STATUS is asked for. */
final class ListParser {
  private static final Set<String> SELECT_OPTIONS =
      Set.of("SUBSCRIBED", "REMOTE", "RECURSIVEMATCH", "SPECIAL-USE");
  private static final Set<String> RETURN_OPTIONS = Set.of("SUBSCRIBED", "CHILDREN", "SPECIAL-USE");

  private final Scanner in;

  ListParser(Scanner in) {
    this.in = in;
  }

  /** RFC 9051 §6.3.9, RFC 5258, RFC 5819. */
  ImapCommand list() {
    in.space();
    Set<String> select = new TreeSet<>();
    if (in.take('(')) {
      if (!in.take(')')) {
        do {
          select.add(in.wordOf(SELECT_OPTIONS, "LIST selects by"));
        } while (in.take(' '));
        in.expect(')');
      }
      in.space();
      if (select.contains("RECURSIVEMATCH") && !select.contains("SUBSCRIBED")) {
        throw new Malformed("RECURSIVEMATCH needs another selection"); // RFC 5258 §3.1
      }
    }
    String reference = in.astring();
    in.space();
    var patterns = new ArrayList<String>();
    if (in.take('(')) {
      do {
        patterns.add(in.pattern());
      } while (in.take(' '));
      in.expect(')');
    } else {
      patterns.add(in.pattern());
    }
    Set<String> give = new TreeSet<>();
    List<StatusItem> status = List.of();
    if (in.take(' ')) {
      if (!in.word().equals("RETURN")) {
        throw new Malformed("Behind the pattern stands RETURN");
      }
      in.space();
      in.expect('(');
      if (!in.take(')')) {
        do {
          String option = in.word();
          if (option.equals("STATUS")) {
            in.space();
            status = statusItems();
          } else {
            give.add(Scanner.oneOf(option, RETURN_OPTIONS, "LIST returns"));
          }
        } while (in.take(' '));
        in.expect(')');
      }
    }
    return new ListFolders(false, select, reference, patterns, give, status);
  }

  ImapCommand lsub() {
    in.space();
    String reference = in.astring();
    in.space();
    return new ListFolders(true, Set.of(), reference, List.of(in.pattern()), Set.of(), List.of());
  }

  List<StatusItem> statusItems() {
    var items = new ArrayList<StatusItem>();
    in.expect('(');
    do {
      String word = in.word();
      StatusItem item = null;
      for (StatusItem known : StatusItem.values()) {
        item = known.name().equals(word) ? known : item;
      }
      if (item == null) {
        throw new Malformed("STATUS knows no " + word);
      }
      if (!items.contains(item)) {
        items.add(item);
      }
    } while (in.take(' '));
    in.expect(')');
    return items;
  }
}
