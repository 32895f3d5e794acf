package io.mainstem.store.rocksdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** The directory that holds everything durable: its lock keeps a second process out, its version file a program that is too old. */
public final class DataDirectory implements AutoCloseable {
  /** The layout that this program writes. */
  public static final int VERSION = 1;

  private static final String VERSION_FILE = "format-version";
  private final Path path;
  private final FileChannel lockFile;

  private DataDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /** Makes the directory (mode 0700) when it is absent, locks it, and checks its version. Fails with {@link CannotOpen}. */
  public static DataDirectory open(Path path) {
    try {
      if (!Files.isDirectory(path)) {
        make(path);
      }
      FileChannel lockFile = lock(path);
      try {
        checkVersion(path);
      } catch (IOException | RuntimeException e) {
        lockFile.close();
        throw e;
      }
      return new DataDirectory(path, lockFile);
    } catch (IOException e) {
      throw new CannotOpen("The data directory " + path.toAbsolutePath() + " cannot be used: " + e
          + ". Check that it exists, that this user may write there and that the disk is not full.");
    }
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Forces a directory's own entries to the disk, so that a file made in it is there after a power cut. */
  static void sync(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void make(Path path) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectories(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(path);
    }
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same answer as for another one.
    }
    if (lock == null) {
      var text = ByteBuffer.allocate(32);
      int length = channel.read(text, 0);
      channel.close();
      throw new CannotOpen("The data directory " + path.toAbsolutePath() + " is in use by another process"
          + (length > 0 ? " (pid " + new String(text.array(), 0, length, StandardCharsets.US_ASCII).strip() + ")" : "")
          + ". Stop that one, or choose another directory with --data.");
    }
    channel.truncate(0);
    channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
    return channel;
  }

  private static void checkVersion(Path path) throws IOException {
    Path file = path.resolve(VERSION_FILE);
    if (!Files.exists(file)) {
      Path fresh = path.resolve(VERSION_FILE + ".new");
      try (var out = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
        out.write(ByteBuffer.wrap((VERSION + "\n").getBytes(StandardCharsets.US_ASCII)));
        out.force(true);
      }
      Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      sync(path);
      return;
    }
    String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
    int found;
    try {
      found = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new CannotOpen("The file " + file.toAbsolutePath() + " holds \"" + text
          + "\", not a format version. It should hold the number " + VERSION + " or lower; restore it from a backup.");
    }
    if (found > VERSION) {
      throw new CannotOpen("The data directory " + path.toAbsolutePath() + " has format version " + found
          + "; this program reads up to version " + VERSION + ". Start the program that wrote it, or a newer one.");
    }
  }
}
