package io.mainstem.gateway.imap.protocol;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Bytes that came and have not been read yet. Confined to one connection. */
public final class ByteInput {
  private static final byte[] NONE = new byte[0];
  private byte[] bytes = NONE;
  private int at;

  /** More bytes have come. */
  public void add(byte[] more) {
    if (isEmpty()) {
      bytes = more;
    } else {
      byte[] joined = Arrays.copyOfRange(bytes, at, bytes.length + more.length);
      System.arraycopy(more, 0, joined, bytes.length - at, more.length);
      bytes = joined;
    }
    at = 0;
  }

  public boolean isEmpty() {
    return at == bytes.length;
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

  public void clear() {
    bytes = NONE;
    at = 0;
  }

  /** A session that waits keeps no bytes. */
  private void release() {
    if (at == bytes.length) {
      clear();
    }
  }
}
