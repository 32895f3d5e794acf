package io.mainstem.gateway.imap.session;

import io.mainstem.blob.BlobStore;
import io.mainstem.config.Imap;
import io.mainstem.directory.Account;
import io.mainstem.directory.Recipient;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.UserId;
import io.mainstem.mime.Mails;
import io.mainstem.stage.Stage;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What all sessions of the gateway share.
 *
 * @param holders what an address is to this server
 * @param workers read mails and search
 * @param stage a passage is a command; what is refused is counted by its response code
 */
public record ImapParts(
    Imap config,
    MailboxService mailboxes,
    Function<UserId, Future<@Nullable Account>> accounts,
    Function<String, Future<@Nullable Recipient>> holders,
    Credentials credentials,
    BlobStore blobs,
    Mails mails,
    WorkerExecutor workers,
    Stage stage,
    LongSupplier nowMillis) {

  /** Submits a command of a session, which knows from then on that its entry is its own. */
  public <R extends Reply> Future<R> submit(Login login, Command<R> command) {
    return mailboxes
        .submit(login.user(), command)
        .map(
            reply -> {
              login.onOwn(reply);
              return reply;
            });
  }
}
