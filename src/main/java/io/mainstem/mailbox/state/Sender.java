package io.mainstem.mailbox.state;

import org.infinispan.protostream.annotations.Proto;

/**
 * Somebody with a mailbox here whose messages stand in a thread.
 *
 * @param thread his own thread of these messages
 * @param read seq of his log up to which the owner has read
 */
@Proto
public record Sender(String user, String thread, long read) {}
