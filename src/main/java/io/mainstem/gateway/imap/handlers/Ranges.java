package io.mainstem.gateway.imap.handlers;

import io.mainstem.mailbox.UidRange;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Runs of UIDs taken apart. */
final class Ranges {
  private Ranges() {}

  static IntStream stream(List<UidRange> ranges) {
    return ranges.stream().flatMapToInt(r -> IntStream.rangeClosed(r.from(), r.to()));
  }

  /** Runs of numbers that ascend. */
  static List<UidRange> of(IntStream ascending) {
    var out = new ArrayList<UidRange>();
    ascending.forEach(
        n -> {
          UidRange last = out.isEmpty() ? null : out.get(out.size() - 1);
          if (last != null && last.to() == n - 1) {
            out.set(out.size() - 1, new UidRange(last.from(), n));
          } else {
            out.add(new UidRange(n, n));
          }
        });
    return out;
  }

  static List<Integer> uids(List<UidRange> ranges) {
    return stream(ranges).boxed().toList();
  }

  /** In pieces of at most so many UIDs each. */
  static List<List<UidRange>> pieces(List<UidRange> ranges, int max) {
    var out = new ArrayList<List<UidRange>>();
    var piece = new ArrayList<UidRange>();
    int size = 0;
    for (UidRange r : ranges) {
      int from = r.from();
      while (from <= r.to()) {
        int to = (int) Math.min(r.to(), (long) from + max - size - 1);
        piece.add(new UidRange(from, to));
        size += to - from + 1;
        from = to + 1;
        if (size == max) {
          out.add(List.copyOf(piece));
          piece.clear();
          size = 0;
        }
      }
    }
    if (!piece.isEmpty()) {
      out.add(List.copyOf(piece));
    }
    return out;
  }
}
