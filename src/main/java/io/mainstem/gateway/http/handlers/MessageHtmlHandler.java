package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Fields;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.mainstem.gateway.http.rendering.Responses;
import io.mainstem.gateway.http.rendering.SecurityHeaders;
import io.mainstem.gateway.http.session.Caller;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;

/**
 * {@code GET /messages/{id}/html}: a document for a frame of our page. Its policy takes its origin
 * and its scripts away, so that it stays harmless also where the sanitiser erred.
 */
public record MessageHtmlHandler(MailboxService mailboxes, BodyFetcher bodies)
    implements Streaming {
  @Override
  public Future<Void> serve(
      HttpServerRequest request,
      Caller caller,
      Map<String, String> path,
      Map<String, Object> query) {
    var message = Fields.messageIn(path.getOrDefault("id", ""));
    boolean remoteImages = "allowed".equals(query.get("images"));
    boolean dark = "dark".equals(query.get("scheme"));
    return mailboxes
        .query(caller.user(), new Query.One(message))
        .compose(
            view ->
                view.message() == null || view.message().html() == null
                    ? Future.failedFuture(new Refused(ProblemType.NOT_FOUND))
                    : bodies.document(view.message(), remoteImages, dark))
        .map(
            document -> {
              Map<String, String> headers =
                  Map.of(
                      "Content-Security-Policy",
                      SecurityHeaders.mail(remoteImages),
                      "X-Frame-Options",
                      "SAMEORIGIN",
                      "Cross-Origin-Resource-Policy",
                      "same-origin");
              Responses.end(
                  request, 200, "text/html; charset=utf-8", Buffer.buffer(document), headers);
              return null;
            });
  }
}
