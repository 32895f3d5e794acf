package io.mainstem.ops;

import io.mainstem.blob.BlobStore;
import io.mainstem.blob.BlobStream;
import io.mainstem.directory.Accounts;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.PlacementView;
import io.mainstem.mailbox.Query;
import io.mainstem.message.BlobRange;
import io.mainstem.message.FolderId;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.UserId;
import io.mainstem.mime.ApartFields;
import io.mainstem.mime.MailComposer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives all messages of a folder, in the admin API: one stream, as fast as it is read, one message
 * of it in memory at a time and never whole.
 *
 * <pre>
 * GET /admin/users/NAME/export?folder=ID&amp;from=UID → application/octet-stream
 *
 *   body:    message*, then length 0 (4): so that an end is told from a broken connection
 *   message: length (4) of a JSON head, the head, then pieces: length (4), bytes; a piece of length 0 ends the message
 *            instead of a piece: -1 (4), length (4), text: why the rest of it cannot be read
 *   head:    {uid, received: ms since 1970, zone: minutes, flags: [IMAP flags], sizeBytes}
 * </pre>
 */
public final class ExportRoutes {
  private static final Logger log = LoggerFactory.getLogger(ExportRoutes.class);

  private final Accounts accounts;
  private final MailboxService mailboxes;
  private final BlobStore blobs;

  public ExportRoutes(Accounts accounts, MailboxService mailboxes, BlobStore blobs) {
    this.accounts = accounts;
    this.mailboxes = mailboxes;
    this.blobs = blobs;
  }

  public void mount(Router router) {
    router.get("/admin/users/:name/export").handler(this::give);
  }

  private void give(RoutingContext request) {
    FolderId folder;
    int from;
    try {
      folder = new FolderId(request.request().getParam("folder", ""));
      from = Integer.parseInt(request.request().getParam("from", "1"));
    } catch (IllegalArgumentException malformed) {
      request.fail(new Rejected(Rule.INVALID, "folder is an id, and from a UID"));
      return;
    }
    NamedAccount.of(accounts, request)
        .compose(
            account ->
                bodies(account.id(), folder, from)
                    .compose(
                        first -> {
                          HttpServerResponse response = request.response();
                          response
                              .setChunked(true)
                              .putHeader("Content-Type", "application/octet-stream");
                          return new Export(account.id(), folder, response).run(first);
                        }))
        .onFailure(
            cause -> {
              if (request.response().headWritten()) {
                log.warn("An export broke off", cause);
                request.response().reset().onFailure(gone -> log.debug("It was gone", gone));
              } else {
                request.fail(cause);
              }
            });
  }

  private Future<Query.BodyPage> bodies(UserId user, FolderId folder, int from) {
    return mailboxes.query(user, new Query.Bodies(folder, from, Integer.MAX_VALUE));
  }

  /** One answer. Confined to its context. */
  private final class Export {
    private final UserId user;
    private final FolderId folder;
    private final HttpServerResponse response;
    private @Nullable BlobStream reading;

    Export(UserId user, FolderId folder, HttpServerResponse response) {
      this.user = user;
      this.folder = folder;
      this.response = response;
    }

    Future<Void> run(Query.BodyPage first) {
      Promise<Void> done = Promise.promise();
      response.exceptionHandler(done::tryFail);
      response.closeHandler(closed -> done.tryFail("the client went away"));
      pages(first)
          .onComplete(
              given -> {
                // From here on a close is how it ends.
                if (given.failed()) {
                  done.tryFail(given.cause());
                } else if (done.tryComplete()) {
                  response
                      .end(Buffer.buffer().appendInt(0))
                      .onFailure(gone -> log.debug("The client went away at the end", gone));
                }
              });
      return done.future().onFailure(cause -> stopReading());
    }

    private void stopReading() {
      BlobStream open = reading;
      if (open != null) {
        open.close();
      }
    }

    private Future<Void> pages(Query.BodyPage page) {
      return messages(page.bodies(), 0)
          .compose(
              done ->
                  page.next() == 0
                      ? Future.succeededFuture()
                      : bodies(user, folder, page.next()).compose(this::pages));
    }

    private Future<Void> messages(List<Query.Body> bodies, int index) {
      return index == bodies.size()
          ? Future.succeededFuture()
          : message(bodies.get(index)).compose(done -> messages(bodies, index + 1));
    }

    private Future<Void> message(Query.Body body) {
      byte[] head = head(body.placement()).toBuffer().getBytes();
      Buffer start = Buffer.buffer(4 + head.length).appendInt(head.length).appendBytes(head);
      BlobRange raw = body.raw();
      Query.Written written = body.written();
      if (raw != null) {
        byte[] apart = ApartFields.bytes(body.apart());
        return stream(
            start,
            apart.length == 0
                ? blobs.get(raw)
                : blobs.stream(() -> ApartFields.open(blobs, apart, raw, 0, Long.MAX_VALUE)));
      }
      if (written == null) {
        return write(refusal(start, "its content is erased"));
      }
      var mail = MailComposer.compose(written.message(), written.id(), written.form(), blobs::open);
      return stream(start, blobs.stream(mail::open));
    }

    private Future<Void> stream(Buffer start, BlobStream content) {
      Promise<Void> given = Promise.promise();
      reading = content;
      Buffer[] before = {start}; // goes out with the first piece: one packet for a short message
      content
          .handler(
              piece -> {
                Buffer out = before[0].appendInt(piece.length()).appendBuffer(piece);
                before[0] = Buffer.buffer();
                content.pause();
                write(out).onComplete(done -> content.resume(), given::tryFail);
              })
          .endHandler(end -> write(before[0].appendInt(0)).onComplete(given))
          .exceptionHandler(cause -> write(refusal(before[0], reason(cause))).onComplete(given))
          .resume();
      return given.future();
    }

    /** Completes when more may be written. */
    private Future<Void> write(Buffer out) {
      Future<Void> written = response.write(out);
      if (!response.writeQueueFull()) {
        return written.isComplete() ? written : Future.succeededFuture();
      }
      Promise<Void> drained = Promise.promise();
      response.drainHandler(more -> drained.tryComplete());
      written.onFailure(drained::tryFail);
      return drained.future();
    }
  }

  private static Buffer refusal(Buffer before, String why) {
    Buffer text = Buffer.buffer(why);
    return before.appendInt(-1).appendInt(text.length()).appendBuffer(text);
  }

  private static String reason(Throwable cause) {
    if (cause instanceof Rejected refused) {
      return String.valueOf(refused.getMessage());
    }
    log.error("A message could not be exported", cause);
    return "its stored bytes are damaged or cannot be read";
  }

  private static JsonObject head(PlacementView placement) {
    Set<String> flags = new TreeSet<>(placement.words());
    return new JsonObject()
        .put("uid", placement.uid())
        .put("received", placement.receivedMillis())
        .put("zone", placement.zoneMinutes())
        .put("flags", new JsonArray(List.copyOf(flags)))
        .put("sizeBytes", placement.sizeBytes());
  }
}
