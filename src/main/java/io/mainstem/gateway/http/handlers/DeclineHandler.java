package io.mainstem.gateway.http.handlers;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;

/** {@code POST /threads/{id}/decline}. */
public record DeclineHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return mailboxes.submit(call.owner(), new Command.Decline(call.thread())).map(Answer::done);
  }
}
