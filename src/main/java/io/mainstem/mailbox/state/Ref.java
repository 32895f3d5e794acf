package io.mainstem.mailbox.state;

import io.mainstem.mailbox.Position;
import io.mainstem.message.Channel;
import io.mainstem.message.Hlc;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * A message without what it says: all that is kept for ever.
 *
 * @param seq of its arrival in this mailbox; its content stands in that row's body, unless it was
 *     edited
 * @param stamp packed {@link Hlc}
 * @param own whether the owner wrote it
 * @param origin for an own message: the seq that the watermarks of its recipients are compared
 *     with; for one of another mailbox: its seq in the sender's log; 0 from outside
 * @param sender key of who sent it from a mailbox here; null for own messages and from outside
 * @param to for an own message: indexes into the thread's recipients; empty: all who were members
 *     when it was sent
 * @param spots its placements; empty: it is deleted for good
 * @param reason code of the reason for its folder
 * @param answers id of the message of another thread that it answers
 * @param erased its content is gone for ever
 * @param revision since it was edited; null: it never was
 */
@Proto
public record Ref(
    String id,
    long seq,
    long stamp,
    Channel channel,
    boolean own,
    long origin,
    @Nullable String sender,
    List<Integer> to,
    long sizeBytes,
    long receivedMillis,
    int zoneMinutes,
    List<Spot> spots,
    @Nullable String reason,
    @Nullable String answers,
    boolean erased,
    @Nullable Revision revision) {
  public Ref {
    to = List.copyOf(to);
    spots = List.copyOf(spots);
  }

  public Position position() {
    return new Position(new Hlc(stamp), id);
  }

  /** Seq of the event beside which its content stands. */
  public long contentRow() {
    return revision == null ? seq : revision.row();
  }

  /** Whether an opened thread shows it: it stands somewhere outside Junk and Trash. */
  public boolean visible() {
    for (Spot s : spots) {
      if (!s.hidden()) {
        return true;
      }
    }
    return false;
  }

  /** Whether it counts as unread in an opened thread. */
  public boolean unread() {
    if (own) {
      return false;
    }
    for (Spot s : spots) {
      if (!s.hidden() && !s.has(Flags.SEEN)) {
        return true;
      }
    }
    return false;
  }

  public @Nullable Spot in(String folder) {
    for (Spot s : spots) {
      if (s.folder().equals(folder)) {
        return s;
      }
    }
    return null;
  }

  public Ref with(List<Spot> newSpots) {
    return with(origin, newSpots, sizeBytes, reason, erased, revision);
  }

  public Ref withReason(@Nullable String newReason) {
    return with(origin, spots, sizeBytes, newReason, erased, revision);
  }

  public Ref withOrigin(long newOrigin) {
    return with(newOrigin, spots, sizeBytes, reason, erased, revision);
  }

  /** As an edit leaves it: another content, of another size, under new UIDs. */
  public Ref revised(Revision newOne, long newSizeBytes, List<Spot> newSpots) {
    return with(origin, newSpots, newSizeBytes, reason, erased, newOne);
  }

  public Ref gone() {
    return with(origin, spots, sizeBytes, reason, true, revision);
  }

  /** All that ever changes of a message. */
  private Ref with(
      long newOrigin,
      List<Spot> newSpots,
      long newSizeBytes,
      @Nullable String newReason,
      boolean isErased,
      @Nullable Revision newRevision) {
    return new Ref(
        id,
        seq,
        stamp,
        channel,
        own,
        newOrigin,
        sender,
        to,
        newSizeBytes,
        receivedMillis,
        zoneMinutes,
        newSpots,
        newReason,
        answers,
        isErased,
        newRevision);
  }

  /** Compares places in the display order: by stamp, then by id. */
  public static int compare(long stamp1, String id1, long stamp2, String id2) {
    int c = Long.compareUnsigned(stamp1, stamp2);
    return c != 0 ? c : id1.compareTo(id2);
  }
}
