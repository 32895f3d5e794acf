package io.mainstem.mime;

import io.mainstem.message.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.james.mime4j.codec.Base64InputStream;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.QuotedPrintableInputStream;
import org.apache.james.mime4j.util.CharsetUtil;
import org.jspecify.annotations.Nullable;

/**
 * Undoes the transfer encoding and the charset of a part (RFC 2045 §6, §5). Wrong encodings give
 * what can be made of them.
 */
public final class Parts {
  private static final Charset WESTERN = Charset.forName("windows-1252");

  private static final boolean[] BASE64 = new boolean[256];

  static {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        .chars()
        .forEach(c -> BASE64[c] = true);
  }

  private Parts() {}

  /** The bytes that were meant by these bytes of the raw mail. */
  public static InputStream decode(InputStream encoded, String encoding) {
    return switch (encoding.toLowerCase(Locale.ROOT)) {
      case "base64" -> new Base64InputStream(encoded, DecodeMonitor.SILENT);
      case "quoted-printable" -> new QuotedPrintableInputStream(encoded, DecodeMonitor.SILENT);
      default -> encoded;
    };
  }

  /** The decoded size; reads the part when its encoding does not tell. */
  static long decodedBytes(Raw raw, long offset, long sizeBytes, String encoding)
      throws IOException {
    if (!encoding.equals("base64") && !encoding.equals("quoted-printable")) {
      return sizeBytes;
    }
    byte[] buffer = new byte[16 << 10];
    long count = 0;
    if (encoding.equals("base64")) {
      try (InputStream encoded = raw.open(offset, sizeBytes)) {
        for (int n = encoded.read(buffer); n >= 0; n = encoded.read(buffer)) {
          for (int i = 0; i < n; i++) {
            count += BASE64[buffer[i] & 0xff] ? 1 : 0;
          }
        }
      }
      return count * 3 / 4;
    }
    try (InputStream decoded = decode(raw.open(offset, sizeBytes), encoding)) {
      for (int n = decoded.read(buffer); n >= 0; n = decoded.read(buffer)) {
        count += n;
      }
    }
    return count;
  }

  /** A text part as text, at most {@code maxBytes} of it before decoding its charset. */
  public static String text(
      InputStream encoded, String encoding, @Nullable String charset, int maxBytes)
      throws IOException {
    try (InputStream decoded = decode(encoded, encoding)) {
      return decode(bytes(decoded, maxBytes), charset);
    }
  }

  private static byte[] bytes(InputStream in, int max) throws IOException {
    if (!(in instanceof ByteArrayInputStream memory)) {
      return in.readNBytes(max);
    }
    byte[] all = new byte[Math.min(max, memory.available())];
    return memory.read(all, 0, all.length) == all.length ? all : new byte[0];
  }

  /** As {@link #text(InputStream, String, String, int)}, of a part of a raw mail. */
  static String text(Raw raw, Part part, int maxBytes) throws IOException {
    return text(
        raw.open(part.range().offset(), part.range().sizeBytes()),
        part.encoding(),
        part.charset(),
        maxBytes);
  }

  /**
   * Never fails: an unknown charset, or bytes that are not of it, are read as UTF-8 if they are,
   * else as Western.
   */
  static String decode(byte[] bytes, @Nullable String charset) {
    Charset declared = charset == null ? null : lookup(charset);
    boolean untold = declared == null || declared.equals(StandardCharsets.US_ASCII);
    if (declared == null || untold || declared.equals(StandardCharsets.UTF_8)) {
      String text = utf8(bytes);
      return text != null ? text : new String(bytes, untold ? WESTERN : StandardCharsets.UTF_8);
    }
    if (declared.equals(StandardCharsets.ISO_8859_1)) {
      return new String(
          bytes, WESTERN); // what calls itself so mostly means its superset, as the WHATWG encoding
      // standard says
    }
    return new String(bytes, declared);
  }

  /** Null when they are not UTF-8; a character that the end cuts is left out. */
  private static @Nullable String utf8(byte[] bytes) {
    if (isAscii(bytes)) {
      return new String(bytes, StandardCharsets.US_ASCII);
    }
    CharBuffer text = CharBuffer.allocate(bytes.length);
    ByteBuffer from = ByteBuffer.wrap(bytes);
    var result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(from, text, true);
    boolean cutAtTheEnd =
        result.isMalformed() && bytes.length - from.position() < 4 && bytes.length > 4;
    if (result.isError() && !cutAtTheEnd) {
      return null;
    }
    return text.flip().toString();
  }

  private static boolean isAscii(byte[] bytes) {
    int all = 0;
    for (byte b : bytes) {
      all |= b;
    }
    return all >= 0;
  }

  private static @Nullable Charset lookup(String name) {
    try {
      return CharsetUtil.lookup(name.strip());
    } catch (IllegalArgumentException unknown) {
      return null;
    }
  }
}
