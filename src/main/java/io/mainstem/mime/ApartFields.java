package io.mainstem.mime;

import io.mainstem.blob.BlobStore;
import io.mainstem.message.BlobRange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sender's own copy of a mail: Bcc, which the others are not handed, and the bytes that they are.
 */
public final class ApartFields {
  private ApartFields() {}

  /** A field that names these addresses, with its line breaks. */
  public static String bcc(List<String> addresses) {
    return "Bcc: " + String.join(",\r\n ", addresses) + "\r\n";
  }

  public static byte[] bytes(@Nullable String apart) {
    return apart == null ? new byte[0] : apart.getBytes(StandardCharsets.UTF_8);
  }

  /** From there on, at most so many bytes. Blocking. */
  public static InputStream open(
      BlobStore blobs, byte[] apart, BlobRange raw, long offset, long length) throws IOException {
    int before = (int) Math.max(0, Math.min(length, apart.length - offset));
    long from = Math.max(0, offset - apart.length);
    long rest = Math.min(length - before, Math.max(0, raw.sizeBytes() - from));
    InputStream mail = blobs.open(new BlobRange(raw.blob(), raw.offset() + from, rest));
    return before == 0
        ? mail
        : new SequenceInputStream(new ByteArrayInputStream(apart, (int) offset, before), mail);
  }
}
