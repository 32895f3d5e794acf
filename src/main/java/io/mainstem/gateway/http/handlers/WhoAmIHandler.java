package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.rendering.Render;
import io.vertx.core.Future;

/** {@code GET /session}. */
public record WhoAmIHandler() implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return Future.succeededFuture(Answer.json(Render.who(call.who().account().person())));
  }
}
