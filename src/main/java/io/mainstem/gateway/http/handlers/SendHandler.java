package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.SendRequest;
import io.mainstem.gateway.http.rendering.Render;
import io.vertx.core.Future;

/** {@code POST /messages}: 201 when it is durable, 200 when it was sent before. */
public record SendHandler(Sending sending) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var sender = call.who().account();
    return sending
        .prepare(sender, SendRequest.of(call.body()))
        .compose(command -> sending.submit(sender, command))
        .map(sent -> Answer.json(sent.created() ? 201 : 200, Render.sent(sent)));
  }
}
