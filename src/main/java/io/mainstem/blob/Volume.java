package io.mainstem.blob;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One volume file: appended to by the committer alone, read by anybody at once. A reader takes hold
 * of it while it reads, so that a volume which compaction has emptied is deleted only after its
 * last reader.
 */
final class Volume {
  static final int HEAD_BYTES = 24;
  private static final long MAGIC = 0x4d53564f4c554d45L; // MSVOLUME
  private static final int VERSION = 1;

  final int number;
  final Path file;
  final long salt;
  private final VolumeFiles files;
  private final FileChannel appender;
  private @Nullable FileChannel reader;
  private int readers;
  private boolean retired;

  /** Bytes appended, and bytes known to be durable. Written by the committer. */
  volatile long length;

  volatile long settled;

  private Volume(
      int number, Path file, long salt, VolumeFiles files, FileChannel appender, long length) {
    this.number = number;
    this.file = file;
    this.salt = salt;
    this.files = files;
    this.appender = appender;
    this.length = length;
    this.settled = length;
  }

  static Path file(Path directory, int number) {
    return directory.resolve(String.format(Locale.ROOT, "%06d.volume", number));
  }

  /** Makes an empty volume, durable with its name. */
  static Volume create(Path directory, int number, long salt, VolumeFiles files)
      throws IOException {
    Path file = file(directory, number);
    FileChannel channel =
        files.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      ByteBuffer head =
          ByteBuffer.allocate(HEAD_BYTES)
              .putLong(MAGIC)
              .putInt(VERSION)
              .putInt(number)
              .putLong(salt)
              .flip();
      writeFully(channel, head, 0);
      channel.force(true);
      syncDirectory(directory);
    } catch (IOException cause) {
      channel.close();
      Files.deleteIfExists(file);
      throw cause;
    }
    return new Volume(number, file, salt, files, channel, HEAD_BYTES);
  }

  /**
   * Opens what is there; null when the file ends within its head, which was never acknowledged to
   * anybody.
   */
  static @Nullable Volume open(Path file, int number, VolumeFiles files) throws IOException {
    FileChannel channel = files.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
    boolean whole = readFully(channel, head, 0);
    boolean empty = !whole || head.getLong(0) == 0 && channel.size() == HEAD_BYTES;
    if (empty) {
      channel.close();
      return null;
    }
    if (head.getLong(0) != MAGIC || head.getInt(12) != number) {
      channel.close();
      throw new DamagedBlob(file, 0, "its head is not that of volume " + number);
    }
    if (head.getInt(8) != VERSION) {
      channel.close();
      throw new IOException(
          file + " has layout " + head.getInt(8) + "; this program knows layout " + VERSION);
    }
    return new Volume(number, file, head.getLong(16), files, channel, channel.size());
  }

  // ---- appending: the committer only

  @SuppressWarnings("NonAtomicVolatileUpdate") // One thread appends; others only read.
  void append(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    writeFully(appender, bytes, length);
    length += count;
  }

  void sync() throws IOException {
    long upTo = length;
    appender.force(false);
    settled = upTo;
  }

  void truncate(long to) throws IOException {
    appender.truncate(to);
    length = to;
    settled = Math.min(settled, to);
  }

  // ---- reading

  /** Takes hold of the volume; false when it is gone. */
  synchronized boolean acquire() {
    if (retired) {
      return false;
    }
    readers++;
    return true;
  }

  synchronized void release() throws IOException {
    readers--;
    if (retired && readers == 0) {
      close();
      Files.deleteIfExists(file);
    }
  }

  /** Deletes the volume, durably; who reads it may finish. */
  synchronized void retire() throws IOException {
    retired = true;
    if (readers == 0) {
      close();
    }
    try {
      Files.deleteIfExists(VolumeIndex.file(file));
      Files.deleteIfExists(file);
    } catch (IOException heldOpen) {
      if (readers == 0) { // Windows deletes no file that is open: the last reader will
        throw heldOpen;
      }
    }
    syncDirectory(file.toAbsolutePath().getParent());
  }

  /** Fills the buffer from {@code offset} on; fewer bytes only at the end of the file. */
  void read(ByteBuffer into, long offset) throws IOException {
    int start = into.position();
    while (true) {
      try {
        readFully(reader(), into, offset);
        return;
      } catch (ClosedChannelException closedByInterrupt) {
        if (Thread.currentThread().isInterrupted()) {
          throw closedByInterrupt;
        }
        into.position(
            start); // another reader's thread was interrupted, which closes the channel that all
        // share
      }
    }
  }

  /** The payload of the needle at {@code offset}, read at once with its head, and checked. */
  ByteBuffer payload(long offset, long id, long cookie, int part, int payloadLength)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Needle.HEAD_BYTES + payloadLength);
    read(bytes, offset);
    if (bytes.hasRemaining()) {
      throw new DamagedBlob(file, offset, "the file ends within a needle");
    }
    Needle needle = Needle.read(bytes, 0, salt, offset);
    if (needle == null
        || needle.id() != id
        || needle.cookie() != cookie
        || needle.part() != part
        || needle.length() != payloadLength) {
      throw new DamagedBlob(file, offset, "no needle of the blob where the index says");
    }
    ByteBuffer payload = bytes.flip().position(Needle.HEAD_BYTES).slice();
    if (Needle.checksum(payload) != needle.payloadChecksum()) {
      throw new DamagedBlob(file, offset, "the payload's checksum is wrong");
    }
    return payload;
  }

  synchronized void close() throws IOException {
    appender.close();
    if (reader != null) {
      reader.close();
    }
  }

  private synchronized FileChannel reader() throws IOException {
    if (reader == null || !reader.isOpen()) {
      reader = files.open(file, StandardOpenOption.READ);
    }
    return reader;
  }

  static void syncDirectory(@Nullable Path directory) throws IOException {
    if (directory == null || System.getProperty("os.name").startsWith("Windows")) {
      return; // Windows has no handle of a directory to sync
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static void writeFully(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      int written = channel.write(bytes, at);
      if (written <= 0) {
        throw new EOFException("the disk takes no bytes");
      }
      at += written;
    }
  }

  @CanIgnoreReturnValue
  private static boolean readFully(FileChannel channel, ByteBuffer into, long offset)
      throws IOException {
    long at = offset;
    while (into.hasRemaining()) {
      int count = channel.read(into, at);
      if (count < 0) {
        return false;
      }
      at += count;
    }
    return true;
  }
}
