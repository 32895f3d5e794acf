package io.mainstem.mailbox.answer;

import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.mailbox.state.Tally;
import io.mainstem.mailbox.state.ThreadState;
import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a view shows: Inbox is Inbox and Chats; no folder is all but Junk and Trash.
 *
 * @param lists folders whose lists of threads it is made of
 */
record Shown(Set<String> lists, @Nullable FolderId folder, @Nullable Channel channel) {
  static Shown of(@Nullable FolderId folder, @Nullable Channel channel) {
    var lists =
        folder == null
            ? Set.of(Tally.VISIBLE)
            : folder.equals(FolderId.INBOX) ? Set.of("inbox", "chats") : Set.of(folder.value());
    return new Shown(lists, folder, channel);
  }

  /** A thread that stands only in Junk and Trash is shown whole. */
  static Shown opened(ThreadState state, @Nullable FolderId folder, @Nullable Channel channel) {
    if (folder == null && state.messages(Tally.VISIBLE) == 0) {
      return new Shown(Set.of("junk", "trash"), null, channel);
    }
    return of(folder, channel);
  }

  /** Unread is counted as the opened thread counts it, but in Junk and Trash. */
  Set<String> counted() {
    return lists.contains("junk") || lists.contains("trash") ? lists : Set.of(Tally.VISIBLE);
  }

  boolean shows(Ref ref) {
    if (channel != null && channel != ref.channel()) {
      return false;
    }
    if (lists.contains(Tally.VISIBLE)) {
      return ref.visible();
    }
    for (Spot s : ref.spots()) {
      if (lists.contains(s.folder())) {
        return true;
      }
    }
    return false;
  }
}
