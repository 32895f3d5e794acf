package io.mainstem.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The list of a volume's needles beside it, so that a start need not read the volume. It is derived
 * and never synced: a block that does not check, or does not follow the one before, ends what is
 * believed of it.
 *
 * <pre>
 *   000001.index   MSINDEX1 (8) salt (8)  then blocks:
 *   rows (4) zero (4) from (8) to (8) checksum (4) zero (4) then rows of 40 bytes:
 *   kind (1) zero (3) part (4) id (8) cookie (8) offset (8) length (4) zero (4)
 * </pre>
 *
 * Confined to the committer.
 */
final class VolumeIndex {
  private static final long MAGIC = 0x4d53494e44455831L; // MSINDEX1
  private static final int FILE_HEAD = 16;
  private static final int BLOCK_HEAD = 32;
  private static final int ROW = 40;
  private static final int MAX_ROWS = 1 << 23;
  private static final int FLUSH_ROWS = 1 << 16;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Path file;
  private final long salt;
  private ByteBuffer rows = ByteBuffer.allocate(ROW * 64);
  private long covered = Volume.HEAD_BYTES;
  private long end;

  private VolumeIndex(Volume volume) {
    this.file = file(volume.file);
    this.salt = volume.salt;
  }

  /** Of a volume that was just made. */
  static VolumeIndex create(Volume volume) {
    return new VolumeIndex(volume);
  }

  /** Hands on the needles of all blocks that check, and goes on after them. */
  static VolumeIndex open(Volume volume, VolumeScan.Sink sink) throws IOException {
    VolumeIndex index = new VolumeIndex(volume);
    if (Files.exists(index.file)) {
      index.replay(sink);
    }
    return index;
  }

  /** Up to which byte of the volume the index reaches. */
  long covered() {
    return covered;
  }

  static Path file(Path volume) {
    String name = volume.getFileName().toString();
    return volume.resolveSibling(name.substring(0, name.indexOf('.')) + ".index");
  }

  /** Remembers a needle that was appended. */
  void add(long offset, Needle needle) {
    if (rows.remaining() < ROW) {
      rows = ByteBuffer.allocate(rows.capacity() * 2).put(rows.flip());
    }
    rows.put(needle.kind().code).put((byte) 0).putShort((short) 0).putInt(needle.part());
    rows.putLong(needle.id())
        .putLong(needle.cookie())
        .putLong(offset)
        .putInt(needle.length())
        .putInt(0);
  }

  /** The needles from this place on were lost before they were settled. */
  void forget(long from) {
    while (rows.position() > 0 && rows.getLong(rows.position() - ROW + 24) >= from) {
      rows.position(rows.position() - ROW);
    }
  }

  /** Whether enough has gathered for a block. */
  boolean isDue(long settled, long everyBytes) {
    return settled - covered >= everyBytes || rows.position() >= FLUSH_ROWS * ROW;
  }

  /**
   * Writes what was remembered as the block that ends at {@code to}: all of it is settled. A
   * failure leaves it for the next time.
   */
  void flush(long to) throws IOException {
    if (to == covered) {
      return;
    }
    ByteBuffer body = rows.duplicate().flip();
    ByteBuffer block = ByteBuffer.allocate(BLOCK_HEAD + body.remaining());
    block
        .putInt(body.remaining() / ROW)
        .putInt(0)
        .putLong(covered)
        .putLong(to)
        .putInt(0)
        .putInt(0)
        .put(body)
        .flip();
    block.putInt(24, checksum(block, salt));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.truncate(end);
      if (end == 0) {
        Volume.writeFully(
            channel, ByteBuffer.allocate(FILE_HEAD).putLong(MAGIC).putLong(salt).flip(), 0);
        end = FILE_HEAD;
      }
      int bytes = block.remaining();
      Volume.writeFully(channel, block, end);
      end += bytes;
    }
    covered = to;
    rows.clear();
  }

  private void replay(VolumeScan.Sink sink) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer head = read(channel, 0, FILE_HEAD);
      if (head == null || head.getLong(0) != MAGIC || head.getLong(8) != salt) {
        return;
      }
      end = FILE_HEAD;
      for (ByteBuffer block = block(channel); block != null; block = block(channel)) {
        for (int row = BLOCK_HEAD; row < block.limit(); row += ROW) {
          Needle.Kind kind = Needle.Kind.of(block.get(row));
          if (kind != null) {
            int length = block.getInt(row + 32);
            Needle needle =
                new Needle(
                    kind,
                    block.getLong(row + 8),
                    block.getLong(row + 16),
                    block.getInt(row + 4),
                    length,
                    0,
                    0);
            sink.onNeedle(block.getLong(row + 24), needle, NOTHING);
          }
        }
        covered = block.getLong(16);
        end += block.limit();
      }
    }
  }

  private @Nullable ByteBuffer block(FileChannel channel) throws IOException {
    ByteBuffer head = read(channel, end, BLOCK_HEAD);
    if (head == null
        || head.getInt(0) < 0
        || head.getInt(0) > MAX_ROWS
        || head.getLong(8) != covered
        || head.getLong(16) <= covered) {
      return null;
    }
    ByteBuffer block = read(channel, end, BLOCK_HEAD + head.getInt(0) * ROW);
    return block != null && block.getInt(24) == checksum(block, salt) ? block : null;
  }

  private static @Nullable ByteBuffer read(FileChannel channel, long at, int count)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        return null;
      }
    }
    return bytes.flip();
  }

  private static int checksum(ByteBuffer block, long salt) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(8).putLong(salt).flip());
    crc.update(block.duplicate().position(0).limit(24));
    crc.update(block.duplicate().position(BLOCK_HEAD));
    return (int) crc.getValue();
  }
}
