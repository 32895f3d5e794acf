package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.state.HistoryPage;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.mailbox.state.Standing;
import io.mainstem.message.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Changes placements of a thread's messages. */
final class Moves {
  private Moves() {}

  /** Where a message of this channel stands by itself: chats in Chats, the rest in Inbox. */
  static String home(Channel channel) {
    return channel == Channel.MAIL ? "inbox" : "chats";
  }

  /** Does this to every message on these pages: null leaves it as it is. */
  static void each(
      Ledger ledger,
      ThreadLedger t,
      List<Integer> pages,
      BiFunction<Integer, Ref, @Nullable Ref> change) {
    var histories = ledger.reads.histories(t.id, pages);
    for (int i = 0; i < pages.size(); i++) {
      HistoryPage h = histories.get(i);
      for (Ref ref : h.refs()) {
        var after = ref.spots().isEmpty() ? null : change.apply(pages.get(i), ref);
        if (after != null && !after.equals(ref)) {
          ledger.change(t, pages.get(i), ref, after);
        }
      }
    }
  }

  static void all(Ledger ledger, ThreadLedger t, BiFunction<Integer, Ref, @Nullable Ref> change) {
    each(ledger, t, ledger.reads.pages(t.id, t.was), change);
  }

  /**
   * The message with those of its placements that stand in {@code from} put into {@code to}; null
   * when none does.
   */
  static @Nullable Ref moved(Ledger ledger, Ref ref, Predicate<Spot> from, String to) {
    boolean any = false;
    for (Spot s : ref.spots()) {
      any |= from.test(s) && !s.folder().equals(to);
    }
    if (!any) {
      return null;
    }
    var spots = new ArrayList<Spot>();
    boolean there = ref.in(to) != null;
    for (Spot s : ref.spots()) {
      if (!from.test(s) || s.folder().equals(to)) {
        spots.add(s);
      } else if (!there) {
        spots.add(Spot.of(to, ledger.uid(to), s.flags(), s.keywords(), ledger.seq));
        there = true;
      }
    }
    return ref.with(spots);
  }

  /**
   * Brings what stands in Requests, and what was put into Junk for its people, home; later messages
   * follow.
   */
  static void welcome(Ledger ledger, ThreadLedger t) {
    if (t.was.messages("requests") > 0 || t.was.messages("junk") > 0) {
      all(
          ledger,
          t,
          (page, ref) -> {
            boolean junk = t.was.standing() == Standing.DECLINED || "declined".equals(ref.reason());
            return moved(
                ledger,
                ref,
                s -> s.folder().equals("requests") || junk && s.folder().equals("junk"),
                home(ref.channel()));
          });
    }
  }
}
