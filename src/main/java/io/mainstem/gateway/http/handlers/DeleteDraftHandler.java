package io.mainstem.gateway.http.handlers;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;

/** {@code DELETE /drafts/{id}}. */
public record DeleteDraftHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return mailboxes
        .submit(call.owner(), new Command.DiscardDraft(call.message()))
        .map(Answer::done);
  }
}
