package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Settings;
import io.mainstem.mailbox.state.Standing;
import io.mainstem.message.Channel;
import io.mainstem.message.Message;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import org.jspecify.annotations.Nullable;

/** Where a message that arrives stands, and why: decided once, by the owner's policy. */
final class Strangers {
  private Strangers() {}

  /** A folder and the code of the reason for it. */
  record Folder(String id, @Nullable String reason) {}

  static Folder folder(
      Ledger ledger, Message m, boolean claimed, Standing standing, ThreadLedger t) {
    var settings = ledger.header.settings();
    if (claimed) {
      return new Folder("inbox", "not-from-account");
    }
    if (settings.blocked().contains(m.from().key())) {
      return new Folder("junk", "blocked");
    }
    if (standing == Standing.DECLINED) {
      return new Folder("junk", "declined");
    }
    boolean mail = m.channel() == Channel.MAIL;
    if (standing == Standing.STRANGER) {
      if (!mail) {
        if (settings.whoMayChat() == Settings.WhoMayChat.CONTACTS) {
          throw new Rejected(Rule.NOT_PERMITTED, "only contacts may write chats to this person");
        }
        return new Folder("requests", "stranger");
      }
      if (settings.screenMail()) {
        return new Folder("requests", "screened");
      }
    }
    var home = Moves.home(m.channel());
    if (t.face.settings().muted()
        && t.standsIn("archive")
        && !t.standsIn("inbox")
        && !t.standsIn("chats")) {
      home = "archive";
    }
    return new Folder(home, standing == Standing.STRANGER ? "new-sender" : null);
  }

  /** Whether the sender is never told anything about it. */
  static boolean silent(@Nullable String reason) {
    return reason != null && (reason.equals("declined") || reason.equals("blocked"));
  }
}
