package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Fields;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;

/** {@code POST /threads/{id}/unread}. */
public record UnreadHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var from = Fields.messageIn(call.body().getString("from"));
    return mailboxes
        .submit(call.owner(), new Command.Unread(call.thread(), from))
        .map(Answer::done);
  }
}
