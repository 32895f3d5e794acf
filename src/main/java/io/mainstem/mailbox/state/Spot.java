package io.mainstem.mailbox.state;

import java.util.List;
import org.infinispan.protostream.annotations.Proto;

/**
 * A placement of a message: it stands in this folder under this UID (RFC 9051 §2.3.1.1).
 *
 * @param flags bits of {@link Flags}
 * @param keywords sorted
 * @param modseq seq of its last change (RFC 7162)
 */
@Proto
public record Spot(String folder, int uid, int flags, List<String> keywords, long modseq) {
  public Spot {
    keywords = List.copyOf(keywords);
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  public boolean same(Spot other) {
    return uid == other.uid && folder.equals(other.folder);
  }

  /** Whether it is hidden from a thread that is opened: in Junk or Trash. */
  public boolean hidden() {
    return folder.equals("junk") || folder.equals("trash");
  }

  public Spot with(int newFlags, List<String> newKeywords, long seq) {
    return new Spot(folder, uid, newFlags, newKeywords, seq);
  }
}
