package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Fields;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.message.Channel;
import io.mainstem.message.MessageId;
import io.vertx.core.Future;

/** {@code POST /drafts}: what is half written is kept as it is; only recipients must exist. */
public record SaveDraftHandler(MailboxService mailboxes, Sending sending) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var body = call.body();
    var sender = call.who().account();
    var channel = body.getString("channel");
    var attachments = sending.attachments(sender, body.getJsonArray("attachments"));
    return sending
        .recipients()
        .resolve(Fields.texts(body.getJsonArray("to")))
        .compose(people -> sending.refer(sender, attachments).map(people))
        .compose(
            people ->
                mailboxes.submit(
                    call.owner(),
                    new Command.SaveDraft(
                        new MessageId(body.getString("id")),
                        Fields.thread(body.getString("threadId")),
                        people,
                        channel == null ? Channel.MAIL : Fields.channel(channel),
                        body.getString("subject", ""),
                        body.getString("text", ""),
                        attachments)))
        .map(Answer::done);
  }
}
