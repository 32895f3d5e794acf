package io.mainstem.gateway.http.handlers;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * {@code /welcome}: the first steps of a demonstration; on any other server there is no such thing.
 */
public final class WelcomeHandlers {
  private WelcomeHandlers() {}

  /** {@code GET /welcome}. */
  public record Steps(Welcome welcome) implements Operation {
    @Override
    public Future<Answer> answer(Call call) {
      var steps = welcome.steps(call.owner());
      var json =
          new JsonObject()
              .put("neighbours", new JsonArray(steps == null ? List.of() : steps.neighbours()));
      if (steps != null) {
        json.put("importCommand", steps.importCommand());
      }
      return Future.succeededFuture(Answer.json(json.encode()));
    }
  }

  /** {@code POST /welcome/key}. */
  public record Key(Welcome welcome) implements Operation {
    @Override
    public Future<Answer> answer(Call call) {
      offered(welcome, call.owner());
      var key = welcome.key(call.owner(), call.body().getString("neighbour"));
      if (key == null) {
        throw new Refused(ProblemType.NOT_FOUND);
      }
      return Future.succeededFuture(Answer.json(201, new JsonObject().put("key", key).encode()));
    }
  }

  /** {@code POST /welcome/mail}. */
  public record Mail(Welcome welcome) implements Operation {
    @Override
    public Future<Answer> answer(Call call) {
      offered(welcome, call.owner());
      return welcome.mail(call.owner()).map(sent -> Answer.empty());
    }
  }

  @CanIgnoreReturnValue
  private static Welcome.Steps offered(Welcome welcome, UserId user) {
    var steps = welcome.steps(user);
    if (steps == null) {
      throw new Refused(ProblemType.NOT_FOUND);
    }
    return steps;
  }
}
