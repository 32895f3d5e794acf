package io.mainstem.mailbox.state;

import io.mainstem.mailbox.StoredObject;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;

/**
 * {@code t/THREAD}: a thread with its last {@link #RECENT} messages, oldest first.
 *
 * @param sentToAll origin of the owner's newest message to all members
 */
@Proto
public record ThreadObject(
    long covers,
    String id,
    ThreadFace face,
    ThreadState state,
    List<Item> recent,
    List<Recipient> recipients,
    long sentToAll,
    List<Sender> senders,
    List<Failure> failures)
    implements StoredObject {
  public static final int RECENT = 15;

  public ThreadObject {
    recent = List.copyOf(recent);
    recipients = List.copyOf(recipients);
    senders = List.copyOf(senders);
    failures = List.copyOf(failures);
  }

  /** Index of this person among the recipients, or -1. */
  public int recipient(String key) {
    for (int i = 0; i < recipients.size(); i++) {
      if (recipients.get(i).person().key().equals(key)) {
        return i;
      }
    }
    return -1;
  }

  /** The newest origin that this recipient is to be handed. */
  public long owed(Recipient r) {
    boolean all = r.member() && r.until() == Long.MAX_VALUE && r.since() <= sentToAll;
    return all ? Math.max(r.sent(), sentToAll) : r.sent();
  }

  ThreadObject with(List<Recipient> newRecipients, long newSentToAll) {
    return new ThreadObject(
        covers, id, face, state, recent, newRecipients, newSentToAll, senders, failures);
  }

  ThreadObject withSenders(List<Sender> newSenders) {
    return new ThreadObject(
        covers, id, face, state, recent, recipients, sentToAll, newSenders, failures);
  }

  ThreadObject withFailures(List<Failure> newFailures) {
    return new ThreadObject(
        covers, id, face, state, recent, recipients, sentToAll, senders, newFailures);
  }

  @Override
  public int sizeBytes() {
    int size =
        512
            + face.people().size() * 128
            + recipients.size() * 160
            + senders.size() * 96
            + failures.size() * 256;
    for (Item item : recent) {
      var m = item.content();
      size +=
          320
              + (m == null
                  ? 0
                  : 600
                      + 2 * (m.text().length() + m.subject().length())
                      + m.attachments().size() * 256);
    }
    return size;
  }
}
