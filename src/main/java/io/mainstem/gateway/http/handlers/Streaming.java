package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.session.Caller;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;

/**
 * An operation whose body or answer is a stream of bytes: it touches request and response itself.
 */
@FunctionalInterface
public interface Streaming {
  /**
   * Completes when the answer is written. A refusal before the first byte of the answer reaches the
   * client as a problem.
   *
   * @param request paused
   */
  Future<Void> serve(
      HttpServerRequest request,
      Caller caller,
      Map<String, String> path,
      Map<String, Object> query);
}
