package io.mainstem.gateway.http.handlers;

import io.mainstem.directory.Directory;
import io.mainstem.directory.LoginOutcome;
import io.mainstem.gateway.http.protocol.Problem;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.gateway.http.session.Authentication;
import io.vertx.core.Future;

/** {@code POST /session}. */
public record LoginHandler(Directory directory, Authentication authentication)
    implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    return directory
        .logins()
        .login(call.body().getString("user"), call.body().getString("password"), call.address())
        .compose(
            outcome ->
                switch (outcome) {
                  case LoginOutcome.Welcome welcome -> {
                    var account = welcome.account();
                    yield authentication
                        .open(account.id(), call.device())
                        .map(
                            opened ->
                                Answer.json(Render.loggedIn(opened.token(), account.person()))
                                    .with("Set-Cookie", opened.setCookie()));
                  }
                  case LoginOutcome.Wrong wrong ->
                      Future.failedFuture(new Refused(ProblemType.WRONG_PASSWORD));
                  case LoginOutcome.Throttled throttled ->
                      Future.failedFuture(
                          new Refused(
                              Problem.of(ProblemType.TOO_MANY_ATTEMPTS)
                                  .retryAfter(
                                      Math.max(
                                          1, throttled.retryAfter().plusMillis(999).toSeconds()))));
                });
  }
}
