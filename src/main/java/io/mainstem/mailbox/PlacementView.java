package io.mainstem.mailbox;

import io.mainstem.mailbox.state.Flags;
import io.mainstem.message.MessageId;
import io.mainstem.message.ThreadId;
import java.util.List;
import java.util.Set;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * A message as it stands in a folder (RFC 9051 §2.3).
 *
 * @param message with {@code edit} EMAILID, and {@code thread} THREADID (RFC 8474)
 * @param flags bits of {@link Flags}
 * @param keywords sorted
 * @param modseq seq of its last change (RFC 7162)
 * @param sizeBytes of its RFC 5322 form, exactly (RFC822.SIZE)
 * @param receivedMillis INTERNALDATE, with the zone that it was given in
 * @param savedMillis SAVEDATE (RFC 8514)
 * @param edit number of the message's last edit, since when its bytes are others; null: none
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
    long savedMillis,
    @Nullable Integer edit) {
  public PlacementView {
    keywords = List.copyOf(keywords);
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** EMAILID (RFC 8474 §4.1): an id of the bytes, so an edit has another. */
  public String emailId() {
    return edit == null ? message.value() : message.value() + '-' + edit;
  }

  /** System flags and keywords as words. */
  public Set<String> words() {
    return Flags.words(flags, keywords);
  }
}
