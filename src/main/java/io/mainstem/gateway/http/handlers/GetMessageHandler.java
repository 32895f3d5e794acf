package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.vertx.core.Future;
import java.util.List;

/**
 * {@code GET /messages/{id}}. The cursor is asked first: what changes in between is told again by
 * the stream.
 */
public record GetMessageHandler(MailboxService mailboxes, BodyFetcher bodies) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var message = call.message();
    return mailboxes
        .query(call.owner(), new Query.Head())
        .compose(
            head ->
                mailboxes
                    .query(call.owner(), new Query.One(message))
                    .compose(
                        view ->
                            bodies
                                .all(List.of(view))
                                .map(
                                    found ->
                                        Answer.json(
                                            Render.message(call.owner(), view, head, found)))));
  }
}
