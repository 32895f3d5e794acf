package io.mainstem.gateway.http.handlers;

import io.mainstem.directory.Sessions;
import io.mainstem.gateway.http.rendering.Render;
import io.vertx.core.Future;

/** {@code GET /sessions}. */
public record ListSessionsHandler(Sessions sessions) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return sessions
        .list(call.owner())
        .map(all -> Answer.json(Render.sessions(all, call.who().sessionId())));
  }
}
