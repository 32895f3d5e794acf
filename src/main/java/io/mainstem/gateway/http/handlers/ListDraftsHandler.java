package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.vertx.core.Future;

/**
 * {@code GET /drafts}. The cursor is asked first: what changes in between is told again by the
 * stream.
 */
public record ListDraftsHandler(MailboxService mailboxes, UploadIds uploads) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var owner = call.owner();
    return mailboxes
        .query(owner, new Query.Head())
        .compose(
            head ->
                mailboxes
                    .query(owner, new Query.Drafts())
                    .map(
                        drafts ->
                            Answer.json(
                                Render.drafts(
                                    owner,
                                    drafts,
                                    head,
                                    d -> uploads.idsOf(owner, d.attachments())))));
  }
}
