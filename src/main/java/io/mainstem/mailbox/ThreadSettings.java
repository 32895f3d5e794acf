package io.mainstem.mailbox;

import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * The owner's settings of one thread.
 *
 * @param muted new messages do not count and do not bring it back from Archive
 * @param channels together or apart for this person; null: as for all
 */
@Proto
public record ThreadSettings(boolean muted, @Nullable ChannelView channels) {
  public static final ThreadSettings DEFAULT = new ThreadSettings(false, null);
}
