package io.mainstem.mailbox;

import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import java.util.List;
import java.util.Set;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * A conversation in a list.
 *
 * @param title of a group, list or topic; null for people (the page names them)
 * @param last the newest message that this view shows
 * @param unread messages, in this view's channels
 * @param folders in which a message of it stands
 * @param reason why it is in Requests or Junk
 */
@Proto
public record ThreadView(
    ThreadId id,
    ThreadKind kind,
    @Nullable String title,
    List<Person> participants,
    @Nullable MessageView last,
    int unread,
    List<FolderId> folders,
    Set<Channel> channels,
    @Nullable Reason reason,
    ThreadSettings settings,
    Position position) {
  public ThreadView {
    participants = List.copyOf(participants);
    folders = List.copyOf(folders);
    channels = Set.copyOf(channels);
  }
}
