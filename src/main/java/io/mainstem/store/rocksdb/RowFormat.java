package io.mainstem.store.rocksdb;

import io.mainstem.store.MailboxStore.Row;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The value of a row of the log: a byte of flags, then as varints last - seq, seq - settled and,
 * for a fence, the previous epoch; then the entry.
 */
final class RowFormat {
  private static final int FENCE = 1;
  private static final int BODY = 2;

  private RowFormat() {}

  static byte[] encode(Row row) {
    int length =
        1 + size(row.last() - row.seq()) + size(row.seq() - row.settled()) + row.entry().length;
    if (row.isFence()) {
      length += size(row.previousEpoch());
    }
    var out = ByteBuffer.allocate(length);
    out.put((byte) ((row.isFence() ? FENCE : 0) | (row.body() != null ? BODY : 0)));
    put(out, row.last() - row.seq());
    put(out, row.seq() - row.settled());
    if (row.isFence()) {
      put(out, row.previousEpoch());
    }
    return out.put(row.entry()).array();
  }

  /** A row without its body. */
  static Row decode(byte[] key, byte[] value) {
    var in = ByteBuffer.wrap(value);
    int flags = in.get();
    long seq = Keys.seqOf(key);
    long last = seq + get(in);
    long settled = seq - get(in);
    long previous = (flags & FENCE) != 0 ? get(in) : -1;
    byte[] entry = new byte[in.remaining()];
    in.get(entry);
    return new Row(seq, last, Keys.epochOf(key), settled, previous, entry, null);
  }

  /** Whether the row was written with a body, so that it is worth looking for. */
  static boolean hadBody(byte[] value) {
    return (value[0] & BODY) != 0;
  }

  static Row withBody(Row row, byte @Nullable [] body) {
    return body == null
        ? row
        : new Row(
            row.seq(),
            row.last(),
            row.epoch(),
            row.settled(),
            row.previousEpoch(),
            row.entry(),
            body);
  }

  private static int size(long value) {
    return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
  }

  private static void put(ByteBuffer out, long value) {
    while ((value & ~0x7fL) != 0) {
      out.put((byte) (value | 0x80));
      value >>>= 7;
    }
    out.put((byte) value);
  }

  private static long get(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }
}
