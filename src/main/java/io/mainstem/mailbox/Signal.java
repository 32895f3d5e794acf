package io.mainstem.mailbox;

import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import org.infinispan.protostream.annotations.Proto;

/** A loss-tolerant notice about somebody in a thread; never logged. */
public sealed interface Signal {
  /** Somebody writes in the thread. */
  @Proto
  record Typing(ThreadId thread, Person by) implements Signal {}
}
