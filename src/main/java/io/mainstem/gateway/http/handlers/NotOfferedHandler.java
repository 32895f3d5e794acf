package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.vertx.core.Future;

/** What has its place in the contract and is not built yet: merging of threads. */
public record NotOfferedHandler() implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return Future.failedFuture(new Refused(ProblemType.NOT_IMPLEMENTED));
  }
}
