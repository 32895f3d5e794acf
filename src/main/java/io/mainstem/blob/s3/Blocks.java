package io.mainstem.blob.s3;

import io.mainstem.message.BlobKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The arithmetic of blocks, and their checksums.
 *
 * @param blockBytes bytes of a blob in a full block
 */
record Blocks(int blockBytes) {
  static final int CRC_BYTES = 4;

  int storedBytes() {
    return blockBytes + CRC_BYTES;
  }

  /** How long a blob is whose object has so many bytes; every blob has at least one block. */
  long sizeBytes(long objectBytes) {
    return objectBytes - CRC_BYTES * count(objectBytes);
  }

  long count(long objectBytes) {
    return (objectBytes + storedBytes() - 1) / storedBytes();
  }

  /** The checksum binds bytes to their place in their blob. */
  static int crc(BlobKey key, long number, boolean last, byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(key.value().getBytes(StandardCharsets.US_ASCII));
    crc.update(ByteBuffer.allocate(9).putLong(number).put((byte) (last ? 1 : 0)).flip());
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }
}
