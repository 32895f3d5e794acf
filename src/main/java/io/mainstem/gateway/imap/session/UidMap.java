package io.mainstem.gateway.imap.session;

import io.mainstem.gateway.imap.protocol.SequenceSet;
import io.mainstem.mailbox.UidRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Message numbers of a folder as one session sees them: the UIDs in ascending order, kept as runs
 * without a hole, since most folders have few. Confined to its session.
 */
public final class UidMap {
  private int[] from = new int[4];
  private int[] to = new int[4];

  /** How many UIDs stand before each run. */
  private int[] before = new int[4];

  private int runs;

  public int size() {
    return runs == 0 ? 0 : before[runs - 1] + to[runs - 1] - from[runs - 1] + 1;
  }

  /** The highest UID; 0 when there is none. */
  public int lastUid() {
    return runs == 0 ? 0 : to[runs - 1];
  }

  /** Adds UIDs above all that are here. */
  public void add(int first, int last) {
    if (first <= lastUid()) {
      throw new IllegalArgumentException("UIDs grow");
    }
    int size = size();
    if (runs > 0 && to[runs - 1] == first - 1) {
      to[runs - 1] = last;
      return;
    }
    if (runs == from.length) {
      grow(runs + (runs >> 1) + 1);
    }
    from[runs] = first;
    to[runs] = last;
    before[runs] = size;
    runs++;
  }

  private void grow(int length) {
    from = Arrays.copyOf(from, length);
    to = Arrays.copyOf(to, length);
    before = Arrays.copyOf(before, length);
  }

  /** The message number of a UID; 0 when it is not here. */
  public int number(int uid) {
    int run = runAt(uid);
    return run >= 0 && uid <= to[run] ? before[run] + uid - from[run] + 1 : 0;
  }

  /** The last run that begins at this UID or below it, or −1. */
  private int runAt(int uid) {
    int i = Arrays.binarySearch(from, 0, runs, uid);
    return i >= 0 ? i : -i - 2;
  }

  /** The UID of a message number, which must exist. */
  public int uid(int number) {
    if (number < 1 || number > size()) {
      throw new IndexOutOfBoundsException(number);
    }
    int i = Arrays.binarySearch(before, 0, runs, number - 1);
    int run = i >= 0 ? i : -i - 2;
    return from[run] + number - 1 - before[run];
  }

  /** Takes a UID out; later ones get the number below. */
  public void remove(int uid) {
    int run = runAt(uid);
    if (run < 0 || uid > to[run]) {
      return;
    }
    if (from[run] == to[run]) {
      System.arraycopy(from, run + 1, from, run, runs - run - 1);
      System.arraycopy(to, run + 1, to, run, runs - run - 1);
      System.arraycopy(before, run + 1, before, run, runs - run - 1);
      runs--;
      run--;
    } else if (uid == from[run]) {
      from[run]++;
    } else if (uid == to[run]) {
      to[run]--;
    } else {
      if (runs == from.length) {
        grow(runs + (runs >> 1) + 1);
      }
      System.arraycopy(from, run, from, run + 1, runs - run);
      System.arraycopy(to, run, to, run + 1, runs - run);
      System.arraycopy(before, run, before, run + 1, runs - run);
      runs++;
      to[run] = uid - 1;
      from[run + 1] = uid + 1;
      before[run + 1] = before[run] + to[run] - from[run] + 1;
      run++;
    }
    for (int i = run + 1; i < runs; i++) {
      before[i]--;
    }
  }

  /** All UIDs, as runs. */
  public List<UidRange> ranges() {
    var out = new ArrayList<UidRange>(runs);
    for (int i = 0; i < runs; i++) {
      out.add(new UidRange(from[i], to[i]));
    }
    return out;
  }

  /**
   * The UIDs that a client means, ascending and each once.
   *
   * @param uids whether it names UIDs, else message numbers; those that do not exist are left out
   */
  public List<UidRange> resolve(SequenceSet set, boolean uids) {
    var wanted = new ArrayList<UidRange>();
    int max = uids ? lastUid() : size();
    if (max == 0) {
      return List.of();
    }
    for (SequenceSet.Range r : set.ranges()) {
      int low = Math.max(1, r.low(max));
      int high = Math.min(max, r.high(max));
      if (low <= high) {
        if (uids) {
          within(low, high, wanted);
        } else {
          within(uid(low), uid(high), wanted);
        }
      }
    }
    return merged(wanted);
  }

  /** Those of these runs, ascending, that are here. */
  List<UidRange> present(List<UidRange> ranges) {
    var out = new ArrayList<UidRange>();
    for (UidRange r : ranges) {
      within(r.from(), r.to(), out);
    }
    return out;
  }

  /** Runs of UIDs between two, both included. */
  private void within(int low, int high, List<UidRange> out) {
    for (int i = Math.max(0, runAt(low)); i < runs && from[i] <= high; i++) {
      int a = Math.max(low, from[i]);
      int b = Math.min(high, to[i]);
      if (a <= b) {
        out.add(new UidRange(a, b));
      }
    }
  }

  private static List<UidRange> merged(List<UidRange> ranges) {
    if (ranges.size() < 2) {
      return ranges;
    }
    ranges.sort(java.util.Comparator.comparingInt(UidRange::from));
    var out = new ArrayList<UidRange>();
    UidRange last = ranges.get(0);
    for (UidRange r : ranges.subList(1, ranges.size())) {
      if (r.from() <= last.to()) {
        last = new UidRange(last.from(), Math.max(last.to(), r.to()));
      } else {
        out.add(last);
        last = r;
      }
    }
    out.add(last);
    return out;
  }
}
