package io.mainstem.blob.s3;

import io.mainstem.blob.s3.S3Requests.Request;
import io.vertx.core.Future;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;

/** The requests of S3 that a blob store needs, each with its arguments and its answer. */
record Bucket(S3Requests requests) {
  private static final int SMALL_BYTES = 64 << 10;
  private static final int PAGE_BYTES = 8 << 20;

  /** A stretch of an object, and how long the object is in all. */
  record Stretch(byte[] bytes, long objectBytes) {}

  /**
   * A page of a listing.
   *
   * @param now by the clock of the object store, when it says
   */
  record Page(Listing listing, Optional<Instant> now) {}

  Future<Void> put(String name, List<byte[]> body) {
    return requests
        .send(Request.of("PutObject", "PUT", name, "", SMALL_BYTES).with(body))
        .mapEmpty();
  }

  /** What does not exist is no error, as S3 has it. */
  Future<Void> delete(String name) {
    return requests
        .send(Request.of("DeleteObject", "DELETE", name, "", SMALL_BYTES))
        .<Void>mapEmpty()
        .recover(failure -> isMissing(failure) ? Future.succeededFuture() : failed(failure));
  }

  /**
   * Empty for an object that does not exist. Asks for one byte rather than for the head alone,
   * since an answer without a body cannot say whether the object is missing or the bucket.
   */
  Future<Optional<Long>> sizeBytes(String name) {
    return get(name, 0, 1)
        .map(stretch -> stretch.map(Stretch::objectBytes))
        .recover(
            failure ->
                isMissing(failure) ? Future.succeededFuture(Optional.empty()) : failed(failure));
  }

  /**
   * Bytes {@code from} to {@code from + length - 1}, as far as there are; empty when the object
   * ends before. Fails with an {@link S3Failure} of status 404 when there is none.
   */
  Future<Optional<Stretch>> get(String name, long from, int length) {
    return requests
        .send(
            Request.of("GetObject", "GET", name, "", length)
                .with(Map.of("range", "bytes=" + from + "-" + (from + length - 1))))
        .map(answer -> Optional.of(new Stretch(answer.body(), objectBytes(answer, from))))
        .recover(
            failure ->
                failure instanceof S3Failure refused && refused.status() == 416
                    ? Future.succeededFuture(Optional.empty())
                    : failed(failure));
  }

  /** Objects by name, in the order of their bytes. */
  Future<Page> list(String prefix, int max, String token) {
    String query =
        (token.isEmpty() ? "" : "continuation-token=" + Signature.encode(token, false) + "&")
            + "list-type=2&max-keys="
            + max
            + "&prefix="
            + Signature.encode(prefix, false);
    return requests
        .send(Request.of("ListObjectsV2", "GET", "", query, PAGE_BYTES))
        .map(answer -> new Page(parse("ListObjectsV2", answer), date(answer)));
  }

  // ---- uploads of several parts

  Future<String> begin(String name) {
    return requests
        .send(Request.of("CreateMultipartUpload", "POST", name, "uploads=", SMALL_BYTES))
        .map(
            answer -> {
              String id = Listing.Xml.text(answer.body(), "UploadId");
              if (id.isEmpty()) {
                throw new S3Failure("CreateMultipartUpload", 0, "no upload id in the answer");
              }
              return id;
            });
  }

  /** Gives the tag by which the part is named at the end. */
  Future<String> upload(String name, String uploadId, int number, List<byte[]> body) {
    String query = "partNumber=" + number + "&uploadId=" + Signature.encode(uploadId, false);
    return requests
        .send(Request.of("UploadPart", "PUT", name, query, SMALL_BYTES).with(body))
        .map(answer -> answer.headers().firstValue("etag").orElseThrow());
  }

  Future<Void> complete(String name, String uploadId, List<String> tags) {
    StringBuilder parts = new StringBuilder("<CompleteMultipartUpload>");
    for (int i = 0; i < tags.size(); i++) {
      parts
          .append("<Part><PartNumber>")
          .append(i + 1)
          .append("</PartNumber><ETag>")
          .append(tags.get(i).replace("&", "&amp;").replace("<", "&lt;"))
          .append("</ETag></Part>");
    }
    byte[] body =
        parts.append("</CompleteMultipartUpload>").toString().getBytes(StandardCharsets.UTF_8);
    String query = "uploadId=" + Signature.encode(uploadId, false);
    return requests
        .send(
            Request.of("CompleteMultipartUpload", "POST", name, query, SMALL_BYTES)
                .with(List.of(body)))
        .<Void>mapEmpty()
        .recover(failure -> isMissing(failure) ? completedBefore(name, failure) : failed(failure));
  }

  /** A repeat of a completion whose answer was lost finds no upload any more, but the object. */
  private Future<Void> completedBefore(String name, Throwable failure) {
    return sizeBytes(name)
        .compose(size -> size.isPresent() ? Future.succeededFuture() : failed(failure));
  }

  Future<Void> abort(String name, String uploadId) {
    String query = "uploadId=" + Signature.encode(uploadId, false);
    return requests
        .send(Request.of("AbortMultipartUpload", "DELETE", name, query, SMALL_BYTES))
        .<Void>mapEmpty()
        .recover(failure -> isMissing(failure) ? Future.succeededFuture() : failed(failure));
  }

  /** Uploads that were begun and neither completed nor aborted; the first page of them. */
  Future<Listing> unfinished(String prefix) {
    String query = "prefix=" + Signature.encode(prefix, false) + "&uploads=";
    return requests
        .send(Request.of("ListMultipartUploads", "GET", "", query, PAGE_BYTES))
        .map(answer -> parse("ListMultipartUploads", answer));
  }

  static boolean isMissing(Throwable failure) {
    return failure instanceof S3Failure refused
        && refused.status() == 404
        && !refused.code().equals("NoSuchBucket");
  }

  private static Listing parse(String operation, HttpResponse<byte[]> answer) {
    try {
      return Listing.parse(answer.body());
    } catch (XMLStreamException e) {
      throw new S3Failure(operation, 0, "an answer that is not XML");
    }
  }

  /** From {@code Content-Range: bytes 0-99/1234} (RFC 9110 §14.4). */
  private static long objectBytes(HttpResponse<byte[]> answer, long from) {
    String range = answer.headers().firstValue("content-range").orElse("");
    int slash = range.lastIndexOf('/');
    if (answer.statusCode() != 206 || !range.startsWith("bytes " + from + "-")) {
      throw new S3Failure("GetObject", 0, "not the range that was asked for");
    }
    return Long.parseLong(range.substring(slash + 1));
  }

  private static Optional<Instant> date(HttpResponse<byte[]> answer) {
    return answer
        .headers()
        .firstValue("date")
        .map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
  }

  private static <T> Future<T> failed(Throwable failure) {
    return Future.failedFuture(failure);
  }
}
