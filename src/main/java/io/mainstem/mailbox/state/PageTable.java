package io.mainstem.mailbox.state;

import io.mainstem.mailbox.StoredObject;
import java.util.ArrayList;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/** Which pages an ordered sequence has, in order. It exists once there are two. */
@Proto
public record PageTable(long covers, List<Row> rows) implements StoredObject {
  public PageTable {
    rows = List.copyOf(rows);
  }

  /** A page and the first position that belongs to it. */
  @Proto
  public record Row(int page, long stamp, String first) {}

  private static final Row FIRST = new Row(0, 0, "");

  /** Index of the row whose page holds this position. */
  public int find(long stamp, String id) {
    int lo = 0;
    int hi = rows.size() - 1;
    while (lo < hi) {
      int mid = (lo + hi + 1) >>> 1;
      Row r = rows.get(mid);
      if (Ref.compare(r.stamp(), r.first(), stamp, id) <= 0) {
        lo = mid;
      } else {
        hi = mid - 1;
      }
    }
    return lo;
  }

  public static PageTable plus(@Nullable PageTable table, long seq, Row row) {
    var rows = new ArrayList<Row>(table == null ? List.of(FIRST) : table.rows);
    int i = 0;
    while (i < rows.size()
        && Ref.compare(rows.get(i).stamp(), rows.get(i).first(), row.stamp(), row.first()) <= 0) {
      i++;
    }
    rows.add(i, row);
    return new PageTable(seq, rows);
  }

  @Override
  public int sizeBytes() {
    return 64 + rows.size() * 72;
  }
}
