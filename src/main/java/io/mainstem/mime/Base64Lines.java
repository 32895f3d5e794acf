package io.mainstem.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Encodes a stream in base64, in lines of 76 characters that end in CRLF (RFC 2045 §6.8). */
final class Base64Lines extends InputStream {
  private static final int LINE_BYTES = 57;
  private static final int LINES = 256;

  private final InputStream source;
  private byte[] encoded = new byte[0];
  private int at;
  private boolean ended;

  Base64Lines(InputStream source) {
    this.source = source;
  }

  /** How long so many bytes become. */
  static long encodedBytes(long bytes) {
    long lines = (bytes + LINE_BYTES - 1) / LINE_BYTES;
    return (bytes + 2) / 3 * 4 + 2 * lines;
  }

  @Override
  public int read() throws IOException {
    return fill() ? encoded[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, encoded.length - at);
    System.arraycopy(encoded, at, into, from, count);
    at += count;
    return count;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private boolean fill() throws IOException {
    if (at < encoded.length) {
      return true;
    }
    if (ended) {
      return false;
    }
    byte[] plain = source.readNBytes(LINE_BYTES * LINES);
    ended = plain.length < LINE_BYTES * LINES;
    if (plain.length == 0) {
      return false;
    }
    String lines =
        Base64.getMimeEncoder(76, new byte[] {'\r', '\n'}).encodeToString(plain) + "\r\n";
    encoded = lines.getBytes(StandardCharsets.US_ASCII);
    at = 0;
    return true;
  }
}
