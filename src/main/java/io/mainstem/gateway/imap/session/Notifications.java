package io.mainstem.gateway.imap.session;

import io.mainstem.gateway.imap.protocol.FetchItem;
import io.mainstem.gateway.imap.protocol.ImapCommand.EventGroup;
import io.mainstem.gateway.imap.protocol.ImapCommand.Mailboxes;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.FolderView;
import io.mainstem.message.FolderId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a session wants to hear of without asking (RFC 5465). Confined to its session.
 *
 * @param groups with names as mailboxes bear them here; empty: nothing
 * @param from what comes after this is told; null: nothing is
 * @param known folders as the session last heard of them
 */
public record Notifications(
    List<EventGroup> groups, @Nullable Cursor from, Map<FolderId, FolderView> known) {
  /** Where mail and chats arrive. */
  private static final Set<FolderId> INBOXES =
      Set.of(FolderId.INBOX, FolderId.CHATS, FolderId.REQUESTS, FolderId.JUNK);

  /** What can be told, in the words of the RFC. */
  public static final String EVENTS =
      "MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange MailboxMetadataChange"
          + " ServerMetadataChange";

  /** NOTIFY NONE. */
  public static Notifications none() {
    return new Notifications(List.of(), null, Map.of());
  }

  public Notifications {
    groups = List.copyOf(groups);
  }

  /** Events of the selected mailbox; none when it was not named. */
  public Set<String> selected() {
    for (EventGroup g : groups) {
      if (isSelected(g)) {
        return g.events();
      }
    }
    return Set.of();
  }

  /** Whether message numbers stay until the client's next command (RFC 5465 §6). */
  public boolean isDelayed() {
    return groups.stream().anyMatch(g -> g.which() == Mailboxes.SELECTED_DELAYED);
  }

  /** What is to be told of new messages in the selected mailbox. */
  public List<FetchItem> items() {
    for (EventGroup g : groups) {
      if (isSelected(g)) {
        return g.items();
      }
    }
    return List.of();
  }

  private static boolean isSelected(EventGroup g) {
    return g.which() == Mailboxes.SELECTED || g.which() == Mailboxes.SELECTED_DELAYED;
  }

  /** Whether new messages in the selected mailbox are told, and so those that are gone. */
  public boolean hearsMessages() {
    return selected().contains("MESSAGENEW");
  }

  /** Whether changed flags in the selected mailbox are told. */
  public boolean hearsFlags() {
    return selected().contains("FLAGCHANGE");
  }

  /**
   * Events of a mailbox but what happens to messages in the selected one: those of all groups that
   * mean it (RFC 5465 §6).
   */
  public Set<String> of(FolderView folder) {
    Set<String> events = new TreeSet<>();
    for (EventGroup g : groups) {
      if (means(g, folder)) {
        events.addAll(g.events());
      }
    }
    return events;
  }

  private static boolean means(EventGroup g, FolderView f) {
    return switch (g.which()) {
      case SELECTED, SELECTED_DELAYED -> false;
      case PERSONAL -> true;
      case INBOXES -> INBOXES.contains(f.id());
      case SUBSCRIBED -> f.subscribed();
      case MAILBOXES -> g.mailboxes().contains(f.name());
      case SUBTREE ->
          g.mailboxes().stream()
              .anyMatch(name -> f.name().equals(name) || f.name().startsWith(name + "/"));
    };
  }

  /** Whether annotations of the account are to be told of. */
  public boolean wantsServerMetadata() {
    return groups.stream().anyMatch(g -> g.events().contains("SERVERMETADATACHANGE"));
  }
}
