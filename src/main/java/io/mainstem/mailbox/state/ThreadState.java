package io.mainstem.mailbox.state;

import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * What changes in a thread with its messages: written whole into every event that changes it, so
 * that {@code apply} copies and frames need nothing else.
 *
 * @param newest packed stamp of the newest message seen in this conversation
 * @param standing how its people stand with the owner
 * @param reason code, why it is in Requests or Junk
 * @param unreadPages history pages with unread messages
 */
@Proto
public record ThreadState(
    long newest,
    Standing standing,
    @Nullable String reason,
    List<Tally> tallies,
    Tail tail,
    List<PageCount> unreadPages) {
  public static final ThreadState EMPTY =
      new ThreadState(0, Standing.STRANGER, null, List.of(), Tail.EMPTY, List.of());

  public ThreadState {
    tallies = List.copyOf(tallies);
    unreadPages = List.copyOf(unreadPages);
  }

  public int messages(String folder) {
    int n = 0;
    for (Tally t : tallies) {
      if (t.folder().equals(folder)) {
        n += t.messages();
      }
    }
    return n;
  }

  public int unread(String folder) {
    int n = 0;
    for (Tally t : tallies) {
      if (t.folder().equals(folder)) {
        n += t.unread();
      }
    }
    return n;
  }

  /** Whether the page's Inbox shows it. */
  public boolean inInbox() {
    return messages("inbox") > 0 || messages("chats") > 0;
  }

  /** In how many channels it has unread messages. */
  public int unreadChannels() {
    int n = 0;
    for (Tally t : tallies) {
      if (t.folder().equals(Tally.VISIBLE) && t.unread() > 0) {
        n++;
      }
    }
    return n;
  }
}
