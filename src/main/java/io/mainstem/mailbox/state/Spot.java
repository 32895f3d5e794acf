package io.mainstem.mailbox.state;

import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * A placement of a message: it stands in this folder under this UID (RFC 9051 §2.3.1.1).
 *
 * @param flags bits of {@link Flags}
 * @param keywords sorted
 * @param modseq seq of its last change (RFC 7162)
 * @param renewed what it was before edits gave it this UID, if nothing else has touched it since
 */
@Proto
public record Spot(
    String folder,
    int uid,
    int flags,
    List<String> keywords,
    long modseq,
    @Nullable Renewed renewed) {
  public Spot {
    keywords = List.copyOf(keywords);
  }

  /** Of a placement that no edit has touched. */
  public static Spot of(String folder, int uid, int flags, List<String> keywords, long modseq) {
    return new Spot(folder, uid, flags, keywords, modseq, null);
  }

  /** UID and modseq of a placement before the first of the edits that renewed it. */
  @Proto
  public record Renewed(int uid, long modseq) {}

  /** The same place for a content that was edited: another UID, and all else as it was. */
  public Spot renewed(int newUid, long seq) {
    return new Spot(
        folder, newUid, flags, keywords, seq, renewed == null ? new Renewed(uid, modseq) : renewed);
  }

  /** As it was left by whoever touched it last, edits apart. */
  public Spot asTouched() {
    return renewed == null ? this : of(folder, renewed.uid(), flags, keywords, renewed.modseq());
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
    return of(folder, uid, newFlags, newKeywords, seq);
  }
}
