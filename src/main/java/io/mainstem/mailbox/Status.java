package io.mainstem.mailbox;

import org.infinispan.protostream.annotations.Proto;

/**
 * What became of a message that the owner sent, as far as a recipient lets it be seen. Each
 * includes those before it, but FAILED.
 */
@Proto
public enum Status {
  /** Durable with us. */
  SENT,
  /** Handed to a device of the recipient, or accepted by the remote server. */
  DELIVERED,
  /** Marked as read by the recipient. */
  READ,
  /** Given up, with a reason. */
  FAILED
}
