package io.mainstem.gateway.http;

import io.mainstem.gateway.http.handlers.Answer;
import io.mainstem.gateway.http.handlers.Call;
import io.mainstem.gateway.http.protocol.BodyReader;
import io.mainstem.gateway.http.protocol.Problem;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.mainstem.gateway.http.protocol.Validator;
import io.mainstem.gateway.http.rendering.Responses;
import io.mainstem.gateway.http.session.Caller;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.stage.Stage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the contract as it is served: who asks, does the request keep the contract, then
 * the handler, then the answer or the problem. The body is read last, so nobody without a session
 * makes us read one (but for the login itself).
 */
final class Endpoint {
  /** It waits on purpose, so it says nothing about how busy we are. */
  private static final String WAITING = "updates";

  /**
   * For how many seconds the owner of the mailbox could not confirm that he is, when that is long
   * enough for the answer to be old. Not {@code Warning: 110}, which RFC 9111 §5.5 has taken away,
   * and not {@code Age}, which is about caches between us and the client.
   */
  private static final String STALE = "Mainstem-Stale";

  private final Vertx vertx;
  private final Shared shared;
  private final Validator validator;
  private final String name;
  private final boolean open;
  private final int maxBodyBytes;
  private final int requestSeconds;
  private final MailboxService mailboxes;

  /**
   * @param open whether it is for everybody, without a session
   */
  Endpoint(
      Vertx vertx, Shared shared, HttpParts parts, String name, Validator validator, boolean open) {
    this.vertx = vertx;
    this.shared = shared;
    this.name = name;
    this.validator = validator;
    this.open = open;
    this.maxBodyBytes = parts.config().maxBodyBytes();
    this.requestSeconds = parts.config().requestSeconds();
    this.mailboxes = parts.mailboxes();
  }

  void serve(RoutingContext context, Operations.Answering answering) {
    var request = context.request().pause();
    var operation = answering.apply(asker(context));
    var path = context.pathParams();
    Stage.@Nullable Passage passage = name.equals(WAITING) ? null : shared.http().enter();
    caller(request)
        .compose(
            caller -> {
              var query = validator.query(request.query());
              validator.path(path);
              return body(request)
                  .compose(body -> operation.answer(call(request, caller, path, query, body)));
            })
        .onComplete(
            done -> {
              if (passage != null) {
                passage.leave();
              }
              if (done.succeeded()) {
                answer(request, done.result());
              } else {
                refuse(request, done.cause());
              }
            });
  }

  void carry(RoutingContext context, Operations.Carrying carrying) {
    var request = context.request().pause();
    var operation = carrying.apply(asker(context));
    var path = context.pathParams();
    shared
        .authentication()
        .caller(request)
        .compose(
            caller -> {
              var query = validator.query(request.query());
              validator.path(path);
              return operation.serve(request, caller, path, query);
            })
        .onFailure(cause -> refuse(request, cause));
  }

  /**
   * The one place where an answer, or a refusal, is marked because of what it was made from,
   * however its handler writes it.
   */
  private OneAsker asker(RoutingContext context) {
    var asker = new OneAsker(mailboxes);
    context.addHeadersEndHandler(
        unwritten -> {
          long millis = asker.staleMillis();
          if (millis > 0) {
            context.response().putHeader(STALE, Long.toString(millis / 1_000));
          }
        });
    return asker;
  }

  private Future<@Nullable Caller> caller(HttpServerRequest request) {
    if (!open) {
      return shared.authentication().caller(request).map(caller -> caller);
    }
    if (validator.takesBody()) {
      // A foreign page must not log somebody in either.
      shared.origins().checkOrigin(request, false);
    }
    return Future.succeededFuture();
  }

  private Future<JsonObject> body(HttpServerRequest request) {
    if (!validator.takesBody()) {
      request.resume();
      return Future.succeededFuture(new JsonObject());
    }
    Promise<JsonObject> body = Promise.promise();
    long timer =
        vertx.setTimer(
            requestSeconds * 1000L, id -> body.tryFail(new Refused(ProblemType.REQUEST_TIMEOUT)));
    BodyReader.json(request, maxBodyBytes)
        .onComplete(
            read -> {
              vertx.cancelTimer(timer);
              if (read.succeeded()) {
                body.tryComplete(read.result());
              } else {
                body.tryFail(read.cause());
              }
            });
    return body.future()
        .map(
            json -> {
              validator.body(json);
              return json;
            });
  }

  private Call call(
      HttpServerRequest request,
      @Nullable Caller caller,
      Map<String, String> path,
      Map<String, Object> query,
      JsonObject body) {
    var device = request.getHeader(HttpHeaders.USER_AGENT);
    Promise<Void> closed = Promise.promise();
    request.response().closeHandler(v -> closed.tryComplete());
    return new Call(
        caller,
        shared.clients().of(request).getHostAddress(),
        device == null ? "" : device,
        path,
        query,
        body,
        closed.future());
  }

  private static void answer(HttpServerRequest request, Answer answer) {
    Responses.end(request, answer.status(), answer.type(), answer.body(), answer.headers());
  }

  private void refuse(HttpServerRequest request, Throwable cause) {
    var problem = Problem.of(cause);
    shared.http().refused(problem.type().name().toLowerCase(java.util.Locale.ROOT));
    Responses.problem(request, problem);
  }
}
