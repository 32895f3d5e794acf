package io.mainstem.mailbox.state;

import io.mainstem.message.Message;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * One of a thread's last messages. @param content null when it is to be read from the log, or
 * erased
 */
@Proto
public record Item(Ref ref, @Nullable Message content) {}
