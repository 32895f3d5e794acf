package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.vertx.core.Future;

/**
 * {@code GET /folders}. The cursor is asked first: what changes in between is told again by the
 * stream.
 */
public record ListFoldersHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return mailboxes
        .query(call.owner(), new Query.Head())
        .compose(
            head ->
                mailboxes
                    .query(call.owner(), new Query.Folders())
                    .map(folders -> Answer.json(Render.folders(call.owner(), folders, head))));
  }
}
