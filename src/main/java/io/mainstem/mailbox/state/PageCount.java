package io.mainstem.mailbox.state;

import org.infinispan.protostream.annotations.Proto;

/** How many unread messages a history page holds. */
@Proto
public record PageCount(int page, int unread) {}
