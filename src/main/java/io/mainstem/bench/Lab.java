package io.mainstem.bench;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;

/**
 * What every scenario is given: a client-side Vert.x, room on the disk, the figures, and how long
 * to run.
 *
 * @param runs how many times each figure is taken
 * @param warmUp and {@code measured}: how long each run loads before and while it counts
 */
public record Lab(
    Vertx vertx, Path room, Figures figures, int runs, Duration warmUp, Duration measured) {
  /** The password of everybody in a bench. */
  static final String PASSWORD = "bench-password-1";

  /**
   * Cheap password hashes: logging in is not what is measured; and no limits that a single load
   * machine would meet.
   */
  public static final ServerProcess.Start QUICK_LOGIN =
      ServerProcess.Start.PLAIN.with(
          "--set",
          "directory.argon2.memoryKib=64",
          "--set",
          "directory.argon2.iterations=1",
          "--set",
          "mailbox.policy.newRecipientsPerHour=0");

  /** A server with an empty data directory. */
  ServerProcess server(String name, ServerProcess.Start how)
      throws IOException, InterruptedException {
    Path data = room.resolve(name);
    delete(data);
    return ServerProcess.start(data, how);
  }

  /** Makes the users "prefix" + 0 to "prefix" + (n - 1). */
  static void addUsers(ServerProcess server, String prefix, int n)
      throws IOException, InterruptedException {
    for (int i = 0; i < n; i++) {
      server.admin("POST", "/admin/users", Map.of("name", prefix + i, "password", PASSWORD));
    }
  }

  double fsyncPerSecond() throws IOException {
    return Machine.fsyncPerSecond(room);
  }

  public static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException error)
              throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  static long sizeBytes(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
    }
  }
}
