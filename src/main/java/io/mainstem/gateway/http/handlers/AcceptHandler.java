package io.mainstem.gateway.http.handlers;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;

/** {@code POST /threads/{id}/accept}. */
public record AcceptHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return mailboxes.submit(call.owner(), new Command.Accept(call.thread())).map(Answer::done);
  }
}
