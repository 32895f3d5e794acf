package io.mainstem.gateway.http.handlers;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;

/** {@code POST /messages/{id}/retry}. */
public record RetryHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return mailboxes.submit(call.owner(), new Command.Retry(call.message())).map(Answer::done);
  }
}
