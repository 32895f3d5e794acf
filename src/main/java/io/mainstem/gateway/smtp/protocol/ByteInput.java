package io.mainstem.gateway.smtp.protocol;

import com.google.errorprone.annotations.CanIgnoreReturnValue;

/**
 * Bytes that came and have not been read yet. Readers move {@link #position}. Confined to one
 * connection.
 */
public final class ByteInput {
  final byte[] bytes;
  final int end;
  int position;

  public ByteInput(byte[] bytes) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  public boolean isEmpty() {
    return position == end;
  }

  public int remaining() {
    return end - position;
  }

  /** The bytes that are left, which count as read from now on. */
  @CanIgnoreReturnValue
  public byte[] takeAll() {
    return take(remaining());
  }

  /** The next so many bytes, which count as read from now on. */
  public byte[] take(int count) {
    byte[] out =
        position == 0 && count == end
            ? bytes
            : java.util.Arrays.copyOfRange(bytes, position, position + count);
    position += count;
    return out;
  }
}
