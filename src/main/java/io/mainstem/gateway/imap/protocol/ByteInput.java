package io.mainstem.gateway.imap.protocol;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that came and have not been read yet. What came compressed (RFC 4978) is inflated a piece
 * at a time, when the piece before is used up: so a few bytes that stand for many cost little.
 * Confined to one connection.
 */
public final class ByteInput {
  private static final byte[] NONE = new byte[0];
  private static final int PIECE_BYTES = 16 << 10;

  private byte[] bytes = NONE;
  private int at;
  private @Nullable Inflater inflater;

  /** What came and could not be given to the inflater yet. */
  private byte[] compressed = NONE;

  /** More bytes have come. */
  public void add(byte[] more) {
    if (inflater != null) {
      compressed = joined(compressed, 0, more);
    } else if (at == bytes.length) {
      bytes = more;
      at = 0;
    } else {
      bytes = joined(bytes, at, more);
      at = 0;
    }
  }

  private static byte[] joined(byte[] before, int from, byte[] more) {
    byte[] joined = Arrays.copyOfRange(before, from, before.length + more.length);
    System.arraycopy(more, 0, joined, before.length - from, more.length);
    return joined;
  }

  /** What comes from here on is compressed. */
  public void inflate() {
    inflater = new Inflater(true);
  }

  /**
   * @throws Malformed when what came is not how bytes are compressed
   */
  public boolean isEmpty() {
    if (at < bytes.length) {
      return false;
    }
    Inflater from = inflater;
    return from == null || !inflatePiece(from);
  }

  private boolean inflatePiece(Inflater from) {
    byte[] piece = new byte[PIECE_BYTES];
    try {
      while (true) {
        if (from.needsInput()) {
          if (compressed.length == 0) {
            return false;
          }
          from.setInput(compressed);
          compressed = NONE;
        }
        int n = from.inflate(piece);
        if (n > 0) {
          bytes = Arrays.copyOf(piece, n);
          at = 0;
          return true;
        }
        if (from.finished() || from.needsDictionary()) {
          throw new Malformed("The compressed stream has ended");
        }
      }
    } catch (DataFormatException e) {
      throw new Malformed("The compressed stream is damaged");
    }
  }

  public int available() {
    return bytes.length - at;
  }

  byte next() {
    byte b = bytes[at++];
    release();
    return b;
  }

  void skip(int n) {
    at += n;
    release();
  }

  void takeInto(ByteArrayOutputStream out, int n) {
    out.write(bytes, at, n);
    skip(n);
  }

  /** The next so many bytes. */
  public byte[] take(int n) {
    byte[] out = at == 0 && n == bytes.length ? bytes : Arrays.copyOfRange(bytes, at, at + n);
    skip(n);
    return out;
  }

  /** Forgets what came. */
  public void clear() {
    bytes = NONE;
    compressed = NONE;
    at = 0;
  }

  /** Nothing comes any more. */
  public void end() {
    clear();
    Inflater from = inflater;
    inflater = null;
    if (from != null) {
      from.end();
    }
  }

  /** A session that waits keeps no bytes. */
  private void release() {
    if (at == bytes.length) {
      bytes = NONE;
      at = 0;
    }
  }
}
