package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Fields;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;

/** {@code POST /threads/{id}/group}. */
public record ChangeGroupHandler(MailboxService mailboxes, Recipients recipients)
    implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var thread = call.thread();
    var title = call.body().getString("title");
    return recipients
        .resolve(Fields.texts(call.body().getJsonArray("add")))
        .compose(
            add ->
                recipients
                    .resolve(Fields.texts(call.body().getJsonArray("remove")))
                    .compose(
                        remove ->
                            mailboxes.submit(
                                call.owner(), new Command.ChangeGroup(thread, title, add, remove))))
        .map(Answer::done);
  }
}
