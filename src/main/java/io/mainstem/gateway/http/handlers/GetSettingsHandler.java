package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.vertx.core.Future;

/** {@code GET /settings}. */
public record GetSettingsHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return mailboxes
        .query(call.owner(), new Query.GetSettings())
        .map(settings -> Answer.json(Render.settings(call.owner(), settings)));
  }
}
