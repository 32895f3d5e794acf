package io.mainstem.mime;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobStore;
import io.mainstem.blob.BlobStream;
import io.mainstem.message.BlobKey;
import io.mainstem.message.BlobRange;
import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Part;
import io.mainstem.message.Rejected;
import io.mainstem.stage.Stage;
import io.mainstem.stage.Stages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes mails in a blob store, away from event loops. Futures complete on the context of
 * the caller.
 */
public final class Mails {
  private final BlobStore blobs;
  private final MimeLimits limits;
  private final MailParser parser;
  private final WorkerExecutor workers;
  private final Stage stage;

  /**
   * @param threads mails that are parsed at once
   * @param queue mails that may wait for that; more are refused as BUSY
   */
  public Mails(
      Vertx vertx, BlobStore blobs, MimeLimits limits, int threads, int queue, Stages stages) {
    this.blobs = blobs;
    this.limits = limits;
    this.parser = new MailParser(limits);
    this.workers = vertx.createSharedWorkerExecutor("mainstem-mime", threads);
    this.stage = stages.stage("mime", queue);
  }

  /**
   * The message that a stored mail is.
   *
   * @param reversePath as {@link MailParser#parse}
   */
  public Future<Message> read(BlobKey raw, @Nullable String reversePath) {
    return read(Raw.of(raw, blobs), reversePath);
  }

  /** As {@link #read(BlobKey, String)}, of a mail that the caller may still have in memory. */
  public Future<Message> read(Raw raw, @Nullable String reversePath) {
    return work(() -> parser.parse(raw, reversePath));
  }

  /** The whole text of a message, at most {@link MimeLimits#maxTextBytes} of it. */
  public Future<String> text(Message message) {
    Part part = message.longText();
    return part == null
        ? Future.succeededFuture(message.text())
        : work(
            () -> {
              String text =
                  Parts.text(
                      blobs.open(part.range()),
                      part.encoding(),
                      part.charset(),
                      limits.maxTextBytes());
              return part.type().equals("text/html")
                  ? PlainText.ofHtml(text)
                  : PlainText.tidy(text);
            });
  }

  /**
   * The HTML of a message made harmless, as {@link HtmlSanitizer#sanitize}; empty when it has none.
   */
  public Future<SafeHtml> html(
      Message message, Map<String, String> inlineImages, boolean allowRemote) {
    Part part = message.html();
    return part == null
        ? Future.succeededFuture(new SafeHtml("", 0))
        : work(
            () -> {
              String html =
                  Parts.text(
                      blobs.open(part.range()),
                      part.encoding(),
                      part.charset(),
                      limits.maxTextBytes());
              return HtmlSanitizer.sanitize(html, inlineImages, allowRemote);
            });
  }

  /** The decoded bytes of a part, for a download; {@code from} bytes of them skipped. */
  public BlobStream download(Part part, long from) {
    return blobs.stream(
        () -> {
          if (!part.encoding().equals("base64") && !part.encoding().equals("quoted-printable")) {
            BlobRange range = part.range();
            long skipped = Math.min(from, range.sizeBytes());
            return blobs.open(
                new BlobRange(range.blob(), range.offset() + skipped, range.sizeBytes() - skipped));
          }
          InputStream decoded = Parts.decode(blobs.open(part.range()), part.encoding());
          decoded.skipNBytes(from);
          return decoded;
        });
  }

  /**
   * Stores the RFC 5322 form of a message that was written here, as {@link MailComposer#compose}.
   */
  public Future<BlobKey> compose(
      Message message, MessageId id, MailForm form, Collection<BlobReference> references) {
    MailComposer.Composed mail = MailComposer.compose(message, id, form, blobs::open);
    return blobs.put(blobs.stream(mail::open), references);
  }

  private <T> Future<T> work(Callable<T> work) {
    if (stage.isFull()) {
      stage.refused("busy");
      return Future.failedFuture(
          new Rejected(Rejected.Rule.BUSY, "too many mails wait to be read"));
    }
    return stage.pass(() -> workers.executeBlocking(work, false));
  }

  /** For tests and tools: reads a mail at once. Blocking. */
  public Message readNow(BlobKey raw, @Nullable String reversePath) throws IOException {
    return parser.parse(Raw.of(raw, blobs), reversePath);
  }
}
