package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;

/** {@code POST /folders}. */
public record CreateFolderHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return mailboxes
        .submit(call.owner(), new Command.CreateFolder(call.body().getString("name")))
        .map(made -> Answer.json(201, Render.folderMade(made)));
  }
}
