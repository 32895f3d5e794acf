package io.mainstem.mailbox.state;

import io.mainstem.mailbox.StoredObject;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/** {@code p/FOLDER/N}: placements of 256 UIDs, ascending. */
@Proto
public record PlacementPage(long covers, List<Placement> placements) implements StoredObject {
  public static final int UIDS = 256;
  public static final PlacementPage EMPTY = new PlacementPage(0, List.of());

  public PlacementPage {
    placements = List.copyOf(placements);
  }

  /** Number of the page that holds this UID. */
  public static int of(int uid) {
    return (uid - 1) >>> 8;
  }

  /**
   * One placement (RFC 9051 §2.3).
   *
   * @param stamp with {@code message} and {@code thread}: where the message stands in its thread
   * @param receivedMillis INTERNALDATE, with its zone
   * @param savedMillis when it was put here (RFC 8514)
   * @param seq of the event beside which the content stands, until it is {@code erased}
   * @param edit number of the last edit of the message; null: there was none
   */
  @Proto
  public record Placement(
      int uid,
      String message,
      String thread,
      long stamp,
      int flags,
      List<String> keywords,
      long modseq,
      long sizeBytes,
      long receivedMillis,
      int zoneMinutes,
      long savedMillis,
      long seq,
      boolean erased,
      @Nullable Integer edit) {
    public Placement {
      keywords = List.copyOf(keywords);
    }
  }

  /** Index of this UID, or {@code -(insertion point) - 1}. */
  public static int find(List<Placement> placements, int uid) {
    int lo = 0;
    int hi = placements.size() - 1;
    while (lo <= hi) {
      int mid = (lo + hi) >>> 1;
      int c = Integer.compare(placements.get(mid).uid(), uid);
      if (c < 0) {
        lo = mid + 1;
      } else if (c > 0) {
        hi = mid - 1;
      } else {
        return mid;
      }
    }
    return -lo - 1;
  }

  @Override
  public int sizeBytes() {
    return 64 + placements.size() * 160;
  }
}
