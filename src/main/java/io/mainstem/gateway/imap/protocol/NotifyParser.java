package io.mainstem.gateway.imap.protocol;

import io.mainstem.gateway.imap.protocol.ImapCommand.EventGroup;
import io.mainstem.gateway.imap.protocol.ImapCommand.Mailboxes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads NOTIFY (RFC 5465 §8), behind the word. */
final class NotifyParser {
  private static final int MAX_GROUPS = 50;
  private static final int MAX_MAILBOXES = 1000;

  private final Scanner in;

  NotifyParser(Scanner in) {
    this.in = in;
  }

  ImapCommand command() {
    in.space();
    switch (in.word()) {
      case "NONE" -> {
        return new ImapCommand.Notify(false, null);
      }
      case "SET" -> {}
      default -> throw new Malformed("NOTIFY takes SET or NONE");
    }
    in.space();
    boolean status = in.takeWord("STATUS");
    if (status) {
      in.space();
    }
    var groups = new ArrayList<EventGroup>();
    do {
      if (groups.size() == MAX_GROUPS) {
        throw new Malformed("NOTIFY takes at most " + MAX_GROUPS + " groups of events");
      }
      groups.add(group());
    } while (in.take(' '));
    long selected = groups.stream().filter(g -> isSelected(g.which())).count();
    if (selected > 1) {
      throw new Malformed("SELECTED stands there twice"); // RFC 5465 §6
    }
    return new ImapCommand.Notify(status, groups);
  }

  private static boolean isSelected(Mailboxes which) {
    return which == Mailboxes.SELECTED || which == Mailboxes.SELECTED_DELAYED;
  }

  private EventGroup group() {
    in.expect('(');
    Mailboxes which =
        switch (in.word()) {
          case "SELECTED" -> Mailboxes.SELECTED;
          case "SELECTED-DELAYED" -> Mailboxes.SELECTED_DELAYED;
          case "INBOXES" -> Mailboxes.INBOXES;
          case "PERSONAL" -> Mailboxes.PERSONAL;
          case "SUBSCRIBED" -> Mailboxes.SUBSCRIBED;
          case "SUBTREE" -> Mailboxes.SUBTREE;
          case "MAILBOXES" -> Mailboxes.MAILBOXES;
          default -> throw new Malformed("NOTIFY knows no such mailboxes");
        };
    in.space();
    List<String> mailboxes = new ArrayList<>();
    if (which == Mailboxes.SUBTREE || which == Mailboxes.MAILBOXES) {
      if (in.take('(')) {
        do {
          mailboxes.add(in.astring());
        } while (in.take(' ') && mailboxes.size() < MAX_MAILBOXES);
        in.expect(')');
      } else {
        mailboxes.add(in.astring());
      }
      in.space();
    }
    Set<String> events = new TreeSet<>();
    List<FetchItem> items = List.of();
    if (!in.takeWord("NONE")) {
      in.expect('(');
      do {
        if (in.peek() == '(') {
          // RFC 5465 §5.2: what to tell of a new message stands behind MessageNew.
          if (!isSelected(which) || !events.contains("MESSAGENEW") || !items.isEmpty()) {
            throw new Malformed("Items stand behind MessageNew of the selected mailbox");
          }
          items = new FetchParser(in).items();
        } else {
          events.add(in.word());
        }
      } while (in.take(' '));
      in.expect(')');
    }
    in.expect(')');
    checked(which, events);
    return new EventGroup(which, mailboxes, events, items);
  }

  /** RFC 5465 §5. */
  private static void checked(Mailboxes which, Set<String> events) {
    boolean added = events.contains("MESSAGENEW");
    if (added != events.contains("MESSAGEEXPUNGE")) {
      throw new Malformed("MessageNew and MessageExpunge go together");
    }
    if (!added && (events.contains("FLAGCHANGE") || events.contains("ANNOTATIONCHANGE"))) {
      throw new Malformed("FlagChange needs MessageNew and MessageExpunge");
    }
    if (isSelected(which)
        && (events.contains("MAILBOXNAME")
            || events.contains("SUBSCRIPTIONCHANGE")
            || events.contains("MAILBOXMETADATACHANGE")
            || events.contains("SERVERMETADATACHANGE"))) {
      throw new Malformed("Of the selected mailbox, what happens to messages is told");
    }
  }
}
