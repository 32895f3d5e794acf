package io.mainstem.mailbox;

import io.mainstem.mailbox.state.Flags;
import io.mainstem.message.MessageId;
import io.mainstem.message.ThreadId;
import java.util.List;
import java.util.Set;
import org.infinispan.protostream.annotations.Proto;

/**
 * A message as it stands in a folder (RFC 9051 §2.3).
 *
 * @param message EMAILID, and {@code thread} THREADID (RFC 8474)
 * @param flags bits of {@link Flags}
 * @param keywords sorted
 * @param modseq seq of its last change (RFC 7162)
 * @param sizeBytes of its RFC 5322 form, exactly (RFC822.SIZE)
 * @param receivedMillis INTERNALDATE, with the zone that it was given in
 * @param savedMillis SAVEDATE (RFC 8514)
 */
@Proto
public record PlacementView(
    int uid,
    MessageId message,
    ThreadId thread,
    int flags,
    List<String> keywords,
    long modseq,
    long sizeBytes,
    long receivedMillis,
    int zoneMinutes,
    long savedMillis) {
  public PlacementView {
    keywords = List.copyOf(keywords);
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** System flags and keywords as words. */
  public Set<String> words() {
    return Flags.words(flags, keywords);
  }
}
