package io.mainstem.mailbox.state;

import org.infinispan.protostream.annotations.Proto;

/**
 * What the last edit made of a message.
 *
 * @param number which edit it was, from 1 on
 * @param row seq of the event beside which stands what the message says since
 * @param atMillis when its sender made it
 */
@Proto
public record Revision(int number, long row, long atMillis) {}
