package io.mainstem.app.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;

/**
 * Mail as it is on the wire: where a file's first line ends in a bare LF, as on most disks, all
 * lines get their CR. What has CRs already passes unchanged.
 */
final class CrlfStream extends InputStream {
  /** RFC 5322 lines are shorter; a file whose first is longer is left alone. */
  private static final int LOOK_BYTES = 8 << 10;

  private final InputStream in;
  private final byte[] piece = new byte[LOOK_BYTES];
  private final byte[] out = new byte[2 * LOOK_BYTES];
  private int at;
  private int end;
  private byte last;

  private CrlfStream(InputStream in) {
    this.in = in;
  }

  static InputStream of(InputStream file) throws IOException {
    PushbackInputStream in = new PushbackInputStream(file, LOOK_BYTES);
    byte[] start = in.readNBytes(LOOK_BYTES);
    in.unread(start);
    for (int i = 0; i < start.length; i++) {
      if (start[i] == '\n') {
        return i > 0 && start[i - 1] == '\r' ? in : new CrlfStream(in);
      }
    }
    return in;
  }

  @Override
  public int read() throws IOException {
    return fill() ? out[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, end - at);
    System.arraycopy(out, at, into, from, count);
    at += count;
    return count;
  }

  private boolean fill() throws IOException {
    if (at < end) {
      return true;
    }
    int count = in.readNBytes(piece, 0, piece.length);
    at = 0;
    end = 0;
    for (int i = 0; i < count; i++) {
      if (piece[i] == '\n' && last != '\r') {
        out[end++] = '\r';
      }
      last = piece[i];
      out[end++] = last;
    }
    return end > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
