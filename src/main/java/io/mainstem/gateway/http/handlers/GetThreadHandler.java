package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.vertx.core.Future;

/**
 * {@code GET /threads/{id}}. The cursor is asked first: what changes in between is told again by
 * the stream.
 */
public record GetThreadHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var query = new Query.Thread(call.thread(), null);
    return mailboxes
        .query(call.owner(), new Query.Head())
        .compose(
            head ->
                mailboxes
                    .query(call.owner(), query)
                    .map(thread -> Answer.json(Render.thread(call.owner(), thread, head))));
  }
}
