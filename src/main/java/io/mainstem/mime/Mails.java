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
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes mails in a blob store, away from event loops but for what is short and in
 * memory. Futures complete on the context of the caller.
 */
public final class Mails {
  /** What can be read in less time than a thread takes to wake up. */
  private static final int AT_ONCE_BYTES = 8 << 10;

  private static final BlobKey SAMPLE_KEY = new BlobKey("sample");

  /** Of everything that a mail can have, one. */
  private static final byte[] SAMPLE =
      """
      From: =?utf-8?B?RG9yYQ==?= <dora@example.org>
      To: Bob <bob@example.org>, "C, C" <c@example.org>
      Subject: =?utf-8?Q?A_sample?=
      Date: Sat, 21 Nov 2026 10:00:00 +0000
      Message-ID: <1@example.org>
      References: <0@example.org>
      MIME-Version: 1.0
      Content-Type: multipart/mixed; boundary=b

      --b
      Content-Type: text/html; charset=iso-8859-1
      Content-Transfer-Encoding: quoted-printable

      <p>A =3D <b>sample</b></p>
      --b
      Content-Type: text/plain; charset=utf-8; format=flowed
      Content-Transfer-Encoding: base64

      QSBzYW1wbGUK
      --b
      Content-Type: application/pdf; name*=utf-8''a.pdf
      Content-Disposition: attachment
      Content-Transfer-Encoding: base64

      QSBzYW1wbGUK
      --b--
      """
          .getBytes(StandardCharsets.US_ASCII);

  private final BlobStore blobs;
  private final MimeLimits limits;
  private final MailParser parser;
  private final WorkerExecutor workers;
  private final Stage stage;
  private final AtomicBoolean loading = new AtomicBoolean();
  private volatile boolean loaded;

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

  /**
   * As {@link #read(BlobKey, String)}, of a mail that the caller may still have in memory; a short
   * one is read at once, which takes less than to hand it to another thread and back.
   */
  public Future<Message> read(Raw raw, @Nullable String reversePath) {
    int bytes = raw.inMemoryBytes();
    if (bytes < 0 || bytes > AT_ONCE_BYTES || !isLoaded()) {
      return work(() -> parser.parse(raw, reversePath));
    }
    return stage.pass(
        () -> {
          try {
            return Future.succeededFuture(parser.parse(raw, reversePath));
          } catch (IOException e) {
            return Future.failedFuture(e);
          }
        });
  }

  /**
   * Loading the classes of the parsers takes longer than an event loop may: the first time says no.
   */
  private boolean isLoaded() {
    if (!loaded && loading.compareAndSet(false, true)) {
      workers
          .executeBlocking(() -> parser.parse(Raw.of(SAMPLE_KEY, SAMPLE), ""), false)
          .onSuccess(sample -> loaded = true)
          .onFailure(cause -> loading.set(false));
    }
    return loaded;
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

  /** Whether a mail says all that a copy of it says, as {@link SameMail#holds}. */
  public Future<Boolean> isSame(Callable<InputStream> mail, Callable<InputStream> copy) {
    return work(
        () -> {
          try (InputStream its = mail.call();
              InputStream other = copy.call()) {
            return SameMail.holds(its, other);
          }
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
