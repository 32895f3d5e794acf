package io.mainstem.gateway.http.handlers;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.mainstem.blob.BlobStore;
import io.mainstem.blob.BlobStream;
import io.mainstem.gateway.http.rendering.Bodies;
import io.mainstem.gateway.http.rendering.MailDocument;
import io.mainstem.mailbox.MessageView;
import io.mainstem.message.Attachment;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.mime.Mails;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches what a view shows and the log does not hold: the rest of long texts, and HTML bodies made
 * harmless. One body after the other, so that a page of a hundred mails takes one worker and not
 * all.
 */
public final class BodyFetcher {
  private static final Logger log = LoggerFactory.getLogger(BodyFetcher.class);
  private static final long MAX_KEPT_CHARS = 8 << 20;

  /** More than a text may ever have. */
  private static final long MAX_TEXT_BYTES = 64 << 20;

  /** A longer body stands in its frame alone. */
  private static final int MAX_HTML_BYTES = 512 << 10;

  /** Pictures inside of a mail; what is beyond is shown as an attachment only. */
  private static final long MAX_INLINE_BYTES = 8 << 20;

  private final Mails mails;
  private final BlobStore blobs;
  private final Cache<BlobRange, String> kept =
      Caffeine.newBuilder()
          .maximumWeight(MAX_KEPT_CHARS)
          .weigher((BlobRange key, String html) -> html.length() + 64)
          .build();

  public BodyFetcher(Mails mails, BlobStore blobs) {
    this.mails = mails;
    this.blobs = blobs;
  }

  /** Whole texts of those messages whose log row holds only the beginning. */
  public Future<Bodies> texts(List<MessageView> messages) {
    var texts = new HashMap<MessageId, String>();
    Future<Void> all = Future.succeededFuture();
    for (var view : messages) {
      var message = view.message();
      if (message != null && message.longText() != null) {
        all =
            all.compose(
                before ->
                    leftOutWhenDamaged(
                        text(message).onSuccess(text -> texts.put(view.id(), text))));
      }
    }
    return all.map(done -> new Bodies(texts, Map.of()));
  }

  /**
   * What was written here is given back as it was; a mail's text as its charset and its HTML allow.
   */
  private Future<String> text(Message message) {
    var part = message.longText();
    return message.raw() != null || part == null
        ? mails.text(message)
        : whole(blobs.get(part.range()), MAX_TEXT_BYTES)
            .map(bytes -> bytes.toString(StandardCharsets.UTF_8));
  }

  /** Texts, and HTML with its own pictures by the addresses under which they can be downloaded. */
  public Future<Bodies> all(List<MessageView> messages) {
    return texts(messages)
        .compose(
            found -> {
              var html = new HashMap<MessageId, String>();
              Future<Void> all = Future.succeededFuture();
              for (var view : messages) {
                var message = view.message();
                if (message != null
                    && message.html() != null
                    && message.html().range().sizeBytes() <= MAX_HTML_BYTES) {
                  all =
                      all.compose(
                          before ->
                              leftOutWhenDamaged(
                                  html(view.id(), message)
                                      .onSuccess(text -> html.put(view.id(), text))));
                }
              }
              return all.map(done -> new Bodies(found.texts(), html));
            });
  }

  /** One body that cannot be read must not hide the others. */
  private static Future<Void> leftOutWhenDamaged(Future<String> fetched) {
    return fetched
        .<Void>mapEmpty()
        .recover(
            cause -> {
              log.warn("a body could not be read: {}", cause.getClass().getName());
              return Future.succeededFuture();
            });
  }

  private Future<String> html(MessageId id, Message message) {
    var part = message.html();
    if (part == null) {
      return Future.succeededFuture("");
    }
    var known = kept.getIfPresent(part.range());
    if (known != null) {
      return Future.succeededFuture(known);
    }
    var pictures = new HashMap<String, String>();
    for (var attachment : message.attachments()) {
      if (attachment.contentId() != null) {
        pictures.put(attachment.contentId(), "/api/v1/blobs/" + id + "." + attachment.id());
      }
    }
    return mails
        .html(message, pictures, false)
        .map(
            safe -> {
              kept.put(part.range(), safe.html());
              return safe.html();
            });
  }

  /**
   * The HTML body as a whole document for a frame. The frame has no origin and may ask nothing of
   * ours, so the mail's own pictures stand in it as data.
   */
  public Future<String> document(Message message, boolean remoteImages, boolean dark) {
    return pictures(message)
        .compose(pictures -> mails.html(message, pictures, remoteImages))
        .map(safe -> MailDocument.of(safe.html(), dark));
  }

  private Future<Map<String, String>> pictures(Message message) {
    var wanted = new ArrayList<Attachment>();
    long size = 0;
    for (var attachment : message.attachments()) {
      size += attachment.sizeBytes();
      if (attachment.contentId() != null
          && isPicture(attachment.type())
          && size <= MAX_INLINE_BYTES) {
        wanted.add(attachment);
      }
    }
    Map<String, String> found = new HashMap<>();
    Future<Void> all = Future.succeededFuture();
    for (var attachment : wanted) {
      all =
          all.compose(
              before ->
                  leftOutWhenDamaged(
                      picture(attachment).onSuccess(url -> found.put(contentId(attachment), url))));
    }
    return all.map(found);
  }

  private static String contentId(Attachment attachment) {
    return Objects.requireNonNullElse(attachment.contentId(), "");
  }

  private Future<String> picture(Attachment attachment) {
    return whole(mails.download(attachment.part(), 0), MAX_INLINE_BYTES)
        .map(
            bytes ->
                "data:"
                    + attachment.type()
                    + ";base64,"
                    + Base64.getEncoder().encodeToString(bytes.getBytes()));
  }

  private static Future<Buffer> whole(BlobStream stream, long maxBytes) {
    Promise<Buffer> whole = Promise.promise();
    var bytes = Buffer.buffer();
    stream.handler(
        piece -> {
          if (bytes.length() + piece.length() > maxBytes) {
            stream.close();
            whole.tryFail(new IllegalStateException("a part is larger than allowed"));
          } else {
            bytes.appendBuffer(piece);
          }
        });
    stream.exceptionHandler(whole::tryFail);
    stream.endHandler(end -> whole.tryComplete(bytes));
    stream.resume();
    return whole.future();
  }

  private static boolean isPicture(String type) {
    return switch (type) {
      case "image/png", "image/jpeg", "image/gif", "image/webp" -> true;
      default -> false;
    };
  }
}
