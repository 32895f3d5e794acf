package io.mainstem.gateway.http.handlers;

import io.mainstem.blob.BlobStore;
import io.mainstem.gateway.http.handlers.FileAnswer.File;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.mainstem.gateway.http.session.Caller;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.message.BlobRange;
import io.mainstem.message.MessageId;
import io.mainstem.message.Part;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;

/**
 * {@code GET /blobs/{id}}: a file of a message in the caller's mailbox ({@code message id .
 * attachment id}), or something that he uploaded himself.
 */
public record DownloadHandler(MailboxService mailboxes, BlobStore blobs, UploadIds uploads)
    implements Streaming {
  private static final int ULID = 26;

  @Override
  public Future<Void> serve(
      HttpServerRequest request,
      Caller caller,
      Map<String, String> path,
      Map<String, Object> query) {
    return find(caller, path.getOrDefault("id", ""))
        .compose(file -> FileAnswer.send(request, blobs, file));
  }

  private Future<File> find(Caller caller, String id) {
    if (id.length() > ULID + 1
        && id.charAt(ULID) == '.'
        && MessageId.isUlid(id.substring(0, ULID))) {
      var message = new MessageId(id.substring(0, ULID));
      return mailboxes
          .query(caller.user(), new Query.Attachment(message, id.substring(ULID + 1)))
          .map(found -> new File(found.part(), found.name(), found.sizeBytes()));
    }
    var upload = uploads.read(caller.user(), id);
    return blobs
        .sizeBytes(upload.key())
        .map(
            size -> {
              if (size != upload.sizeBytes()) {
                throw new Refused(ProblemType.NOT_FOUND);
              }
              return new File(
                  new Part(new BlobRange(upload.key(), 0, size), upload.type(), "binary", null),
                  "upload",
                  size);
            });
  }
}
