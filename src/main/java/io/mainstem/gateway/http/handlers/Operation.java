package io.mainstem.gateway.http.handlers;

import io.vertx.core.Future;

/**
 * One operation of the contract. Refusals fail the future or are thrown; both reach the client as a
 * problem.
 */
@FunctionalInterface
public interface Operation {
  Future<Answer> answer(Call call);
}
