package io.mainstem.mailbox;

import org.infinispan.protostream.annotations.Proto;

/** The four kinds of conversation. */
@Proto
public enum ThreadKind {
  /** One per set of people of From, To and Cc without the owner. */
  PEOPLE,
  /** Made by a person; outlives every change of its members. */
  GROUP,
  /** One per List-Id (RFC 2919). */
  LIST,
  /** Machines and crowds: by References, then subject. */
  TOPIC
}
