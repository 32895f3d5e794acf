package io.mainstem.mailbox.state;

import io.mainstem.mailbox.StoredObject;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;

/**
 * {@code l/LIST/N}: threads of a folder and channel, by the newest message that came there; oldest
 * first.
 */
@Proto
public record ListPage(long covers, List<Place> rows) implements StoredObject {
  public static final int MAX = 256;
  public static final ListPage EMPTY = new ListPage(0, List.of());

  public ListPage {
    rows = List.copyOf(rows);
  }

  /** A thread and its place in the list. */
  @Proto
  public record Place(long stamp, String thread) {
    public int compareTo(long otherStamp, String otherThread) {
      return Ref.compare(stamp, thread, otherStamp, otherThread);
    }
  }

  /** Index of this place, or {@code -(insertion point) - 1}. */
  public static int find(List<Place> rows, long stamp, String thread) {
    int lo = 0;
    int hi = rows.size() - 1;
    while (lo <= hi) {
      int mid = (lo + hi) >>> 1;
      int c = rows.get(mid).compareTo(stamp, thread);
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

  static void put(List<Place> rows, Place row) {
    int i = find(rows, row.stamp(), row.thread());
    if (i < 0) {
      rows.add(-i - 1, row);
    }
  }

  @Override
  public int sizeBytes() {
    return 64 + rows.size() * 88;
  }
}
