package io.mainstem.mailbox.state;

import io.mainstem.message.Channel;
import org.infinispan.protostream.annotations.Proto;

/**
 * Counts of one thread in one folder and channel.
 *
 * @param folder or {@link #VISIBLE} for all outside Junk and Trash, where a message counts once
 *     however often it is placed
 * @param stamp packed stamp of the newest message that ever came here: the thread's place in the
 *     folder's list
 * @param unread messages of others that are not \Seen here
 */
@Proto
public record Tally(String folder, Channel channel, long stamp, int messages, int unread) {
  public static final String VISIBLE = "*";

  /** The list of threads that it stands in. */
  public String list() {
    return list(folder, channel);
  }

  public static String list(String folder, Channel channel) {
    return folder + '.' + channel.word();
  }
}
