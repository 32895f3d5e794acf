package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Fields;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;

/** {@code POST /threads/{id}/move}. */
public record MoveThreadHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var from = Fields.folderIn(call.body().getString("from"));
    var to = Fields.folderIn(call.body().getString("to"));
    return mailboxes
        .submit(call.owner(), new Command.Move(call.thread(), from, to))
        .map(Answer::done);
  }
}
