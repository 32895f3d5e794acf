package io.mainstem.mailbox.state;

import io.mainstem.message.Person;
import org.infinispan.protostream.annotations.Proto;

/**
 * Somebody whom the owner writes to in a thread, with the watermarks of what became of it; each is
 * a seq of the owner's log.
 *
 * @param member whether messages to "all" of the thread are for him; false for a Bcc
 * @param since messages before this seq were not for him (he joined later)
 * @param until messages from this seq on are not for him (he left)
 * @param sent the newest that was sent to him by name; see {@link ThreadObject#owed}
 */
@Proto
public record Recipient(
    Person person,
    boolean member,
    long since,
    long until,
    long sent,
    long handed,
    long delivered,
    long read) {
  /** Whether this message is for him; {@code index} is his place among the thread's recipients. */
  public boolean gets(Ref ref, int index) {
    return ref.to().isEmpty()
        ? member && since <= ref.origin() && ref.origin() < until
        : ref.to().contains(index);
  }

  public Recipient merged(long newHanded, long newDelivered, long newRead) {
    long r = Math.max(read, newRead);
    long d = Math.max(Math.max(delivered, newDelivered), r);
    long h = Math.max(Math.max(handed, newHanded), d);
    return new Recipient(person, member, since, until, sent, h, d, r);
  }

  public Recipient sent(long seq) {
    return new Recipient(
        person, member, since, until, Math.max(sent, seq), handed, delivered, read);
  }
}
