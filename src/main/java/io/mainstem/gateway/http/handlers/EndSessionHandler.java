package io.mainstem.gateway.http.handlers;

import io.mainstem.directory.Sessions;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.vertx.core.Future;

/** {@code DELETE /sessions/{id}}. */
public record EndSessionHandler(Sessions sessions) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return sessions
        .end(call.owner(), call.id())
        .compose(
            ended ->
                ended
                    ? Future.succeededFuture(Answer.empty())
                    : Future.failedFuture(new Refused(ProblemType.NOT_FOUND)));
  }
}
