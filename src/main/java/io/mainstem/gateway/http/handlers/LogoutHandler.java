package io.mainstem.gateway.http.handlers;

import io.mainstem.directory.Sessions;
import io.mainstem.gateway.http.session.Authentication;
import io.vertx.core.Future;

/** {@code DELETE /session}: ends the session that asks, and with it its streams. */
public record LogoutHandler(Sessions sessions) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return sessions
        .end(call.owner(), call.who().sessionId())
        .map(ended -> Answer.empty().with("Set-Cookie", Authentication.clearCookie()));
  }
}
