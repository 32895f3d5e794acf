package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Malformed;
import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.gateway.http.stream.Handing;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.vertx.core.Future;

/** {@code GET /threads/{id}/messages}. What is answered here has been handed to a device. */
public record ListMessagesHandler(MailboxService mailboxes, BodyFetcher bodies, Handing handing)
    implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var before = call.position("before");
    var after = call.position("after");
    if (before != null && after != null) {
      throw new Malformed("A page lies before or after a place, not both.", "after");
    }
    var query =
        new Query.Messages(
            call.thread(), call.folder(), call.channel(), call.limit(), before, after);
    return mailboxes
        .query(call.owner(), query)
        .compose(page -> bodies.all(page.messages()).map(found -> answer(call, page, found)));
  }

  private Answer answer(
      Call call, Query.MessagePage page, io.mainstem.gateway.http.rendering.Bodies found) {
    long newest = 0;
    for (var message : page.messages()) {
      newest = message.sent() ? newest : Math.max(newest, message.seq());
    }
    if (newest > 0) {
      handing.handed(call.owner(), newest);
    }
    return Answer.json(Render.messages(call.owner(), page, found));
  }
}
