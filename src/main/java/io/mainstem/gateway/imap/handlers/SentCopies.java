package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mime.Raw;
import io.mainstem.mime.SameMail;
import io.vertx.core.Future;
import java.io.InputStream;

/**
 * Knows the copy that a mail program puts into Sent of what it has just sent, which therefore
 * stands there already.
 */
final class SentCopies {
  private final ImapParts parts;

  SentCopies(ImapParts parts) {
    this.parts = parts;
  }

  /** Whether the mail that the mailbox names says all that the copy says. */
  Future<Boolean> holds(Login login, Reply.Appended named, Raw copy) {
    return parts
        .mailboxes()
        .query(login.user(), new Query.Bodies(named.folder(), named.uid(), named.uid()))
        .compose(
            page ->
                page.bodies().isEmpty() || page.bodies().get(0).raw() == null
                    ? Future.succeededFuture(false)
                    : parts.workers().executeBlocking(() -> holds(page.bodies().get(0), copy)));
  }

  private boolean holds(Query.Body sent, Raw copy) throws java.io.IOException {
    try (InputStream theirs = new MailBytes(parts.blobs(), sent).open(0, Long.MAX_VALUE);
        InputStream ours = copy.open(0, Long.MAX_VALUE)) {
      return SameMail.holds(theirs, ours);
    }
  }
}
