package io.mainstem.blob;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The head of one record of a volume; drawn in the package's description. */
record Needle(
    Kind kind, long id, long cookie, int part, int length, long settled, int payloadChecksum) {
  static final int HEAD_BYTES = 48;
  static final int MAGIC = 0x4e444c31; // NDL1
  private static final int CHECKED_BYTES = 40;

  /** What a needle says. Codes are on disk for ever. */
  enum Kind {
    PART(1),
    LAST(2),
    ERASED(3),
    REFERRED(4),
    RELEASED(5),
    MARK(6);

    final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }

    boolean isData() {
      return this == PART || this == LAST;
    }

    static @Nullable Kind of(byte code) {
      return code >= 1 && code <= 6 ? values()[code - 1] : null;
    }
  }

  /** Bytes that the needle takes in its volume. */
  long storedBytes() {
    return storedBytes(length);
  }

  static long storedBytes(int length) {
    return HEAD_BYTES + (length + 7L & ~7L);
  }

  /** Writes the head at the buffer's position. */
  void write(ByteBuffer to, long salt, long offset) {
    int at = to.position();
    to.putInt(MAGIC).put(kind.code).put((byte) 0).putShort((short) 0);
    to.putLong(id).putLong(cookie).putInt(part).putInt(length).putLong(settled);
    to.putInt(checksum(to, at, salt, offset)).putInt(payloadChecksum);
  }

  /** The head at index {@code at} of the buffer, or null when none checks there. */
  static @Nullable Needle read(ByteBuffer from, int at, long salt, long offset) {
    if (from.getInt(at) != MAGIC
        || from.getInt(at + CHECKED_BYTES) != checksum(from, at, salt, offset)) {
      return null;
    }
    Kind kind = Kind.of(from.get(at + 4));
    int length = from.getInt(at + 28);
    if (kind == null || length < 0) {
      return null;
    }
    return new Needle(
        kind,
        from.getLong(at + 8),
        from.getLong(at + 16),
        from.getInt(at + 24),
        length,
        from.getLong(at + 32),
        from.getInt(at + 44));
  }

  static int checksum(ByteBuffer payload) {
    CRC32C crc = new CRC32C();
    crc.update(payload.duplicate());
    return (int) crc.getValue();
  }

  private static int checksum(ByteBuffer head, int at, long salt, long offset) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(16).putLong(salt).putLong(offset).flip());
    crc.update(head.duplicate().limit(at + CHECKED_BYTES).position(at));
    return (int) crc.getValue();
  }
}
