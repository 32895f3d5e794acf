package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Fields;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.vertx.core.Future;
import java.util.HashSet;

/** {@code PUT /messages/{id}/flags}: the flags that are named are set, the others cleared. */
public record SetFlagsHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var message = call.message();
    var wanted = new HashSet<>(Fields.texts(call.body().getJsonArray("flags")));
    return mailboxes
        .query(call.owner(), new Query.One(message))
        .compose(
            view -> {
              var remove = new HashSet<>(view.flags());
              remove.removeAll(wanted);
              return mailboxes.submit(call.owner(), new Command.SetFlags(message, wanted, remove));
            })
        .map(Answer::done);
  }
}
