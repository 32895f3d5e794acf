package io.mainstem.delivery;

import io.mainstem.mailbox.Query.Outgoing;
import io.mainstem.message.Person;
import io.vertx.core.Future;

/** A way by which messages get to one kind of recipient. */
public interface Transport {
  /** Whether it can reach this recipient. */
  boolean reaches(Person recipient);

  /** Tries once; the same message may come again. A failure means that it is worth trying later. */
  Future<Outcome> deliver(Outgoing outgoing);

  /** What came of a try. */
  sealed interface Outcome {
    /** Settled in the recipient's log; his devices tell of delivery. */
    record Handed() implements Outcome {}

    /** A remote server took it: delivered, as far as anybody will ever tell. */
    record Accepted() implements Outcome {}

    /** It will never be taken. @param reason in words, for the sender */
    record Refused(String reason) implements Outcome {}
  }
}
