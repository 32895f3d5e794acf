package io.mainstem.mailbox.state;

import io.mainstem.mailbox.StoredObject;
import java.util.ArrayList;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/** {@code h/THREAD/N}: messages of a thread in display order. */
@Proto
public record HistoryPage(long covers, List<Ref> refs) implements StoredObject {
  public static final int MAX = 256;
  public static final HistoryPage EMPTY = new HistoryPage(0, List.of());

  public HistoryPage {
    refs = List.copyOf(refs);
  }

  /** Index of this position, or {@code -(insertion point) - 1}. */
  public static int find(List<Ref> refs, long stamp, String id) {
    int lo = 0;
    int hi = refs.size() - 1;
    if (hi >= 0 && Ref.compare(refs.get(hi).stamp(), refs.get(hi).id(), stamp, id) < 0) {
      return -hi - 2;
    }
    while (lo <= hi) {
      int mid = (lo + hi) >>> 1;
      int c = Ref.compare(refs.get(mid).stamp(), refs.get(mid).id(), stamp, id);
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

  /** The message of this place; null when it is not here. */
  public @Nullable Ref get(long stamp, String id) {
    int i = find(refs, stamp, id);
    return i < 0 ? null : refs.get(i);
  }

  static void put(ArrayList<Ref> refs, Ref ref) {
    int i = find(refs, ref.stamp(), ref.id());
    if (i < 0) {
      refs.add(-i - 1, ref);
    } else {
      refs.set(i, ref);
    }
  }

  @Override
  public int sizeBytes() {
    return 64 + refs.size() * 300;
  }
}
