package io.mainstem.gateway.http.handlers;

import io.vertx.core.Future;

/** {@code POST /messages/{id}/edit}. */
public record EditHandler(Sending sending) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var body = call.body();
    return sending
        .edit(
            call.who().account(), call.message(), body.getInteger("number"), body.getString("text"))
        .map(Answer::done);
  }
}
