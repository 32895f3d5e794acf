package io.mainstem.mailbox;

import org.infinispan.protostream.annotations.Proto;

/** How the channels of a conversation are shown. */
@Proto
public enum ChannelView {
  TOGETHER,
  APART
}
