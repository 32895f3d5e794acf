package io.mainstem.gateway.http.handlers;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;

/** {@code DELETE /messages/{id}}. */
public record DeleteMessageHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var message = call.message();
    Command<io.mainstem.mailbox.Reply.Done> command =
        call.flag("erase") ? new Command.Erase(message) : new Command.Delete(message);
    return mailboxes.submit(call.owner(), command).map(Answer::done);
  }
}
