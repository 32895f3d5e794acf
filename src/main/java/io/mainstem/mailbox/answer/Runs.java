package io.mainstem.mailbox.answer;

import io.mainstem.mailbox.UidRange;
import java.util.ArrayList;
import java.util.List;

/** Makes ranges of UIDs that come ascending. Confined to one answer. */
final class Runs {
  private final List<UidRange> done = new ArrayList<>();
  private int from;
  private int to;

  void add(int uid) {
    if (from > 0 && uid == to + 1) {
      to = uid;
    } else {
      end();
      from = uid;
      to = uid;
    }
  }

  private void end() {
    if (from > 0) {
      done.add(new UidRange(from, to));
    }
  }

  List<UidRange> ranges() {
    end();
    from = 0;
    return done;
  }
}
