package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Cursors;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;

/**
 * {@code POST /threads/{id}/read}: {@code upTo} names a seq of the reader, never a place in the
 * order of display.
 */
public record ReadHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var upTo = Cursors.read(call.body().getString("upTo"), "upTo");
    return mailboxes
        .submit(call.owner(), new Command.Read(call.thread(), upTo.seq()))
        .map(Answer::done);
  }
}
