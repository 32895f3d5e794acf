package io.mainstem.gateway.http.handlers;

import io.mainstem.blob.BlobStore;
import io.mainstem.blob.BlobStream;
import io.mainstem.gateway.http.rendering.SecurityHeaders;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Part;
import io.mainstem.mime.Parts;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Sends a file so that a browser saves it and never runs it: as an attachment, sandboxed, of a type
 * that no page can use as a script or style, and known to this origin alone.
 */
final class FileAnswer {
  private FileAnswer() {}

  /**
   * A file to send.
   *
   * @param sizeBytes decoded
   */
  record File(Part part, String name, long sizeBytes) {}

  static Future<Void> send(HttpServerRequest request, BlobStore blobs, File file) {
    var range = ByteRange.of(request.getHeader("Range"), file.sizeBytes());
    long first = range == null ? 0 : range.first();
    long size = range == null ? file.sizeBytes() : range.sizeBytes();
    var response = request.response();
    response
        .setStatusCode(range == null ? 200 : 206)
        .putHeader(HttpHeaders.CONTENT_TYPE, harmless(file.part().type()))
        .putHeader(HttpHeaders.ACCEPT_RANGES, "bytes")
        .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-store")
        .putHeader("Content-Disposition", disposition(file.name()))
        .putHeader("Content-Security-Policy", SecurityHeaders.NOTHING);
    boolean exact = range != null || !isEncoded(file.part());
    if (exact) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(size));
    } else {
      // What a broken encoding decodes to is known only at its end.
      response.setChunked(true);
    }
    if (range != null) {
      response.putHeader(
          "Content-Range", "bytes " + range.first() + "-" + range.last() + "/" + file.sizeBytes());
    }
    if (request.method().equals(io.vertx.core.http.HttpMethod.HEAD) || size == 0) {
      return response.end();
    }
    BlobStream stream = bytes(blobs, file.part(), first, exact ? size : Long.MAX_VALUE);
    request.connection().closeHandler(gone -> stream.close());
    return stream.pipeTo(response).onFailure(cause -> stream.close());
  }

  /** Sends what is made while it is sent: whole, without ranges. */
  static Future<Void> send(
      HttpServerRequest request, String name, long sizeBytes, BlobStream stream) {
    var response = request.response();
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
        .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-store")
        .putHeader("Content-Disposition", disposition(name))
        .putHeader("Content-Security-Policy", SecurityHeaders.NOTHING)
        .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(sizeBytes));
    if (request.method().equals(io.vertx.core.http.HttpMethod.HEAD)) {
      stream.close();
      return response.end();
    }
    request.connection().closeHandler(gone -> stream.close());
    return stream.pipeTo(response).onFailure(cause -> stream.close());
  }

  private static BlobStream bytes(BlobStore blobs, Part part, long first, long size) {
    if (!isEncoded(part)) {
      return blobs.get(new BlobRange(part.range().blob(), part.range().offset() + first, size));
    }
    return blobs.stream(
        () -> {
          var in = Parts.decode(blobs.open(part.range()), part.encoding());
          in.skipNBytes(first);
          return new Bounded(in, size);
        });
  }

  /** RFC 2045 §6. */
  private static boolean isEncoded(Part part) {
    return part.encoding().equals("base64") || part.encoding().equals("quoted-printable");
  }

  /** Types that a browser would run, render or apply are sent as mere bytes. */
  private static String harmless(String type) {
    return switch (type.split("/", 2)[0]) {
      case "image" -> type.contains("svg") ? "application/octet-stream" : type;
      case "audio", "video" -> type;
      default ->
          type.equals("application/pdf") || type.equals("application/zip")
              ? type
              : "application/octet-stream";
    };
  }

  /** RFC 6266 §4.3: a plain name for old clients, the real one in UTF-8. */
  private static String disposition(String name) {
    var plain = new StringBuilder();
    var real = new StringBuilder();
    name.codePoints()
        .filter(
            c ->
                !Character.isISOControl(c)
                    && Character.getType(c) != Character.FORMAT
                    && c != '/'
                    && c != '\\')
        .limit(200)
        .forEach(
            c -> {
              plain.append(c >= ' ' && c < 0x7f && c != '"' && c != '%' ? (char) c : '_');
              real.appendCodePoint(c);
            });
    var shown = real.toString().isBlank() ? "file" : real.toString();
    var ascii = plain.toString().isBlank() ? "file" : plain.toString();
    return "attachment; filename=\""
        + ascii
        + "\"; filename*=UTF-8''"
        + URLEncoder.encode(shown, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }

  /** The first bytes of a stream. */
  private static final class Bounded extends java.io.FilterInputStream {
    private long left;

    Bounded(InputStream in, long left) {
      super(in);
      this.left = left;
    }

    @Override
    public int read() throws java.io.IOException {
      if (left <= 0) {
        return -1;
      }
      int b = super.read();
      left -= b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] b, int off, int len) throws java.io.IOException {
      if (left <= 0) {
        return -1;
      }
      int n = super.read(b, off, (int) Math.min(len, left));
      left -= Math.max(0, n);
      return n;
    }
  }
}
