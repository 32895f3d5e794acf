package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.vertx.core.Future;

/** {@code GET /counts}. */
public record CountsHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return mailboxes
        .query(call.owner(), new Query.GetCounts())
        .map(counts -> Answer.json(Render.counts(counts)));
  }
}
