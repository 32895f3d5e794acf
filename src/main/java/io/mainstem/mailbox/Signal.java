package io.mainstem.mailbox;

import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;

/** A loss-tolerant notice about somebody in a thread; never logged. */
public sealed interface Signal {
  /** Somebody writes in the thread. */
  record Typing(ThreadId thread, Person by) implements Signal {}
}
