package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.state.Flags;
import io.mainstem.mailbox.state.PageCount;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.mailbox.state.Standing;
import io.mainstem.mailbox.state.Tail;
import io.mainstem.mailbox.state.Tally;
import io.mainstem.mailbox.state.ThreadFace;
import io.mainstem.mailbox.state.ThreadObject;
import io.mainstem.mailbox.state.ThreadState;
import io.mainstem.message.Channel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thread while a command is decided. Confined to one decision. */
final class ThreadLedger {
  final String id;
  final @Nullable ThreadObject before;
  final ThreadState was;
  ThreadFace face;
  boolean newFace;
  long newest;
  Standing standing;
  @Nullable String reason;
  Tail tail;
  private final List<Tally> tallies;
  private final List<PageCount> unreadPages;

  ThreadLedger(ThreadObject thread) {
    this(thread.id(), thread, thread.state(), thread.face(), false);
  }

  /** A new thread. */
  ThreadLedger(String id, ThreadFace face) {
    this(id, null, ThreadState.EMPTY, face, true);
  }

  private ThreadLedger(
      String id, @Nullable ThreadObject before, ThreadState was, ThreadFace face, boolean newFace) {
    this.id = id;
    this.before = before;
    this.was = was;
    this.face = face;
    this.newFace = newFace;
    newest = was.newest();
    standing = was.standing();
    reason = was.reason();
    tail = was.tail();
    tallies = new ArrayList<>(was.tallies());
    unreadPages = new ArrayList<>(was.unreadPages());
  }

  void face(ThreadFace newOne) {
    face = newOne;
    newFace = true;
  }

  /** Whether a message stands in this folder. */
  boolean standsIn(String folder) {
    for (Tally t : tallies) {
      if (t.folder().equals(folder) && t.messages() > 0) {
        return true;
      }
    }
    return false;
  }

  void count(@Nullable Ref before, Ref after, int page) {
    if (before != null) {
      for (Spot s : before.spots()) {
        tally(s.folder(), after, -1, unread(before, s) ? -1 : 0);
      }
      if (before.visible()) {
        tally(Tally.VISIBLE, after, -1, before.unread() ? -1 : 0);
      }
    }
    for (Spot s : after.spots()) {
      tally(s.folder(), after, 1, unread(after, s) ? 1 : 0);
    }
    if (after.visible()) {
      tally(Tally.VISIBLE, after, 1, after.unread() ? 1 : 0);
    }
    int d = (after.unread() ? 1 : 0) - (before != null && before.unread() ? 1 : 0);
    if (d != 0) {
      unread(page, d);
    }
  }

  private static boolean unread(Ref ref, Spot s) {
    return !ref.own() && !s.has(Flags.SEEN);
  }

  private void tally(String folder, Ref ref, int messages, int unread) {
    Channel channel = ref.channel();
    for (int i = 0; i < tallies.size(); i++) {
      var t = tallies.get(i);
      if (t.channel() == channel && t.folder().equals(folder)) {
        long stamp =
            messages > 0 && Long.compareUnsigned(ref.stamp(), t.stamp()) > 0
                ? ref.stamp()
                : t.stamp();
        tallies.set(
            i, new Tally(folder, channel, stamp, t.messages() + messages, t.unread() + unread));
        return;
      }
    }
    tallies.add(new Tally(folder, channel, ref.stamp(), messages, unread));
  }

  void unread(int page, int d) {
    for (int i = 0; i < unreadPages.size(); i++) {
      var p = unreadPages.get(i);
      if (p.page() == page) {
        unreadPages.set(i, new PageCount(page, p.unread() + d));
        return;
      }
    }
    unreadPages.add(new PageCount(page, d));
  }

  ThreadState state() {
    tallies.removeIf(t -> t.messages() == 0);
    tallies.sort(
        (a, b) -> {
          int c = a.folder().compareTo(b.folder());
          return c != 0 ? c : a.channel().compareTo(b.channel());
        });
    unreadPages.removeIf(p -> p.unread() == 0);
    unreadPages.sort((a, b) -> Integer.compare(a.page(), b.page()));
    return new ThreadState(newest, standing, reason, tallies, tail, unreadPages);
  }
}
