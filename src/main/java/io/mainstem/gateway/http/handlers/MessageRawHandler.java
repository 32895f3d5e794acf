package io.mainstem.gateway.http.handlers;

import io.mainstem.blob.BlobStore;
import io.mainstem.gateway.http.handlers.FileAnswer.File;
import io.mainstem.gateway.http.protocol.Fields;
import io.mainstem.gateway.http.session.Caller;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.message.BlobRange;
import io.mainstem.message.MessageId;
import io.mainstem.message.Part;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.mime.MailComposer;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;

/**
 * {@code GET /messages/{id}/raw}: the mail exactly as it came (RFC 5322), as a download. What was
 * written here has an RFC 5322 form too, which is made of it each time, always the same.
 */
public record MessageRawHandler(MailboxService mailboxes, BlobStore blobs) implements Streaming {
  @Override
  public Future<Void> serve(
      HttpServerRequest request,
      Caller caller,
      Map<String, String> path,
      Map<String, Object> query) {
    var message = Fields.messageIn(path.getOrDefault("id", ""));
    return mailboxes
        .query(caller.user(), new Query.Raw(message))
        .compose(
            range ->
                blobs
                    .sizeBytes(range.blob())
                    .compose(
                        all -> {
                          long size = Math.min(range.sizeBytes(), all - range.offset());
                          var part =
                              new Part(
                                  new BlobRange(range.blob(), range.offset(), size),
                                  "message/rfc822",
                                  "binary",
                                  null);
                          return FileAnswer.send(
                              request, blobs, new File(part, message + ".eml", size));
                        }))
        .recover(
            cause ->
                cause instanceof Rejected refused && refused.rule() == Rule.NOT_FOUND
                    ? written(request, caller, message)
                    : Future.failedFuture(cause));
  }

  private Future<Void> written(HttpServerRequest request, Caller caller, MessageId id) {
    return mailboxes
        .query(caller.user(), new Query.Form(id))
        .compose(
            written -> {
              var mail =
                  MailComposer.compose(
                      written.message(), written.id(), written.form(), blobs::open);
              return FileAnswer.send(
                  request, id + ".eml", mail.sizeBytes(), blobs.stream(mail::open));
            });
  }
}
