package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.vertx.core.Future;

/** {@code GET /threads}. */
public record ListThreadsHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var query =
        new Query.Threads(call.folder(), call.channel(), call.limit(), call.position("before"));
    return mailboxes
        .query(call.owner(), query)
        .map(page -> Answer.json(Render.threads(call.owner(), page)));
  }
}
