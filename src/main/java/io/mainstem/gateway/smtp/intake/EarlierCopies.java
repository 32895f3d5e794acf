package io.mainstem.gateway.smtp.intake;

import io.mainstem.blob.BlobStore;
import io.mainstem.directory.Account;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Message;
import io.mainstem.mime.ApartFields;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends, and lets the copy of the same mail give way that the program has put into Sent before:
 * otherwise the mail would stand there twice.
 */
final class EarlierCopies {
  private static final Logger LOG = LoggerFactory.getLogger(EarlierCopies.class);

  private final Workshop workshop;

  EarlierCopies(Workshop workshop) {
    this.workshop = workshop;
  }

  Future<Reply.Sent> send(Account account, Command.Send command) {
    return workshop
        .mailboxes()
        .submit(account.id(), command)
        .compose(
            reply -> {
              Reply.Copy copy = reply.copy();
              return copy == null
                  ? Future.succeededFuture(reply)
                  : isSame(account, copy, command.message())
                      .compose(
                          same ->
                              workshop
                                  .mailboxes()
                                  .submit(
                                      account.id(),
                                      command.with(new Command.Alike(copy.id(), same))));
            })
        .onSuccess(reply -> erase(account, reply));
  }

  /** Whether what is sent says all that the copy says. */
  private Future<Boolean> isSame(Account account, Reply.Copy copy, Message sent) {
    return workshop
        .mailboxes()
        .query(account.id(), new Query.Bodies(copy.folder(), copy.uid(), copy.uid()))
        .compose(
            page -> {
              var body = page.bodies().isEmpty() ? null : page.bodies().get(0);
              BlobRange copied = body == null ? null : body.raw();
              var raw = sent.raw();
              if (body == null || copied == null || raw == null) {
                return Future.succeededFuture(false);
              }
              BlobStore blobs = workshop.blobs();
              byte[] apart = ApartFields.bytes(sent.headers().apart());
              byte[] its = ApartFields.bytes(body.apart());
              var range = new BlobRange(raw, 0, sent.sizeBytes());
              return workshop
                  .mails()
                  .isSame(
                      () -> ApartFields.open(blobs, apart, range, 0, Long.MAX_VALUE),
                      () -> ApartFields.open(blobs, its, copied, 0, Long.MAX_VALUE));
            });
  }

  /** What it said stands in what was sent, and nobody can reach it any more. */
  private void erase(Account account, Reply.Sent reply) {
    if (reply.replaced() != null) {
      workshop
          .mailboxes()
          .submit(account.id(), new Command.Erase(reply.replaced()))
          .onFailure(cause -> LOG.warn("The content of a copy that gave way stays", cause));
    }
  }
}
