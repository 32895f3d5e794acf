package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Fields;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;

/** {@code DELETE /folders/{id}}. */
public record DeleteFolderHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return mailboxes
        .submit(call.owner(), new Command.DeleteFolder(Fields.folderIn(call.id())))
        .map(Answer::done);
  }
}
