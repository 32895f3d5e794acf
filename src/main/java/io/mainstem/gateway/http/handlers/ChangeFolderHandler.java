package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Fields;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Reply;
import io.vertx.core.Future;

/** {@code PUT /folders/{id}}: a new name, whether it is subscribed, or both. */
public record ChangeFolderHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var folder = Fields.folderIn(call.id());
    var name = call.body().getString("name");
    var subscribed = call.body().getBoolean("subscribed");
    Future<Reply.Done> renamed =
        name == null
            ? Future.succeededFuture()
            : mailboxes.submit(call.owner(), new Command.RenameFolder(folder, name));
    return renamed
        .compose(
            done ->
                subscribed == null
                    ? Future.succeededFuture(done)
                    : mailboxes.submit(call.owner(), new Command.Subscribe(folder, subscribed)))
        .map(Answer::done);
  }
}
