package io.mainstem.app;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The directory of everything durable, held by one process at a time.
 *
 * <pre>
 * DATA/format      number of the layout of this directory, checked before anything else is read
 * DATA/lock        locked while a process runs, holds its pid
 * DATA/ready.json  where the gateways listen; there only while the node is ready
 * </pre>
 *
 * The parts have directories of their own below it.
 */
public final class DataDirectory implements AutoCloseable {
  /** The layout that this version writes, and the newest that it reads. */
  static final int FORMAT = 1;

  private static final String FORMAT_FILE = "format";
  private static final String LOCK_FILE = "lock";
  private static final String READY_FILE = "ready.json";

  private final Path root;
  private final FileChannel lockFile;

  private DataDirectory(Path root, FileChannel lockFile) {
    this.root = root;
    this.lockFile = lockFile;
  }

  /**
   * Makes the directory when there is none, locks it, and checks its format.
   *
   * @throws StartFailure when it cannot be used, with what to do
   */
  public static DataDirectory open(Path path) {
    Path root = path.toAbsolutePath().normalize();
    FileChannel lockFile = null;
    try {
      make(root);
      lockFile = lock(root);
      checkFormat(root);
      Files.deleteIfExists(root.resolve(READY_FILE));
      return new DataDirectory(root, lockFile);
    } catch (AccessDeniedException e) {
      release(lockFile);
      throw new StartFailure(
          "The data directory %s cannot be written by %s. Give it to this account, or name another with --data."
              .formatted(root, System.getProperty("user.name")),
          e);
    } catch (IOException e) {
      release(lockFile);
      throw new StartFailure("The data directory %s cannot be used: %s".formatted(root, e), e);
    } catch (StartFailure e) {
      release(lockFile);
      throw e;
    }
  }

  public Path root() {
    return root;
  }

  /** The directory of one part, made when absent. */
  public Path room(String part) {
    try {
      return Files.createDirectories(root.resolve(part));
    } catch (IOException e) {
      throw new StartFailure(
          "The directory %s cannot be made: %s".formatted(root.resolve(part), e), e);
    }
  }

  /** Tells other programs where this node listens. The file appears whole or not at all. */
  void writeReady(JsonObject ready) throws IOException {
    Path fresh = root.resolve(READY_FILE + ".new");
    Files.writeString(fresh, ready.encode() + "\n");
    Files.move(
        fresh,
        root.resolve(READY_FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  void removeReady() throws IOException {
    Files.deleteIfExists(root.resolve(READY_FILE));
  }

  /** Where the node that holds this directory listens; null when none is ready. */
  public static @Nullable JsonObject readReady(Path data) throws IOException {
    Path file = data.resolve(READY_FILE);
    return Files.exists(file) ? new JsonObject(Files.readString(file)) : null;
  }

  @Override
  public void close() {
    release(lockFile);
  }

  private static void make(Path root) throws IOException {
    if (Files.isDirectory(root)) {
      return;
    }
    if (Files.exists(root)) {
      throw new StartFailure(
          "The data directory %s is a file. Name a directory with --data.".formatted(root));
    }
    Path parent = root.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    // Mail is private: nobody but this account may look in.
    if (root.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectory(
          root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectory(root);
    }
  }

  private static FileChannel lock(Path root) throws IOException {
    Path file = root.resolve(LOCK_FILE);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    FileLock held;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      held = null; // This very process holds it.
    }
    if (held == null) {
      String pid = Files.readString(file).strip();
      channel.close();
      throw new StartFailure(
          "The data directory %s is in use by process %s. Stop that one, or name another with --data."
              .formatted(root, pid.isEmpty() ? "unknown" : pid));
    }
    channel.truncate(0);
    channel.write(
        ByteBuffer.wrap(
            (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
    return channel;
  }

  private static void checkFormat(Path root) throws IOException {
    Path file = root.resolve(FORMAT_FILE);
    if (!Files.exists(file)) {
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap((FORMAT + "\n").getBytes(StandardCharsets.US_ASCII)));
        channel.force(true);
      }
      return;
    }
    String text = Files.readString(file).strip();
    int found;
    try {
      found = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new StartFailure(
          "%s is damaged: it should hold the number of a format, up to %d. Bring it back from a backup."
              .formatted(file, FORMAT),
          e);
    }
    if (found > FORMAT) {
      throw new StartFailure(
          "The data directory %s has format %d, this version (%s) reads up to format %d. Start the version that wrote it, or a newer one."
              .formatted(root, found, Version.text(), FORMAT));
    }
    if (found < 1) {
      throw new StartFailure(
          "%s is damaged: there is no format %d. Bring it back from a backup."
              .formatted(file, found));
    }
  }

  private static void release(@Nullable FileChannel lockFile) {
    if (lockFile == null) {
      return;
    }
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new StartFailure("The lock of the data directory cannot be released: " + e, e);
    }
  }
}
