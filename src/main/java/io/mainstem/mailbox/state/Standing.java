package io.mainstem.mailbox.state;

import org.infinispan.protostream.annotations.Proto;

/** How somebody stands with the owner. */
@Proto
public enum Standing {
  /** The owner has neither written to them nor accepted them. */
  STRANGER,
  /** The owner has written to them or accepted them. */
  KNOWN,
  /** The owner has declined them, silently. */
  DECLINED
}
