package io.mainstem.gateway.imap.session;

import io.mainstem.directory.Account;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.UserId;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Who has logged in, and what his program has turned on. Confined to its session. */
public final class Login {
  private final UserId user;
  private final String name;
  private boolean rev2;
  private boolean utf8;
  private boolean condstore;
  private boolean qresync;
  private @Nullable Notifications notifications;

  /** Entries of this session's own commands, of which NOTIFY need not tell (RFC 5465 §5). */
  private final TreeSet<Long> own = new TreeSet<>();

  public Login(Account account) {
    this.user = account.id();
    this.name = account.name();
  }

  public UserId user() {
    return user;
  }

  /** What he logs in with. */
  public String name() {
    return name;
  }

  /** IMAP4rev2 was enabled: the client knows that message names are UTF-8 (RFC 9051 §5.1). */
  public boolean isRev2() {
    return rev2;
  }

  public boolean usesUtf8() {
    return utf8 || rev2;
  }

  /** RFC 7162 §3.1: the client wants to hear of modseqs. */
  public boolean usesCondstore() {
    return condstore || qresync;
  }

  /** What the client asked to hear of by NOTIFY; null when it did not. */
  public @Nullable Notifications notifications() {
    return notifications;
  }

  public void onNotify(Notifications wanted) {
    notifications = wanted;
    own.clear();
  }

  /** A command of this session was answered so: if it made an entry, that is its own. */
  void onOwn(Reply reply) {
    if (notifications == null || notifications.from() == null) {
      return;
    }
    switch (reply) {
      case Reply.Done r when r.changed() -> own.add(r.cursor().seq());
      case Reply.Stored r when r.changed() -> own.add(r.cursor().seq());
      case Reply.Placed r when r.changed() -> own.add(r.cursor().seq());
      case Reply.Appended r when r.created() -> own.add(r.cursor().seq());
      case Reply.FolderMade r -> own.add(r.cursor().seq());
      default -> {}
    }
  }

  /** Whether this session made the entry. */
  public boolean isOwn(long seq) {
    return own.contains(seq);
  }

  /** All entries up to this one have been told of. */
  public void onTold(long seq) {
    own.headSet(seq, true).clear();
  }

  public boolean usesQresync() {
    return qresync;
  }

  public void onCondstore() {
    condstore = true;
  }

  /** Turns on what a client names (RFC 9051 §6.3.1); false when there is no such thing. */
  public boolean enable(String capability) {
    switch (capability) {
      case "IMAP4REV2" -> rev2 = true;
      case "UTF8=ACCEPT" -> utf8 = true;
      case "CONDSTORE" -> condstore = true;
      case "QRESYNC" -> qresync = true;
      default -> {
        return false;
      }
    }
    return true;
  }
}
