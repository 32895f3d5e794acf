package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.state.Flags;
import io.mainstem.mailbox.state.Header.Receipt;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Sender;
import io.mainstem.mailbox.state.Spot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which senders are to be told that the owner has read. Confined to one decision and thread. */
final class Receipts {
  private final Map<String, Long> newestRead = new HashMap<>();
  private final Map<String, Long> oldestUnread = new HashMap<>();

  /** A message as it stands after the command. In Requests and Junk nobody is told. */
  void see(Ref ref) {
    var sender = ref.sender();
    if (sender == null || ref.origin() == 0) {
      return;
    }
    boolean home = false;
    boolean unread = false;
    for (Spot s : ref.spots()) {
      home |= !s.folder().equals("requests") && !s.hidden();
      unread |= !s.has(Flags.SEEN);
    }
    if (unread) {
      oldestUnread.merge(sender, ref.origin(), Math::min);
    } else if (home) {
      newestRead.merge(sender, ref.origin(), Math::max);
    }
  }

  /** Watermarks that moved: up to the newest that was read, but not past one that was not. */
  List<Receipt> receipts(Ledger ledger, ThreadLedger t) {
    var out = new ArrayList<Receipt>();
    if (!ledger.header.settings().receipts() || t.before == null) {
      return out;
    }
    for (Sender s : t.before.senders()) {
      long read = newestRead.getOrDefault(s.user(), 0L);
      long unread = oldestUnread.getOrDefault(s.user(), Long.MAX_VALUE);
      read = Math.min(read, unread - 1);
      if (read > s.read()) {
        out.add(new Receipt(s.user(), s.thread(), 0, read));
      }
    }
    return out;
  }
}
