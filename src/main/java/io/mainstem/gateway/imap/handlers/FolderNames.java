package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.MailboxName;
import io.mainstem.gateway.imap.rendering.ImapText;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.message.FolderId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;

/** Mailbox names as clients write them (RFC 9051 §5.1). */
final class FolderNames {
  private final MailboxService mailboxes;

  FolderNames(MailboxService mailboxes) {
    this.mailboxes = mailboxes;
  }

  Future<List<FolderView>> all(Login login) {
    return mailboxes.query(login.user(), new Query.Folders());
  }

  /** The folder of a name, or NO [NONEXISTENT]. */
  Future<FolderView> find(Login login, String wireName) {
    return find(login, wireName, "NONEXISTENT");
  }

  /**
   * @param code of the refusal: TRYCREATE for the target of a copy (RFC 9051 §6.4.7)
   */
  Future<FolderView> find(Login login, String wireName, String code) {
    String name = decoded(login, wireName);
    return all(login)
        .map(
            folders -> {
              for (FolderView f : folders) {
                if (f.name().equals(name)) {
                  return f;
                }
              }
              throw Refused.no(code, "There is no such mailbox");
            });
  }

  /** As {@link #find}, for who needs no more than the id: that of INBOX is always the same. */
  Future<FolderId> id(Login login, String wireName, String code) {
    return wireName.equalsIgnoreCase("INBOX")
        ? Future.succeededFuture(FolderId.INBOX)
        : find(login, wireName, code).map(FolderView::id);
  }

  /** INBOX in any letter case is INBOX, also before a hierarchy separator. */
  static String decoded(Login login, String wireName) {
    String name = login.usesUtf8() ? wireName : MailboxName.fromUtf7(wireName);
    boolean inbox =
        name.length() >= 5 && name.substring(0, 5).toUpperCase(Locale.ROOT).equals("INBOX");
    return inbox && (name.length() == 5 || name.charAt(5) == '/')
        ? "INBOX" + name.substring(5)
        : name;
  }

  static String encoded(Login login, String name) {
    return ImapText.quoted(login.usesUtf8() ? name : MailboxName.toUtf7(name));
  }

  /** Where mail programs put nothing: what stands here came as a chat, or was sorted here. */
  static void requireWritable(FolderId folder) {
    if (!isWritable(folder)) {
      throw Refused.no("CANNOT", "Nothing can be put into this mailbox");
    }
  }

  static boolean isWritable(FolderId folder) {
    return !folder.equals(FolderId.CHATS) && !folder.equals(FolderId.REQUESTS);
  }
}
